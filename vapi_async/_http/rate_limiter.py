"""`RateLimiter`: after a 429, all requests of a client wait together, and start again slowly.

A rate limit is the account's, not the request's. So the first 429 holds everyone back who has not sent yet, for the
wait that the API asks for (else the backoff's). Then there is one permit, so that one request goes ahead as a probe.
Each that gets through adds a permit, so the number of requests under way doubles with every round trip, until nobody
waits any more and the limiter is open. Another 429 begins a new pause. Who has the fewest retries left goes first.

A pause after which the very first request is refused again is a failed probe. It tells everybody what trying would
tell them, so it counts for all who wait as a retry of their own: with two retries left, two failed probes in a row end
their wait. As long as anything gets through, they stay.

Answers to what was sent before a pause began neither end it nor begin another.
"""

from __future__ import annotations

from bisect import insort
from itertools import count
from typing import TYPE_CHECKING

from anyio import Event

if TYPE_CHECKING:
    from .clock import SystemClock
    from .transport.protocol import AttemptResult


class _Waiter:
    """Who waits for a permit, and how many failed probes long."""

    __slots__ = ("entered", "event", "permit", "place", "retries_left")

    def __init__(self, retries_left: int, number: int, entered: int) -> None:
        self.retries_left = retries_left
        self.place = (retries_left, number)
        self.entered = entered
        self.permit: int | None = None
        self.event: Event | None = None

    def wake(self) -> None:
        assert self.event is not None
        self.event.set()


class RateLimiter:
    """One per client and event loop. A permit is the number of the pause after which it was given out.

    Args:
        clock: time and waiting.

    Attributes:
        is_open: whether requests pass without waiting.
        pauses: how many pauses there were, which is the permit of who passes while it is open.
        last_refusal: the 429 that began the latest pause.
    """

    __slots__ = (
        "_clock",
        "_failed_probes",
        "_in_use",
        "_numbers",
        "_permits",
        "_queue",
        "_resumes_at",
        "is_open",
        "last_refusal",
        "pauses",
    )

    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock
        self._permits = 0  # how many requests may be under way at once, unless it is open
        self._in_use = 0
        self._failed_probes = 0  # in a row
        self._resumes_at = 0.0
        self._numbers = count()
        self._queue: list[_Waiter] = []
        self.is_open = True
        self.pauses = 0
        self.last_refusal: AttemptResult | None = None

    async def enter(self, retries_left: int) -> int | None:
        """Wait for leave to send.

        Args:
            retries_left: how many failed probes in a row to wait out.

        Returns:
            A permit to give back with `report` or `leave`; None if there were too many failed probes.
        """
        waiter = _Waiter(retries_left, next(self._numbers), self.pauses)
        while not self.is_open:
            if self._is_exhausted(waiter):
                return None
            permit = await self._permit(waiter)
            if permit is not None:
                await self._wait_for_end_of_pause(permit)
                if permit == self.pauses:  # else there was another pause, and this permit is void
                    return permit
        return self.pauses

    def report(self, permit: int, result: AttemptResult, pause: float) -> None:
        """Tell what came back for a permit.

        Args:
            permit: what `enter` gave; it is used up.
            result: the answer, or the failure to get one.
            pause: seconds to hold everyone back, should the answer be a 429.
        """
        if permit != self.pauses:  # sent before the latest pause, about which it says nothing
            return
        if result.status == 429:
            self._pause(result, pause)
        elif not self.is_open:
            if result.status:
                self._permits += 1
                self.is_open = not self._queue
            self.leave(permit)

    def leave(self, permit: int) -> None:
        """Give back a permit of which there is nothing to report."""
        if permit == self.pauses and not self.is_open:
            self._in_use -= 1
            self._hand_out()

    def _pause(self, refusal: AttemptResult, seconds: float) -> None:
        probing = not self.is_open and self._permits == 1
        self._failed_probes = self._failed_probes + 1 if probing else 0
        self.pauses += 1
        self.is_open = False
        self._permits = 1
        self._in_use = 0
        self._resumes_at = self._clock.now() + seconds
        self.last_refusal = refusal
        exhausted = [waiter for waiter in self._queue if self._is_exhausted(waiter)]
        self._queue = [waiter for waiter in self._queue if waiter not in exhausted]
        for waiter in exhausted:
            waiter.wake()
        self._hand_out()

    def _is_exhausted(self, waiter: _Waiter) -> bool:
        # Probes that failed before it came tell it nothing that it was told by trying.
        return min(self._failed_probes, self.pauses - waiter.entered) >= waiter.retries_left

    async def _permit(self, waiter: _Waiter) -> int | None:
        """Return a permit when there is one; None if things have changed instead."""
        if not self._queue and not self.is_open and self._in_use < self._permits:
            self._in_use += 1
            return self.pauses
        waiter.permit = None
        waiter.event = Event()
        insort(self._queue, waiter, key=lambda other: other.place)
        try:
            await waiter.event.wait()
        except BaseException:  # cancelled, perhaps with a permit in hand that others wait for
            if waiter.permit is not None:
                self.leave(waiter.permit)
            elif waiter in self._queue:
                self._queue.remove(waiter)
            raise
        return waiter.permit

    async def _wait_for_end_of_pause(self, permit: int) -> None:
        try:
            while (seconds := self._resumes_at - self._clock.now()) > 0 and permit == self.pauses:
                await self._clock.sleep(seconds)
        except BaseException:
            self.leave(permit)
            raise

    def _hand_out(self) -> None:
        """Give out the permits that there are."""
        while self._queue and (self.is_open or self._in_use < self._permits):
            waiter = self._queue.pop(0)
            self._in_use += 1
            waiter.permit = self.pauses
            waiter.wake()
