"""Results of a function that are given again for equal arguments, as its option `cache` says."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from copy import deepcopy
from functools import lru_cache
from typing import Any

import pyarrow as pa

from .._late import asyncio
from ..errors import UdfError
from .arguments import FromColumn, FromStep
from .call import Call


class KeptResults:
    """The results of the last different arguments of one function in one stage. An exception is not kept."""

    def __init__(self, call: Call) -> None:
        self._most = call.options.cache
        # The next function of a chain is given the value itself, and may change it.
        self._is_shared = not pa.types.is_nested(call.result.arrow_type)
        self._hits: Callable[[], int] = int
        self._taken = 0
        if self._most is not None:
            _check_arguments(call)

    @property
    def is_idle(self) -> bool:
        """Nothing is kept."""
        return self._most is None

    def of(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with its kept results; the function itself where none are kept."""
        if self._most is None:
            return function
        kept = lru_cache(self._most)(function)
        self._hits = lambda: kept.cache_info().hits
        return kept if self._is_shared else lambda *args: deepcopy(kept(*args))

    def of_async(self, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """As `of`, for a coroutine function: a call waits for one with equal arguments that runs already."""
        if self._most is None:
            return function
        kept = _KeptAwaited(function, self._most)
        self._hits = lambda: kept.hits
        if self._is_shared:
            return kept.call

        async def copied(*args: Any) -> Any:
            return deepcopy(await kept.call(*args))

        return copied

    def take_hits(self) -> int:
        """Calls that were not made since the last time."""
        hits = self._hits() - self._taken
        self._taken += hits
        return hits


class _KeptAwaited:
    """`functools.lru_cache` for a coroutine function."""

    def __init__(self, function: Callable[..., Awaitable[Any]], most: int) -> None:
        self._function = function
        self._most = most
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._running: dict[tuple[Any, ...], asyncio.Event] = {}
        self.hits = 0

    async def call(self, *args: Any) -> Any:
        # Where the one that runs fails, one of those that wait is the next to call.
        while (running := self._running.get(args)) is not None:
            await running.wait()
        if args in self._kept:
            self._kept.move_to_end(args)
            self.hits += 1
            return self._kept[args]
        self._running[args] = ended = asyncio.Event()
        try:
            result = self._kept[args] = await self._function(*args)
        finally:
            del self._running[args]
            ended.set()
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return result


def _check_arguments(call: Call) -> None:
    for name, argument in zip(call.argument_names, call.bound.arguments, strict=True):
        if isinstance(argument, FromColumn | FromStep) and pa.types.is_nested(argument.codec.arrow_type):
            raise UdfError(
                "UDF_OPTION",
                f"`cache` keeps the results of `{call.name}` by its arguments, and `{name}` is "
                f"{argument.codec.data_type}, of which Python has no keys.",
                hint="Give the function a STRING or a number that stands for it, or remove `cache`.",
                details=call.details(None),
            )
