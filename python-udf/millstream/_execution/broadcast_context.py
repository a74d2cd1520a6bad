"""What process functions beside a broadcast table are told."""

from __future__ import annotations

from typing import Any

from ..broadcast_functions import BroadcastContext, ReadOnlyContext
from ..errors import ErrorDetails, UdfError
from ..keyed_state import BroadcastState, MapStateDescriptor, ReadOnlyBroadcastState
from ..process_functions import TimerService
from ..time_window import TimeWindow
from .call import Call
from .key_state import CurrentKey, StateCell
from .process_context import CallContext


class Broadcast:
    """Broadcast state of a stage: `current` holds its dicts as a key holds its states."""

    def __init__(self, call: Call) -> None:
        self.current = CurrentKey()
        self._call = call

    def cell(self, descriptor: MapStateDescriptor) -> StateCell:
        """A dict by its name.

        Raises:
            UdfError: UDF_STATE.
        """
        if descriptor.ttl is not None:
            raise self.refused(
                f"the broadcast state `{descriptor.name}` with a `ttl`",
                "Broadcast state stays until it is removed: leave ttl out.",
            )
        return self.current.cell(descriptor)

    def refused(self, what: str, hint: str) -> UdfError:
        """The error for what the function cannot ask for."""
        return UdfError(
            "UDF_STATE",
            f"Function `{self._call.name}` asks for {what}.",
            hint=hint,
            details=ErrorDetails(function=self._call.name),
        )


class BesideBroadcast(CallContext, ReadOnlyContext):
    """For rows and timers of keys."""

    def __init__(self, current: CurrentKey, broadcast: Broadcast, has_timers: bool) -> None:
        super().__init__(current)
        self._broadcast = broadcast
        self._has_timers = has_timers

    def timer_service(self) -> TimerService:
        if self._has_timers:
            return self
        raise self._broadcast.refused(
            "timers, and has no key", "Derive it from KeyedBroadcastProcessFunction."
        )

    def get_broadcast_state(self, state_descriptor: MapStateDescriptor) -> ReadOnlyBroadcastState[Any, Any]:
        return ReadOnlyBroadcastState(self._broadcast.cell(state_descriptor))


class OfBroadcast(BroadcastContext):
    """For rows of the broadcast table; time is that of `keyed`."""

    def __init__(self, keyed: CallContext, broadcast: Broadcast) -> None:
        self._keyed = keyed
        self._broadcast = broadcast

    def timestamp(self) -> int | None:
        return self._keyed.timestamp()

    def window(self) -> TimeWindow | None:
        return self._keyed.window()

    def current_watermark(self) -> int | None:
        return self._keyed.current_watermark()

    def current_processing_time(self) -> int:
        return self._keyed.current_processing_time()

    def get_broadcast_state(self, state_descriptor: MapStateDescriptor) -> BroadcastState[Any, Any]:
        return BroadcastState(self._broadcast.cell(state_descriptor))
