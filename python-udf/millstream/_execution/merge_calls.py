"""The second of two phases of aggregates: accumulators of a group, put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..functions import BatchAggregateFunction
from .aggregate_calls import AggregateCall
from .arguments import Constant
from .bundle import Bundle
from .call import Call
from .called_rows import CalledRows
from .codec import codec_for
from .packed import unpack
from .vector import vectors_for


class MergeRows(AggregateCall):
    """Puts accumulators into the first of them; a new one stands for a group without any."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self._instance = call.loaded.spec.instance
        self._packed_states: Sequence[bytes | None] = []
        self._merged: Any = None
        self._has_state = False

    def _called(self, bundle: Bundle) -> CalledRows:
        return CalledRows(bundle.rows)

    def _read(self, bundle: Bundle, rows: CalledRows) -> None:
        assert self.call.accumulators is not None
        self._packed_states = bundle.shipped[self.call.accumulators].array.to_pylist()

    def _begin(self) -> None:
        self._merged, self._has_state = None, False

    def _feed(self, start: int, end: int) -> None:
        states = [unpack(packed) for packed in self._packed_states[start:end] if packed is not None]
        if not states:
            return
        first = 0
        if not self._has_state:
            self._merged, self._has_state, first = states[0], True, 1
        if first == len(states):
            return
        try:
            self._merge(states[first:])
        except Exception as error:
            raise self._failed(error, "in `merge`") from error

    def _merge(self, states: list[Any]) -> None:
        self._instance.merge(self._merged, states)
        self.call.progress.count_calls(self.call.step, len(states))

    def _end(self) -> Any:
        try:
            merged = self._merged if self._has_state else self._instance.create_accumulator()
            return self._instance.get_value(merged)
        except Exception as error:
            raise self._failed(error, "in `get_value`") from error


class MergeBatches(MergeRows):
    """Merges two and two; a group without any is what `partial` says of no rows."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self._vectors = vectors_for(call.loaded.spec.definition.batch or "arrow", call.dialect)

    def _merge(self, states: list[Any]) -> None:
        for state in states:
            self._merged = self._instance.merge(self._merged, state)
            self.call.progress.count_calls(self.call.step, 1)

    def _end(self) -> Any:
        try:
            merged = self._merged if self._has_state else self._of_no_rows()
            return self._vectors.scalar(self._instance.finish(merged), self.call.result)
        except Exception as error:
            raise self._failed(error, "in `finish`") from error

    def _of_no_rows(self) -> Any:
        call, vectors = self.call, self._vectors
        function = call.bound.adapt(call.loaded.spec.call)
        arguments: list[Any] = []
        for argument in call.bound.arguments:
            assert isinstance(argument, Constant)
            if argument.value is None and argument.data_type is not None:
                codec = codec_for(argument.data_type, call.dialect)
                arguments.append(vectors.from_array(codec.encode([]), codec))
            else:
                arguments.append(argument.value)
        return function(*arguments)


def merge_call(call: Call) -> AggregateCall:
    """How the accumulators of an aggregate are put together."""
    is_batch = isinstance(call.loaded.spec.instance, BatchAggregateFunction)
    return MergeBatches(call) if is_batch else MergeRows(call)
