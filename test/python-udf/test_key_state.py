"""What is remembered of a key."""

from __future__ import annotations

import random

from millstream._execution.key_state import KeyState, Timers


def test_the_first_timer_is_the_least_that_is_there() -> None:
    rng = random.Random(7)
    timers, expected = Timers(), set[int]()
    for _ in range(2_000):
        moment = rng.randrange(50)
        if rng.random() < 0.5:
            timers.add(moment)
            expected.add(moment)
        else:
            timers.discard(moment)
            expected.discard(moment)
        assert timers.first() == min(expected, default=None)
        assert timers.moments == expected


def test_what_is_remembered_comes_back_and_nothing_is_nothing() -> None:
    assert KeyState().remembered() is None
    state = KeyState({"n": (1, None)}, Timers([5, 3]), Timers([9]))
    remembered = state.remembered()
    assert remembered == ({"n": (1, None)}, {3, 5}, {9})
    again = KeyState.restored(*remembered)
    assert again.event_timers.first() == 3
    assert again.next_moment() == 9
