"""How a function goes through one partition of its tables: row by row, by iterators, or as a whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from .._function_spec import hook
from ..functions import SkipRestOfPartition
from .pulled_call import PulledCall
from .table_input import TableInput


class Piece(NamedTuple):
    """Some rows of one of the tables; `start` is the first one's position in the bundle."""

    member: int
    start: int
    rows: pa.RecordBatch


class Handlers(NamedTuple):
    """What a partition needs of its stage. `expand`: the rows and frames that a result is; `failed`: the
    error for what user code raised, with what it was doing and the row of the bundle."""

    expand: Callable[[Any], Iterable[Any]]
    is_frame: Callable[[Any], bool]
    failed: Callable[[Exception, str, int | None], Exception]
    count_call: Callable[[], None]


class PartitionCall(ABC):
    """One partition: `feed` takes pieces in order, `finish` ends it; both give rows and frames."""

    @abstractmethod
    def feed(self, piece: Piece) -> Iterator[list[Any]]:
        """Takes a piece."""

    @abstractmethod
    def finish(self) -> Iterator[list[Any]]:
        """Ends the partition."""

    def abandon(self) -> None:  # noqa: B027
        """Drops it unfinished."""


#: Rows given at once to who makes answers of them.
_ITEMS_AT_ONCE = 4096


class RowCalls(PartitionCall):
    """Calls `eval` for each row, then `terminate` and `cleanup`, where the class has them."""

    def __init__(
        self,
        instance: Any,
        function: Callable[..., Any],
        arguments: Sequence[Any],
        table: TableInput,
        place: int,
        handlers: Handlers,
    ) -> None:
        self._instance = instance
        self._function = function
        self._arguments = list(arguments)
        self._table = table
        self._place = place
        self._handlers = handlers
        self._skips = False
        self._cleaned = False
        self._call_hook("begin")

    def feed(self, piece: Piece) -> Iterator[list[Any]]:
        if self._skips:
            return
        arguments, place, function = self._arguments, self._place, self._function
        expand = self._handlers.expand
        items: list[Any] = []
        for index, row in enumerate(self._table.rows(piece.rows)):
            arguments[place] = row
            try:
                items.extend(_until_skip(expand, function, arguments))
            except _Skipped as skipped:
                items.extend(skipped.items)
                self._skips = True
                break
            except Exception as error:
                raise self._handlers.failed(error, "in `eval`", piece.start + index) from error
            finally:
                self._handlers.count_call()
            if len(items) >= _ITEMS_AT_ONCE:
                yield items
                items = []
        if items:
            yield items

    def finish(self) -> Iterator[list[Any]]:
        terminate = hook(self._instance, "terminate")
        if terminate is not None:
            try:
                items = [*self._handlers.expand(terminate())]
            except Exception as error:
                raise self._handlers.failed(error, "in `terminate`", None) from error
            yield items
        self._clean()

    def abandon(self) -> None:
        self._clean()

    def _clean(self) -> None:
        if not self._cleaned:
            self._cleaned = True
            self._call_hook("cleanup")

    def _call_hook(self, method: str) -> None:
        found = hook(self._instance, method)
        if found is None:
            return
        try:
            found()
        except Exception as error:
            raise self._handlers.failed(error, f"in `{method}`", None) from error


class _Skipped(Exception):
    """The rest of the partition is not needed; the rows given before."""

    def __init__(self, items: list[Any]) -> None:
        super().__init__()
        self.items = items


def _until_skip(
    expand: Callable[[Any], Iterable[Any]], function: Callable[..., Any], arguments: Sequence[Any]
) -> list[Any]:
    items: list[Any] = []
    try:
        items.extend(expand(function(*arguments)))
    except SkipRestOfPartition:
        raise _Skipped(items) from None
    return items


class WholeCall(PartitionCall):
    """Collects the partition, bounded by `check`, and calls the function once."""

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Callable[[list[list[pa.RecordBatch]]], list[Any]],
        tables: int,
        check: Callable[[int], None],
        handlers: Handlers,
    ) -> None:
        self._function = function
        self._arguments = arguments
        self._pieces: list[list[pa.RecordBatch]] = [[] for _ in range(tables)]
        self._bytes = 0
        self._check = check
        self._handlers = handlers

    def feed(self, piece: Piece) -> Iterator[list[Any]]:
        self._bytes += piece.rows.nbytes
        self._check(self._bytes)
        self._pieces[piece.member].append(piece.rows)
        return iter(())

    def finish(self) -> Iterator[list[Any]]:
        pieces, self._pieces = self._pieces, []
        arguments = self._arguments(pieces)
        items: list[Any] = []
        self._handlers.count_call()
        try:
            for item in self._handlers.expand(self._function(*arguments)):
                items.append(item)
                if self._handlers.is_frame(item) or len(items) >= _ITEMS_AT_ONCE:
                    yield items
                    items = []
        except Exception as error:
            rows = sum(batch.num_rows for batches in pieces for batch in batches)
            raise self._handlers.failed(error, f"on a partition of {rows} rows", None) from error
        if items:
            yield items


class IteratorCall(PartitionCall):
    """Gives the function iterators that follow the input: no more than a few batches are held."""

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Callable[[list[Iterator[pa.RecordBatch]]], list[Any]],
        tables: int,
        handlers: Handlers,
    ) -> None:
        self._handlers = handlers

        def start(inputs: list[Iterator[pa.RecordBatch]]) -> Iterable[Any]:
            handlers.count_call()
            return handlers.expand(function(*arguments(inputs)))

        self._call: PulledCall[pa.RecordBatch] = PulledCall(tables, start, handlers.is_frame)

    def feed(self, piece: Piece) -> Iterator[list[Any]]:
        return self._checked(self._call.feed(piece.member, piece.rows))

    def finish(self) -> Iterator[list[Any]]:
        return self._checked(self._call.finish())

    def abandon(self) -> None:
        self._call.abandon()

    def _checked(self, items: Iterator[list[Any]]) -> Iterator[list[Any]]:
        try:
            yield from items
        except Exception as error:
            raise self._handlers.failed(error, "on a partition", None) from error
