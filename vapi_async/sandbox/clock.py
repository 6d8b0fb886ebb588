"""`Clock`: the time of a sandbox, and everything in it that happens later.

Time is virtual: it starts at one fixed instant and stands still until a test moves it with `advance`, which runs every
timer that falls due on the way, each at its own instant. So a call of ten minutes takes milliseconds, and two runs of
one test see the same times to the millisecond. `Clock.real()` gives the real time instead, for a sandbox that is
served.

What takes several steps is written as an async generator that yields the seconds to wait between them, or another such
generator to take the steps of: `follow` runs it. No task of its own runs it, so virtual time needs no task group, and
nothing happens while time stands still.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from logging import getLogger
from typing import TYPE_CHECKING, TypeAlias

from vapi_async._lazy import exported_by
from vapi_async.errors import ConfigurationError

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from .task_host import TaskHost

Callback = Callable[[], Awaitable[object]]
Steps: TypeAlias = "AsyncGenerator[float | Steps, None]"

START = datetime(2026, 1, 1, tzinfo=UTC)
_TICK = timedelta(milliseconds=1)
_POLL = 0.01
_logger = getLogger("vapi_async.sandbox")


def milliseconds(when: datetime) -> int:
    """Return an instant as the API's messages have it: milliseconds since the epoch."""
    return round(when.timestamp() * 1000)


class Timer:
    """A callback that is due at an instant."""

    __slots__ = ("callback", "cancelled", "when")

    def __init__(self, when: datetime, callback: Callback) -> None:
        self.when: datetime = when
        self.callback: Callback = callback
        self.cancelled: bool = False

    def cancel(self) -> None:
        """Keep it from running; without effect once it ran."""
        self.cancelled = True


class _StepRunner:
    """Steps that are being taken: the innermost generator last."""

    def __init__(self, clock: Clock, steps: Steps, over: Callable[[], bool]) -> None:
        self._clock = clock
        self._stack = [steps]
        self._over = over
        self._due = clock.now()

    async def go(self) -> None:
        """Take steps up to the next wait, or to the end."""
        try:
            while self._stack and not self._over():
                step = await anext(self._stack[-1], None)
                if step is None:
                    self._stack.pop()
                elif isinstance(step, AsyncGenerator):
                    self._stack.append(step)
                else:
                    # Counted from the last wait and not from now, or what ticks in between would add up.
                    self._due += timedelta(seconds=step)
                    self._clock.at(self._due, self.go)
                    return
        except BaseException:
            await self.close()
            raise
        await self.close()

    async def close(self) -> None:
        """Take no further step; a generator left to the garbage collector would be reported."""
        while self._stack:
            await self._stack.pop().aclose()
        self._clock._courses.discard(self)


