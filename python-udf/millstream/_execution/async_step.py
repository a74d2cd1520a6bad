"""Evaluates an async function over a bundle: many calls in flight, results in the order of the rows."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Sequence
from typing import Any

import pyarrow as pa

from .._late import asyncio
from ..errors import MillstreamError, UdfError
from .bundle import Bundle
from .call import Call, argument_rows
from .called_rows import CalledRows
from .column import Column
from .event_loop import event_loop
from .failed_rows import gives_rows_up
from .kept_results import KeptResults
from .pacing import Pacing
from .progress import Progress
from .scalar_step import checked_column, result_column
from .tolerant_calls import FAILURES, fitting, note_failure
from .vector import Vectors
from .vector_call import Part, VectorCall

#: Calls of a function in flight over all its workers, where it declares no concurrency.
CALLS_IN_FLIGHT = 64


class _AsyncStep:
    """What async steps share: slots, pace, the function."""

    def __init__(self, call: Call) -> None:
        self.call = call
        concurrency = call.options.concurrency
        self._most = call.share.part_of(CALLS_IN_FLIGHT if concurrency is None else concurrency.most)
        self._slots = event_loop().slots(call.name, self._most)
        self._pacing = Pacing(call.options, call.name, call.share.shared_folder)
        self._function = self._pacing.paced_async(call.bound.adapt(call.loaded.spec.call))

    def take_retries(self) -> int:
        """Calls made again since the last time."""
        return self._pacing.take_retries()

    def close(self) -> None:
        """Lets go of what the step holds."""
        self._pacing.close()


class AsyncRowStep(_AsyncStep):
    """Calls the function once for each row that needs it."""

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self._kept = KeptResults(call)
        self._function = self._kept.of_async(self._function)

    async def evaluate(self, bundle: Bundle, progress: Progress) -> Column:
        """One value for each row, None where the function was not called."""
        call = self.call
        rows = bundle.called_rows(call.bound.arguments, [call.guard], call.name)
        sequences = call.sequences(bundle, rows)
        bad: set[int] = set()
        values: list[Any] = [None] * rows.count
        calls = enumerate(argument_rows(sequences, rows.count))
        finished: list[None] = []
        progress.finished = finished

        async def take_calls() -> None:
            for index, arguments in calls:
                async with self._slots:
                    try:
                        values[index] = await self._function(*arguments)
                    except FAILURES as error:
                        if gives_rows_up(call):
                            note_failure(call, rows, sequences, index, error, bundle.failed)
                            bad.add(index)
                            continue
                        if isinstance(error, SystemExit):
                            raise
                        row = rows.position(index)
                        raise call.row_failed(error, row, None, sequences, index) from error
                finished.append(None)

        await _all_of(call, (take_calls() for _ in range(min(self._most, rows.count))))
        progress.count_calls(call.step, rows.count - self._kept.take_hits())
        if gives_rows_up(call):
            return checked_column(call, rows, fitting(call, rows, values, bad, bundle.failed))
        return result_column(call, rows, values)


class AsyncVectorStep(_AsyncStep):
    """Calls the function once for a bundle, or for each `batch_rows` of it, those at once."""

    def __init__(self, call: Call, vectors: Vectors) -> None:
        super().__init__(call)
        self._vectors = VectorCall(call, vectors)

    async def evaluate(self, bundle: Bundle, progress: Progress) -> Column:
        """One value for each row, NULL where the row was not in the vectors."""
        call = self.call
        rows = bundle.called_rows(call.bound.arguments, [call.guard], call.name)
        parts = enumerate(self._vectors.parts(bundle, rows))
        arrays: dict[int, pa.Array] = {}
        tolerant = gives_rows_up(call)
        columns = self._vectors.columns(bundle, rows) if tolerant else []

        async def take_parts() -> None:
            for index, part in parts:
                async with self._slots:
                    arrays[index] = await (
                        self._tolerant(bundle, rows, columns, part) if tolerant else self._call(rows, part)
                    )

        await _all_of(self.call, (take_parts() for _ in range(self._most)))
        progress.count_calls(self.call.step, len(arrays))
        in_order = [arrays[i] for i in range(len(arrays))]
        return self._vectors.spread(in_order, rows) if tolerant else self._vectors.column(in_order, rows)

    async def _tolerant(
        self, bundle: Bundle, rows: CalledRows, columns: Sequence[pa.Array | None], whole: Part
    ) -> pa.Array:
        """The results of a part, in which rows may be given up."""
        done: list[pa.Array] = []
        waiting = [(whole.start, whole.rows)]
        while waiting:
            part = self._vectors.part(columns, *waiting.pop())
            try:
                done.append(self._vectors.without_null(await self._call(rows, part), rows, part))
            except SystemExit as error:
                failed = self._vectors.failed(error, rows, part)
                waiting += self._vectors.split(failed, rows, part, done, bundle)
            except MillstreamError as error:
                waiting += self._vectors.split(error, rows, part, done, bundle)
        return pa.concat_arrays(done)

    async def _call(self, rows: CalledRows, part: Part) -> pa.Array:
        try:
            result = await self._function(*part.arguments)
        except Exception as error:
            raise self._vectors.failed(error, rows, part) from error
        return self._vectors.array_of(result, rows, part)


async def _all_of(call: Call, coroutines: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Runs them to their end; the first failure cancels the others, and is raised when they have ended."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    if not tasks:
        return
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    failed = [task.exception() for task in tasks if not task.cancelled()]
    for error in failed:
        if error is not None:
            raise error
    if any(task.cancelled() for task in tasks):
        raise UdfError(
            "UDF_EXCEPTION",
            f"A call of function `{call.name}` cancelled itself (asyncio.CancelledError).",
            hint="Catch asyncio.CancelledError where the function cancels tasks of its own.",
            details=call.details(None),
        )
