"""Who may send, who waits and who gives up, told by hand what came back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import inf

import anyio
import pytest
from anyio.abc import TaskGroup

from tests.http.clocks import FakeClock
from vapi_async._http.rate_limiter import Permit, RateLimiter, WaitLimits
from vapi_async._http.transport.protocol import AttemptResult

REFUSAL = AttemptResult(429)


class StoppedClock(FakeClock):
    """Time that passes when the test says so; sleepers are woken by it."""

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        until = self.time + seconds
        while self.time < until:
            await anyio.lowlevel.checkpoint()


class Scene:
    """A limiter, and who entered it by name: with a permit, None who gave up, or not yet."""

    def __init__(self, group: TaskGroup) -> None:
        self.clock = StoppedClock()
        self.limiter = RateLimiter(self.clock)
        self.came: dict[str, Permit | None] = {}
        self.scopes: dict[str, anyio.CancelScope] = {}
        self._group = group

    async def enter(self, *names: str, retries: float = 5, seconds: float = 0, longest: float = 60) -> None:
        async def one(name: str) -> None:
            with anyio.CancelScope() as self.scopes[name]:
                self.came[name] = await self.limiter.enter(WaitLimits(retries, seconds, longest))

        for name in names:
            self._group.start_soon(one, name)
            await settle()

    async def refuse(self, name: str, pause: float = 1.0, *, asked: bool = False) -> None:
        self.limiter.refused(self.permit(name), REFUSAL, pause, asked=asked)
        await settle()

    async def let_pass(self, name: str) -> None:
        self.limiter.passed(self.permit(name))
        await settle()

    async def later(self, seconds: float) -> None:
        self.clock.time += seconds
        await settle()

    def permit(self, name: str) -> Permit:
        permit = self.came[name]
        assert permit is not None
        return permit


async def settle() -> None:
    for _ in range(8):
        await anyio.lowlevel.checkpoint()


@asynccontextmanager
async def scene() -> AsyncIterator[Scene]:
    async with anyio.create_task_group() as group:
        yield Scene(group)
        group.cancel_scope.cancel()


@asynccontextmanager
async def limited(pause: float = 1.0, *, asked: bool = False) -> AsyncIterator[Scene]:
    """A scene in which the first request was refused."""
    async with scene() as made:
        await made.enter("first")
        await made.refuse("first", pause, asked=asked)
        yield made


async def test_nobody_overtakes_those_who_wait() -> None:
    async with limited(0.5) as made:
        await made.enter("sleeps", "waits")
        assert made.clock.waits == [0.5]
        made.clock.time += 0.5
        late = made.limiter.enter(WaitLimits(5, 0, 60))
        late.send(None)  # it waits too, and is gone
        late.close()
        await settle()
        assert list(made.came) == ["first", "waits"]


async def test_single_calls_pass_bulk_work_that_waits_for_its_start() -> None:
    async with scene() as made:
        await made.enter(*map(str, range(11)), retries=inf, seconds=600)
        assert len(made.came) == 10
        await made.enter("single")
        assert "single" in made.came
        await made.let_pass("0")
        assert "10" in made.came


@pytest.mark.parametrize(("longest", "gives_up"), [(9.9, True), (10.0, False)])
async def test_a_pause_that_is_too_long_is_not_begun(longest: float, gives_up: bool) -> None:
    async with limited(10.0, asked=True) as made:
        await made.enter("a", longest=longest)
        assert ("a" in made.came) is gives_up
        assert made.clock.waits == ([] if gives_up else [10.0])


async def test_only_probes_count_as_failed_probes() -> None:
    async with scene() as made:
        await made.enter("first", "second")
        await made.refuse("first")
        await made.enter("a")
        await made.enter("impatient", retries=1)
        await made.refuse("second")  # sent before the pause
        assert "impatient" not in made.came
        await made.enter("b", "c")
        await made.later(1.0)
        await made.let_pass("a")
        await made.refuse("b")  # of a round
        assert "impatient" not in made.came
        await made.later(1.0)
        await made.refuse("impatient")
        assert made.limiter.last_refusal is REFUSAL


async def test_whoever_waits_gives_up_after_as_many_failed_probes_as_it_has_retries() -> None:
    async with limited() as made:
        await made.enter("a", "b", "c")
        await made.enter("waits", retries=2)
        await made.later(1.0)
        await made.refuse("a")
        assert "waits" not in made.came
        await made.later(1.0)
        await made.refuse("b")
        assert made.came["waits"] is None
        await made.later(1.0)
        assert made.came["c"] is not None


async def test_probes_that_failed_before_anything_passed_are_forgotten() -> None:
    async with limited() as made:
        await made.enter("a", "b", "c", "d", "e", "f")
        await made.enter("waits", retries=2)
        for name in ("a", "b"):
            await made.later(1.0)
            await (made.refuse if name == "a" else made.let_pass)(name)
        await made.refuse("c")  # of the round
        await made.later(1.0)
        await made.refuse("e")
        assert "waits" not in made.came
        await made.later(1.0)
        await made.refuse("f")
        assert made.came["waits"] is None


async def test_probes_that_failed_before_it_came_do_not_count() -> None:
    async with limited() as made:
        await made.enter("a", "b")
        await made.later(1.0)
        await made.refuse("a")
        await made.enter("late", retries=1)
        await made.later(1.0)
        assert "late" not in made.came
        await made.refuse("b")
        assert made.came["late"] is None


@pytest.mark.parametrize(("seconds", "gives_up"), [(1.0, True), (1.1, False)])
async def test_nobody_gives_up_before_its_own_waits_would_be_over(seconds: float, gives_up: bool) -> None:
    async with limited() as made:
        await made.enter("a", "b")
        await made.enter("waits", retries=1, seconds=seconds)
        await made.later(1.0)
        await made.refuse("a")
        assert ("waits" in made.came) is gives_up


@pytest.mark.parametrize(("seconds", "gives_up"), [(0.9, True), (1.0, False)])
async def test_bulk_work_gives_up_only_when_its_time_is_over(seconds: float, gives_up: bool) -> None:
    async with limited() as made:
        await made.enter("a", "b", retries=inf, seconds=600)
        await made.enter("waits", retries=inf, seconds=seconds)
        await made.later(1.0)
        await made.refuse("a")
        assert ("waits" in made.came) is gives_up


async def test_the_time_of_refusals_begins_anew_with_whatever_gets_through() -> None:
    async with scene() as made:
        await made.enter("a", "b")
        await made.later(5.0)
        assert made.limiter.refused_for(1003.0) == 2.0
        await made.let_pass("a")
        await made.later(3.0)
        assert made.limiter.refused_for(1000.0) == 3.0
        assert made.limiter.refused_for(1006.0) == 2.0
        await made.refuse("b")
        assert made.limiter.refused_for(1000.0) == 3.0


async def test_probes_go_to_who_has_most_retries_left_and_the_rest_to_who_has_fewest() -> None:
    async with limited() as made:
        await made.enter("sleeps", retries=9)
        await made.enter("few", retries=2)
        await made.enter("many", "as many", retries=4)
        await made.enter("fewer", retries=3)
        await made.later(1.0)
        assert list(made.came) == ["first", "sleeps"]
        await made.let_pass("sleeps")
        assert list(made.came) == ["first", "sleeps", "many", "as many"]  # what the quota is, nobody knows yet


async def test_within_the_quota_who_has_fewest_retries_left_goes_first() -> None:
    async with limited() as made:
        await made.enter("a", "b", "c", "d", "e", "f", "probe", retries=9)
        await made.later(1.0)
        for name in ("a", "b", "c"):
            await made.let_pass(name)
        await made.refuse("d")
        await made.later(1.0)
        await made.enter("many", retries=5)
        await made.enter("few", "too", retries=2)
        await made.let_pass("probe")
        assert list(made.came)[-2:] == ["probe", "few"]


@pytest.mark.parametrize("names", [["sleeps"], ["waits"], ["sleeps", "waits"]])
async def test_whoever_is_cancelled_holds_up_nobody(names: list[str]) -> None:
    async with limited() as made:
        await made.enter("sleeps", "waits", "stays")
        for name in names:
            made.scopes[name].cancel()
        await settle()
        await made.later(1.0)
        rest = [name for name in ("sleeps", "waits", "stays") if name not in names]
        assert list(made.came) == ["first", rest[0]]
        made.limiter.leave(made.permit(rest[0]))
        await settle()
        assert list(made.came) == ["first", *rest[:2]]
        assert made.clock.waits == [1.0] * (2 if "sleeps" in names else 1)


async def test_who_is_cancelled_with_a_permit_in_hand_gives_it_back() -> None:
    async with limited() as made:
        await made.enter("a", "cancelled", "stays")
        await made.later(1.0)
        made.scopes["cancelled"].cancel()
        made.limiter.leave(made.permit("a"))
        await settle()
        assert list(made.came) == ["first", "a", "stays"]


async def test_a_probe_without_an_answer_is_followed_by_the_next() -> None:
    async with limited() as made:
        await made.enter("a", "b")
        await made.later(1.0)
        assert "b" not in made.came
        made.limiter.leave(made.permit("a"))
        await settle()
        assert "b" in made.came
