from __future__ import annotations

from datetime import UTC, datetime, timedelta

import anyio
import pytest
from hypothesis import given, strategies as st

from tests.http.conftest import Runner, run  # noqa: F401
from vapi_async.errors import ConfigurationError
from vapi_async.sandbox.clock import START, Clock, Steps


def since(clock: Clock) -> float:
    return (clock.now() - START).total_seconds()


async def test_time_stands_still_until_it_is_advanced() -> None:
    clock = Clock()
    assert clock.now() == START == datetime(2026, 1, 1, tzinfo=UTC)
    await clock.advance(2.5)
    assert clock.now() == START + timedelta(seconds=2.5)


async def test_a_tick_is_a_millisecond() -> None:
    clock = Clock()
    assert clock.tick() == clock.now() == START + timedelta(milliseconds=1)


async def test_time_does_not_run_back() -> None:
    with pytest.raises(ValueError, match="seconds must be 0 or more"):
        await Clock().advance(-1)


@given(st.lists(st.integers(0, 50), max_size=12), st.lists(st.integers(0, 20), max_size=8))
def test_timers_run_in_order_each_at_its_own_instant(delays: list[int], steps: list[int]) -> None:
    async def main() -> None:
        clock = Clock()
        ran: list[tuple[int, float]] = []

        async def note(number: int) -> None:
            ran.append((number, since(clock)))

        for number, delay in enumerate(delays):
            clock.after(delay, lambda number=number: note(number))
        for step in steps:
            await clock.advance(step)
        due = sorted((delay, number) for number, delay in enumerate(delays) if delay <= sum(steps))
        assert ran == [(number, float(delay)) for delay, number in due] or not steps
        assert since(clock) == sum(steps)

    anyio.run(main)


async def test_timers_set_by_timers_run_too() -> None:
    clock = Clock()
    ran: list[float] = []

    async def again() -> None:
        ran.append(since(clock))
        clock.after(1, again)

    clock.after(1, again)
    await clock.advance(3.5)
    assert ran == [1, 2, 3]


async def test_a_cancelled_timer_does_not_run() -> None:
    clock = Clock()

    async def never() -> None:
        raise AssertionError

    clock.after(1, never).cancel()
    await clock.advance(2)
    await clock.run_until_idle()
    assert since(clock) == 2


async def test_waits_of_steps_do_not_drift_by_ticks() -> None:
    clock = Clock()
    done: list[int] = []

    async def steps() -> Steps:
        for number in range(3):
            clock.tick()
            yield 1
            done.append(number)

    await clock.follow(steps())
    await clock.advance(3)
    assert done == [0, 1, 2]


async def test_steps_within_steps_are_taken_before_what_follows() -> None:
    clock = Clock()
    done: list[tuple[str, float]] = []

    async def inner() -> Steps:
        yield 2
        done.append(("inner", since(clock)))

    async def outer() -> Steps:
        yield inner()
        yield 1
        done.append(("outer", since(clock)))

    await clock.follow(outer())
    await clock.run_until_idle()
    assert done == [("inner", 2), ("outer", 3)]


async def test_steps_that_are_over_are_not_taken() -> None:
    clock = Clock()
    over: list[bool] = []

    async def steps() -> Steps:
        yield 1
        raise AssertionError

    await clock.follow(steps(), lambda: bool(over))
    over.append(True)
    await clock.advance(2)


def test_steps_left_at_the_end_are_closed(run: Runner) -> None:  # noqa: F811
    closed: list[str] = []

    async def inner() -> Steps:
        try:
            yield 5
        finally:
            closed.append("inner")

    async def outer() -> Steps:
        try:
            yield inner()
        finally:
            closed.append("outer")

    async def main() -> None:
        clock = Clock()
        async with clock.running():
            await clock.follow(outer())
        assert closed == ["inner", "outer"]

    run(main)


async def test_an_error_in_a_step_shows_where_time_is_moved() -> None:
    clock = Clock()

    async def steps() -> Steps:
        yield 1
        raise LookupError("no such tool")

    await clock.follow(steps())
    with pytest.raises(LookupError, match="no such tool"):
        await clock.advance(1)


async def test_run_until_stops_at_once_where_the_condition_holds() -> None:
    clock = Clock()
    ran: list[int] = []

    async def note() -> None:
        ran.append(1)

    for delay in (1, 2, 3):
        clock.after(delay, note)
    await clock.run_until(lambda: len(ran) == 2)
    assert since(clock) == 2


async def test_run_until_says_that_nothing_can_bring_it_about() -> None:
    with pytest.raises(RuntimeError, match="does not hold"):
        await Clock().run_until(lambda: False)


async def test_run_until_idle_gives_up_on_timers_without_end() -> None:
    clock = Clock()

    async def again() -> None:
        clock.after(60, again)

    clock.after(60, again)
    with pytest.raises(RuntimeError, match="within 3600 s"):
        await clock.run_until_idle(within=3600)


def test_real_time_runs_timers_by_itself(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        clock = Clock.real()
        done = anyio.Event()

        async def ring() -> None:
            done.set()

        async with clock.running():
            clock.after(0, ring)
            await done.wait()
            await clock.run_until_idle()
            clock.after(3600, ring)

    run(main)


def test_real_time_passes_and_ticks_still_differ(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        clock = Clock.real()
        first, second = clock.tick(), clock.tick()
        assert second - first >= timedelta(milliseconds=1)
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=60)
        await clock.advance(0)

    run(main)


def test_what_fails_in_real_time_is_logged(run: Runner, caplog: pytest.LogCaptureFixture) -> None:  # noqa: F811
    async def main() -> None:
        clock = Clock.real()
        done = anyio.Event()

        async def fail() -> None:
            raise LookupError("no such tool")

        async def ring() -> None:
            done.set()

        async with clock.running():
            clock.after(0, fail)
            await clock.run_until_idle()
            clock.after(0, ring)
            await done.wait()

    run(main)
    assert "no such tool" in caplog.text


async def test_a_real_clock_that_does_not_run_takes_no_timers() -> None:
    async def never() -> None:
        raise AssertionError

    with pytest.raises(ConfigurationError, match="async with Sandbox"):
        Clock.real().after(1, never)
