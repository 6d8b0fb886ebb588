"""Timers of silence, on a clock that is moved by hand."""

from __future__ import annotations

import pytest

from vapi_async.sandbox.calls.silence import SilenceTimer
from vapi_async.sandbox.clock import Clock


async def heard(clock: Clock, timer: SilenceTimer, ran: list[float], seconds: float) -> list[float]:
    """After so many seconds, how long ago it ran first in them, and so on."""
    before = len(ran)
    await clock.advance(seconds)
    return ran[before:]


def made(most: int, *, resets: bool) -> tuple[Clock, SilenceTimer, list[float]]:
    clock, ran = Clock(), []
    began = clock.now()

    async def run() -> None:
        ran.append((clock.now() - began).total_seconds())

    return clock, SilenceTimer(clock, 10, most, resets, run), ran


async def test_it_runs_each_time_it_was_silent_so_long_up_to_a_number() -> None:
    clock, timer, ran = made(2, resets=False)
    timer.start()
    assert await heard(clock, timer, ran, 100) == [10, 20]
    timer.start()
    assert await heard(clock, timer, ran, 100) == []


async def test_whoever_speaks_stops_it_and_it_starts_anew_after_them() -> None:
    clock, timer, ran = made(9, resets=False)
    timer.stop()
    timer.start()
    assert await heard(clock, timer, ran, 9) == []
    timer.stop()
    assert await heard(clock, timer, ran, 20) == []
    timer.start()
    assert await heard(clock, timer, ran, 5) == []
    timer.start()
    assert await heard(clock, timer, ran, 10) == [44]


@pytest.mark.parametrize(("resets", "again"), [(True, [30, 40]), (False, [])])
async def test_it_may_count_anew_once_the_customer_has_spoken(resets: bool, again: list[float]) -> None:
    clock, timer, ran = made(2, resets=resets)
    timer.start()
    assert await heard(clock, timer, ran, 20) == [10, 20]
    timer.customer_spoke()
    timer.start()
    assert await heard(clock, timer, ran, 100) == again
