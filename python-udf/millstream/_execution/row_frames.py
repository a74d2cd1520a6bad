"""Row-based aggregates over frames: rows that leave a frame are taken back where the class can do that."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import repeat
from typing import Any

from .._function_spec import hook
from .._user_error import user_error
from ..errors import MillstreamError
from .arguments import Constant
from .bundle import Bundle
from .call import Call
from .called_rows import CalledRows
from .frame_calls import ArgumentWindow, FrameCall

#: Results of these types are objects that a class may go on changing.
_MUTABLE = {"ARRAY", "MAP", "MULTISET", "ROW"}


class RowFrames(FrameCall):
    """Keeps one accumulator while frames grow, or slide and the class has `retract`; else begins anew."""

    def __init__(self, call: Call) -> None:
        self._window = ArgumentWindow()
        self._instance = call.loaded.spec.instance
        self._accumulate = call.bound.adapt(call.loaded.spec.call, leading=1)
        retract = hook(self._instance, "retract")
        self._retract = None if retract is None else call.bound.adapt(retract, leading=1)
        self._copies = call.type.kind in _MUTABLE
        super().__init__(call)
        self._forgets_used = self._frame.start is None
        self._forget()

    def _forget(self) -> None:
        self._window.forget()
        self._accumulator: Any = None
        self._range: tuple[int, int] | None = None
        self._last: Any = None

    def _read(self, bundle: Bundle, rows: CalledRows) -> None:
        self._window.read(self.call.sequences(bundle, rows))

    def _extend(self, start: int, end: int) -> None:
        self._window.extend(start, end)

    def _drop(self, before: int) -> None:
        # Rows that the accumulator has are needed to take them back.
        is_needed = self._range is not None and not self._forgets_used
        self._window.drop(min(before, self._range[0]) if is_needed and self._range else before)

    def _value(self, first: int, last: int) -> Any:
        if self._range == (first, last):
            return self._last
        was = self._range
        if was is None or not self._can_slide(was, first, last):
            self._begin()
            was = (first, first)
        if was[0] < first and self._retract is not None:
            self._feed(self._retract, "retract", was[0], first)
        self._feed(self._accumulate, "accumulate", was[1], last)
        self._range = (first, last)
        self._last = self._current()
        return self._last

    def _can_slide(self, was: tuple[int, int], first: int, last: int) -> bool:
        if first < was[0] or last < was[1] or first > was[1]:
            return False
        if first == was[0]:
            return True
        return self._retract is not None and (first - was[0]) + (last - was[1]) <= last - first

    def _begin(self) -> None:
        try:
            self._accumulator = self._instance.create_accumulator()
        except Exception as error:
            raise user_error(error, self.call.name, "in `create_accumulator`") from error

    def _current(self) -> Any:
        try:
            value = self._instance.get_value(self._accumulator)
            return copy.deepcopy(value) if self._copies else value
        except Exception as error:
            raise user_error(error, self.call.name, "in `get_value`") from error

    def _feed(self, method: Callable[..., Any], name: str, first: int, last: int) -> None:
        count = last - first
        if count == 0:
            return
        sequences = self._window.between(first, last)
        done: list[Any] = []
        try:
            # As in `Call.map_rows`, what `extend` has got says which row raised.
            done.extend(map(method, repeat(self._accumulator, count), *sequences))
        except Exception as error:
            raise self._row_failed(error, name, sequences, len(done)) from error
        if len(done) < count:
            stop = StopIteration("raised by the function itself")
            raise self._row_failed(stop, name, sequences, len(done))
        self.call.progress.count_calls(self.call.step, count)

    def _row_failed(self, error: Exception, method: str, sequences: list[Any], index: int) -> MillstreamError:
        names, arguments = self.call.argument_names, self.call.bound.arguments
        values = {
            name: argument.value if isinstance(argument, Constant) else sequence[index]
            for name, argument, sequence in zip(names, arguments, sequences, strict=True)
        }
        return user_error(error, self.call.name, f"in `{method}`", values=values)
