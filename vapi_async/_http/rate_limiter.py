"""`Gate`: after a 429, all requests of a client wait together, and start again slowly.

A rate limit is the account's, not the request's. So the first 429 closes the gate for everyone who has not sent yet,
for the wait that the API asks for (else the backoff's). Then one request goes ahead. Each that gets through lets one
more through at a time, so their number doubles with every round trip, until nobody waits any more and the gate stands
open. Another 429 closes it again. Who has the fewest retries left goes first.

A pause after which the very first request is refused again is barren. It tells everybody what trying would tell them,
so it counts for all who wait as a retry of their own: with two retries left, two barren pauses in a row end their
wait. As long as anything gets through, they stay.

Answers to what was sent before the gate closed neither open it nor close it again.
"""

from __future__ import annotations

from bisect import insort
from itertools import count
from typing import TYPE_CHECKING

from anyio import Event

if TYPE_CHECKING:
    from .clock import Clock
    from .transport import Reply


class _Waiter:
    """Who waits for a ticket, and how long."""

    __slots__ = ("entered", "event", "patience", "place", "ticket")

    def __init__(self, patience: int, number: int, entered: int) -> None:
        self.patience = patience
        self.place = (patience, number)
        self.entered = entered
        self.ticket: int | None = None
        self.event: Event | None = None


class Gate:
    """One gate: per client and event loop. A ticket is the number of the pause after which it was given out.

    Attributes:
        last: the latest 429 that closed it.
    """

    __slots__ = ("_barren", "_clock", "_numbers", "_opens_at", "_passes", "_passing", "_pauses", "_queue", "last")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._passes: int | None = None  # how many may be under way at once; None: the gate is open
        self._passing = 0
        self._pauses = 0
        self._barren = 0
        self._opens_at = 0.0
        self._numbers = count()
        self._queue: list[_Waiter] = []
        self.last: Reply | None = None

    @property
    def is_open(self) -> bool:
        """Whether requests pass without waiting."""
        return self._passes is None

    @property
    def ticket(self) -> int:
        """The ticket of who passes the open gate."""
        return self._pauses

    async def enter(self, patience: int) -> int | None:
        """Wait for leave to send.

        Args:
            patience: how many barren pauses in a row to wait out.

        Returns:
            A ticket to give back with `report` or `leave`; None if the patience is at its end.
        """
        waiter = _Waiter(patience, next(self._numbers), self._pauses)
        while self._passes is not None:
            if self._is_exhausted(waiter):
                return None
            ticket = await self._turn(waiter)
            if ticket is not None:
                await self._wait_for_opening(ticket)
                if ticket == self._pauses:
                    return ticket
        return self._pauses

    def report(self, ticket: int, reply: Reply, pause: float) -> None:
        """Tell what came back for a ticket.

        Args:
            ticket: what `enter` gave; it is used up.
            reply: the answer, or the failure to get one.
            pause: seconds to close the gate for, should the answer be a 429.
        """
        if ticket != self._pauses:
            return
        if reply.status == 429:
            self._close(reply, pause)
        elif self._passes is not None:
            if reply.status:
                self._passes = self._passes + 1 if self._queue else None
            self.leave(ticket)

    def leave(self, ticket: int) -> None:
        """Give back a ticket of which there is nothing to report."""
        if ticket == self._pauses and self._passes is not None:
            self._passing -= 1
            self._wake()

    def _close(self, reply: Reply, pause: float) -> None:
        self._barren = self._barren + 1 if self._passes == 1 else 0
        self._pauses += 1
        self._passes = 1
        self._passing = 0
        self._opens_at = self._clock.now() + pause
        self.last = reply
        exhausted = [waiter for waiter in self._queue if self._is_exhausted(waiter)]
        self._queue = [waiter for waiter in self._queue if waiter not in exhausted]
        for waiter in exhausted:
            _rouse(waiter)
        self._wake()

    def _is_exhausted(self, waiter: _Waiter) -> bool:
        return min(self._barren, self._pauses - waiter.entered) >= waiter.patience

    async def _turn(self, waiter: _Waiter) -> int | None:
        """Return a ticket when there is one; None if things have changed instead."""
        if not self._queue and self._passes is not None and self._passing < self._passes:
            self._passing += 1
            return self._pauses
        waiter.ticket = None
        waiter.event = Event()
        insort(self._queue, waiter, key=lambda other: other.place)
        try:
            await waiter.event.wait()
        except BaseException:
            if waiter.ticket is not None:
                self.leave(waiter.ticket)
            elif waiter in self._queue:
                self._queue.remove(waiter)
            raise
        return waiter.ticket

    async def _wait_for_opening(self, ticket: int) -> None:
        try:
            while (seconds := self._opens_at - self._clock.now()) > 0 and ticket == self._pauses:
                await self._clock.sleep(seconds)
        except BaseException:
            self.leave(ticket)
            raise

    def _wake(self) -> None:
        """Give out the tickets that there are."""
        while self._queue and (self._passes is None or self._passing < self._passes):
            waiter = self._queue.pop(0)
            self._passing += 1
            waiter.ticket = self._pauses
            _rouse(waiter)


def _rouse(waiter: _Waiter) -> None:
    assert waiter.event is not None
    waiter.event.set()
