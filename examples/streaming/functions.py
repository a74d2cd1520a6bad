"""What the streaming examples call: state by key, a model, an aggregate."""

import math
from collections.abc import Iterator
from datetime import timedelta

from millstream import (
    AggregateFunction,
    Context,
    FunctionContext,
    KeyedProcessFunction,
    ListStateDescriptor,
    Row,
    ValueStateDescriptor,
    udaf,
    udf,
    udtf,
)

MINUTE_MS = 60_000


class Profile(KeyedProcessFunction):
    """Each payment beside the mean of those of its card before it, and how many of them came in a minute.

    A card without payments for an hour of event time is forgotten, and after thirty days in any case.
    """

    def open(self, context: FunctionContext) -> None:
        kept = timedelta(days=30)
        self.mean = context.get_state(ValueStateDescriptor("mean", ttl=kept))
        self.recent = context.get_list_state(ListStateDescriptor("recent", ttl=kept))
        self.forget_at = context.get_state(ValueStateDescriptor("forget_at", ttl=kept))

    def process_element(self, row: Row, ctx: Context) -> Iterator[tuple[float, float, int]]:
        now = ctx.timestamp()
        assert now is not None
        count, mean = self.mean.value() or (0, row.amount)
        recent = [at for at in self.recent.get() if at > now - MINUTE_MS]
        yield row.amount, mean, len(recent)
        self.mean.update((count + 1, mean + (row.amount - mean) / (count + 1)))
        self.recent.update([*recent, now])
        self._forget_later(now + 60 * MINUTE_MS, ctx)

    def on_timer(self, timestamp: int, ctx: Context) -> None:
        for state in (self.mean, self.recent, self.forget_at):
            state.clear()

    def _forget_later(self, timestamp: int, ctx: Context) -> None:
        timers = ctx.timer_service()
        if self.forget_at.value() is not None:
            timers.delete_event_time_timer(self.forget_at.value())
        timers.register_event_time_timer(timestamp)
        self.forget_at.update(timestamp)


profile = udtf(
    Profile(), result_types="ROW<amount DOUBLE NOT NULL, usual DOUBLE NOT NULL, recent INT NOT NULL>"
)


@udf
def risk(amount: float, usual: float, recent: int) -> float:
    """A logistic regression, as somebody may have trained it."""
    return 1 / (1 + math.exp(8 - 0.9 * amount / usual - 0.1 * recent))


class Spread(AggregateFunction):
    """The largest value less the smallest."""

    def create_accumulator(self) -> list[float]:
        return [math.inf, -math.inf]

    def accumulate(self, accumulator: list[float], value: float) -> None:
        accumulator[0] = min(accumulator[0], value)
        accumulator[1] = max(accumulator[1], value)

    def get_value(self, accumulator: list[float]) -> float:
        return accumulator[1] - accumulator[0]


spread = udaf(Spread())
