"""`RateLimiter`: after a 429, all requests of a client wait together.

A rate limit is the account's, not the request's. So nobody sends before `rate_estimate` says that one may; until the
first 429 it says so at once, but for bulk work, which begins slowly. Here is who goes next: those who have the fewest
retries left, so that nobody runs out of them; but what may well be refused, such as a probe, is sent by those who have
the most. A request that was not sent has spent none.

While the API refuses everything, a single call gives up: when as many probes have failed as it has retries left, and
it has waited as long as its own backoff would have. Bulk work waits on (`patience`). As long as anything gets through,
everybody stays. One of those who wait sleeps until the time has come; the others wait to be woken.
"""

from __future__ import annotations

from bisect import insort
from itertools import count
from math import inf
from typing import TYPE_CHECKING

from anyio import Event

from .rate_estimate import RateEstimate

if TYPE_CHECKING:
    from .clock import SystemClock
    from .transport.protocol import AttemptResult


class WaitLimits:
    """How long a request waits for a rate limit.

    Args:
        retries_left: how many failed probes in a row it waits out; infinite for bulk work.
        seconds: how long it waits at least, and bulk work at most, while nothing gets through.
        longest: seconds of one wait, beyond which it does not even begin.
    """

    __slots__ = ("longest", "retries_left", "seconds")

    def __init__(self, retries_left: float, seconds: float, longest: float) -> None:
        self.retries_left = retries_left
        self.seconds = seconds
        self.longest = longest


class Permit:
    """Leave to send one request."""

    __slots__ = ("epoch", "sent")

    def __init__(self, epoch: int, sent: float) -> None:
        self.epoch = epoch
        self.sent = sent


class _Waiter:
    """Who waits for a permit; woken it has one, or is to sleep until a time, or is to give up."""

    __slots__ = ("entered", "event", "patience", "permit", "place", "probes", "until")

    def __init__(self, patience: WaitLimits, number: int, entered: float, probes: int) -> None:
        self.patience = patience
        self.place = (patience.retries_left, number)
        self.entered = entered
        self.probes = probes
        self.permit: Permit | None = None
        self.until: float | None = None
        self.event = Event()


class RateLimiter:
    """One per client and event loop.

    Args:
        clock: time and waiting.

    Attributes:
        last_refusal: the latest 429.
    """

    __slots__ = (
        "_clock",
        "_estimate",
        "_failed_before",
        "_failed_probes",
        "_last_passed",
        "_numbers",
        "_queue",
        "_sleeper",
        "last_refusal",
    )

    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock
        self._estimate = RateEstimate()
        self._failed_probes = 0
        self._failed_before = 0  # of them, before anything last got through
        self._last_passed = -inf
        self._numbers = count()
        self._queue: list[_Waiter] = []
        self._sleeper: _Waiter | None = None
        self.last_refusal: AttemptResult | None = None

    @property
    def is_open(self) -> bool:
        """Whether requests pass without waiting."""
        return not self._estimate.limited

    def refused_for(self, since: float) -> float:
        """Return for how many seconds nothing got through, counted from `since` at the earliest."""
        return self._clock.now() - max(since, self._last_passed)

    async def enter(self, patience: WaitLimits) -> Permit | None:
        """Wait for leave to send.

        Args:
            patience: how long.

        Returns:
            A permit to give back with `passed`, `refused` or `leave`; None if that was not long enough.
        """
        now = self._clock.now()
        if self._estimate.next_send(now, bulk=patience.retries_left == inf) <= now and self.is_open:
            return Permit(self._estimate.send(now), now)
        waiter = _Waiter(patience, next(self._numbers), now, self._failed_probes)
        if self._is_exhausted(waiter):
            return None
        insort(self._queue, waiter, key=lambda other: other.place)
        self._hand_out()
        try:
            await self._wait(waiter)
        except BaseException:
            self._withdraw(waiter)
            raise
        return waiter.permit

    def passed(self, permit: Permit) -> None:
        """Tell that a request was not refused.

        Args:
            permit: what `enter` gave; it is used up.
        """
        self._last_passed = self._clock.now()
        self._failed_before = self._failed_probes
        self._estimate.passed(permit.epoch, permit.sent, demand=bool(self._queue))
        self._hand_out()

    def refused(self, permit: Permit, result: AttemptResult, pause: float, *, asked: bool) -> None:
        """Tell that a request was refused with a 429.

        Args:
            permit: what `enter` gave; it is used up.
            result: the answer.
            pause: seconds to hold everyone back.
            asked: whether it is the API that asks for this pause.
        """
        estimate = self._estimate
        self.last_refusal = result
        self._failed_probes += permit.epoch == estimate.epoch and estimate.probing
        estimate.refused(permit.epoch, self._clock.now(), pause, asked=asked)
        self._dismiss_exhausted()
        self._hand_out()

    def leave(self, permit: Permit) -> None:
        """Give back a permit of which there is nothing to report."""
        self._estimate.leave(permit.epoch)
        self._hand_out()

    async def _wait(self, waiter: _Waiter) -> None:
        while True:
            await waiter.event.wait()
            if waiter.until is None:
                return
            await self._clock.sleep(max(0.0, waiter.until - self._clock.now()))
            self._sleeper = waiter.until = None
            waiter.event = Event()
            insort(self._queue, waiter, key=lambda other: other.place)
            self._hand_out()

    def _withdraw(self, waiter: _Waiter) -> None:
        """Take out who was cancelled, perhaps with a permit in hand, or asleep for all others."""
        if waiter in self._queue:
            self._queue.remove(waiter)
        if self._sleeper is waiter:
            self._sleeper = None
        if waiter.permit is not None:
            self._estimate.leave(waiter.permit.epoch)
        self._hand_out()

    def _hand_out(self) -> None:
        """Give out the permits that there are, and have somebody sleep until there is another one."""
        while self._queue:
            now = self._clock.now()
            at = self._estimate.next_send(now)
            if at > now and (at == inf or self._sleeper is not None):
                return
            waiter = self._next()
            if at > now:
                self._sleeper, waiter.until = waiter, at
            else:
                waiter.permit = Permit(self._estimate.send(now), now)
            waiter.event.set()

    def _next(self) -> _Waiter:
        """Take the next one out of the queue."""
        if not self._estimate.risky:
            return self._queue.pop(0)
        most = self._queue[-1].patience.retries_left
        for place, waiter in enumerate(self._queue):
            if waiter.patience.retries_left == most:
                return self._queue.pop(place)
        raise AssertionError("the queue is sorted")

    def _dismiss_exhausted(self) -> None:
        waiting, self._queue = self._queue, []
        for waiter in waiting:
            if self._is_exhausted(waiter):
                waiter.event.set()
            else:
                self._queue.append(waiter)

    def _is_exhausted(self, waiter: _Waiter) -> bool:
        patience, estimate = waiter.patience, self._estimate
        if estimate.resumes_at - self._clock.now() > patience.longest:
            return True
        waited = self.refused_for(waiter.entered)
        if patience.retries_left == inf:
            return waited > patience.seconds
        # Probes that failed before it came tell it nothing that it was told by trying.
        failed = self._failed_probes - max(waiter.probes, self._failed_before)
        return failed >= patience.retries_left and waited >= patience.seconds