@exported_by("vapi_async.sandbox")
class Clock:
    """Virtual time.

    Args:
        start: The first instant, aware; the start of 2026 by default.
    """

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._timers: list[tuple[datetime, int, Timer]] = []
        self._numbers = count()
        self._courses: set[_StepRunner] = set()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.now().isoformat(timespec='milliseconds')}>"

    @staticmethod
    def real() -> Clock:
        """Return a clock of real time; its timers run within `running()`, or between `open()` and `close()`."""
        return RealClock()

    def now(self) -> datetime:
        """Return the instant it is, in UTC."""
        return self._now

    def tick(self) -> datetime:
        """Move the time on by one millisecond, so that no two objects are created at one instant, and return it."""
        self._now += _TICK
        return self._now

    def at(self, when: datetime, callback: Callback) -> Timer:
        """Run an async function without arguments at an instant, or as soon as time moves if that has passed."""
        timer = Timer(when, callback)
        # The number decides between timers of one instant: they run in the order they were set.
        heappush(self._timers, (when, next(self._numbers), timer))
        return timer

    def after(self, seconds: float, callback: Callback) -> Timer:
        """Run an async function without arguments after so many seconds."""
        return self.at(self.now() + timedelta(seconds=seconds), callback)

    async def follow(self, steps: Steps, over: Callable[[], bool] = bool) -> None:
        """Run an async generator up to its first wait at once, and on from there as time passes.

        Args:
            steps: Yields how many seconds to wait before it goes on, or steps to take before that.
            over: Whether to stop; asked before each step.
        """
        course = _StepRunner(self, steps, over)
        self._courses.add(course)
        await course.go()

    async def advance(self, seconds: float) -> None:
        """Let so many seconds pass, and run what falls due in them, in order; also what is set on the way.

        Raises:
            ValueError: `seconds` is negative.
        """
        if seconds < 0:
            raise ValueError(f"advance: seconds must be 0 or more, got {seconds!r}: time only moves forward")
        until = self._now + timedelta(seconds=seconds)
        while await self._step(until):
            pass
        self._now = max(self._now, until)

    async def run_until(self, condition: Callable[[], bool], *, within: float = 86_400.0) -> None:
        """Run timers, in order, until a condition holds.

        Args:
            condition: Looked at before each timer.
            within: How many seconds of this clock that may take.

        Raises:
            RuntimeError: it does not hold after that, or no timer is left that could bring it about.
        """
        until = self._now + timedelta(seconds=within)
        while not condition():
            if not await self._step(until):
                raise RuntimeError(f"run_until: it does not hold after all that falls due within {within:g} s")

    async def run_until_idle(self, *, within: float = 86_400.0) -> None:
        """Run timers, in order, until none is left.

        Args:
            within: How many seconds of this clock that may take.

        Raises:
            RuntimeError: timers are left after that.
        """
        await self.run_until(self._idle, within=within)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the clock in an `async with`; steps that are still being taken end with it."""
        await self.open()
        try:
            yield
        finally:
            await self.close()

    async def open(self) -> None:
        """Let timers run, where time passes by itself; another task may close what one opened."""

    def _idle(self) -> bool:
        return all(timer.cancelled for _, _, timer in self._timers)

    async def _step(self, until: datetime) -> bool:
        """Run the next timer that falls due by then; false if there is none."""
        while self._timers and self._timers[0][0] <= until:
            _, _, timer = heappop(self._timers)
            if not timer.cancelled:
                # A timer of the past (time stood still while it was set) runs late, but time never goes back.
                self._now = max(self._now, timer.when)
                await timer.callback()
                return True
        return False

    async def close(self) -> None:
        """End the steps that are still being taken."""
        for course in list(self._courses):
            await course.close()


class RealClock(Clock):
    """Real time: timers run by themselves, in a task group that `running()` holds open."""

    def __init__(self) -> None:
        super().__init__(datetime.now(UTC))
        self._group: TaskGroup | None = None
        self._host: TaskHost[TaskGroup] | None = None
        self._pending: set[Timer] = set()

    def now(self) -> datetime:
        return max(self._now, datetime.now(UTC))

    # The last tick may be ahead of the real time: two objects of one millisecond still differ.
    def tick(self) -> datetime:
        self._now = self.now() + _TICK
        return self._now

    def at(self, when: datetime, callback: Callback) -> Timer:
        if self._group is None:
            raise ConfigurationError(
                "timers of a real clock run only in a sandbox that is open: use `async with Sandbox(...)`"
            )
        timer = Timer(when, callback)
        self._pending.add(timer)
        self._group.start_soon(self._wait, timer)
        return timer

    async def advance(self, seconds: float) -> None:
        """Wait so many real seconds."""
        from anyio import sleep

        await sleep(seconds)

    async def run_until(self, condition: Callable[[], bool], *, within: float = 86_400.0) -> None:
        from anyio import move_on_after, sleep

        with move_on_after(within):
            while not condition():  # noqa: ASYNC110 - the condition is anybody's
                await sleep(_POLL)
            return
        raise RuntimeError(f"run_until: it does not hold after {within:g} s")

    async def open(self) -> None:
        from .task_host import TaskHost

        self._host = TaskHost(_cancelled_at_end())
        self._group = await self._host.open()

    async def close(self) -> None:
        self._group = None
        if self._host is not None:
            await self._host.close()
        await super().close()

    def _idle(self) -> bool:
        return all(timer.cancelled for timer in self._pending)

    async def _wait(self, timer: Timer) -> None:
        from anyio import sleep

        try:
            await sleep(max(0.0, (timer.when - datetime.now(UTC)).total_seconds()))
            if not timer.cancelled:
                await timer.callback()
        except Exception:
            # Nobody awaits it: raised here it would end everything else that runs in the sandbox.
            _logger.exception("what was to happen at %s failed", timer.when)
        finally:
            self._pending.discard(timer)


@asynccontextmanager
async def _cancelled_at_end() -> AsyncIterator[TaskGroup]:
    from anyio import create_task_group

    async with create_task_group() as group:
        yield group
        group.cancel_scope.cancel()
