"""Rate limits as servers keep them, and a client of many workers before them, over virtual time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from math import inf
from random import Random
from typing import Any, Protocol

from vapi_async._http.rate_estimate import RateEstimate


class Limit(Protocol):
    """A server's limit."""

    def take(self, now: float) -> bool:
        """Return whether a request that comes now gets through."""
        ...

    def opens_in(self, now: float) -> float:
        """Return the seconds until one would."""
        ...


class FixedWindow:
    """So many in each window of the server's clock."""

    def __init__(self, most: int, seconds: float, phase: float = 0.0) -> None:
        self._most, self._seconds, self._phase = most, seconds, phase
        self._window, self._count = -1, 0

    def take(self, now: float) -> bool:
        window = int((now + self._phase) // self._seconds)
        if window != self._window:
            self._window, self._count = window, 0
        self._count += self._count < self._most + 1
        return self._count <= self._most

    def opens_in(self, now: float) -> float:
        return (int((now + self._phase) // self._seconds) + 1) * self._seconds - self._phase - now


class SlidingWindow:
    """So many in any span."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._log: list[float] = []

    def take(self, now: float) -> bool:
        self._log = [moment for moment in self._log if moment > now - self._seconds]
        if len(self._log) >= self._most:
            return False
        self._log.append(now)
        return True

    def opens_in(self, now: float) -> float:
        return self._log[0] + self._seconds - now


class TokenBucket:
    """A bucket that fills evenly."""

    def __init__(self, most: int, seconds: float) -> None:
        self._rate, self._most = most / seconds, float(most)
        self._tokens, self._then = float(most), 0.0

    def take(self, now: float) -> bool:
        self._tokens = min(self._most, self._tokens + self._rate * (now - self._then))
        self._then = now
        if self._tokens < 1 - 1e-9:
            return False
        self._tokens -= 1
        return True

    def opens_in(self, now: float) -> float:
        return (1 - self._tokens) / self._rate


LIMITS: dict[str, Callable[[int, float], Limit]] = {
    "fixed": FixedWindow,
    "fixed, begun midway": lambda most, seconds: FixedWindow(most, seconds, seconds / 2),
    "sliding": SlidingWindow,
    "bucket": TokenBucket,
}


def ideal(limit: Limit, requests: int, workers: int, latency: float) -> float:
    """Return how long it takes who knows the limit and is never refused."""
    now, free = 0.0, [0.0] * min(workers, requests)
    for _ in range(requests):
        now = max(now, heapq.heappop(free))
        while not limit.take(now + latency / 2):
            now += max(limit.opens_in(now + latency / 2), 1e-6)
        heapq.heappush(free, now + latency)
    return now + latency


class Run:
    """What came of sending so many requests by an estimate.

    Attributes:
        seconds: how long it took.
        sent: how many requests were sent.
        blind: how many were refused that were on their way before the first refusal was heard of.
    """

    def __init__(self, limit: Limit, requests: int, workers: int, latency: float, **options: Any) -> None:
        self._limit = limit
        self._asked = options.get("retry_after", False)
        self._random = Random(options.get("seed", 0))
        self._events: list[tuple[float, int, str, Any]] = []
        self._numbers = count()
        self._estimate = RateEstimate()
        self._waiting, self._free, self._latency = requests, workers, latency
        self._due = inf
        self.now = 0.0
        self.sent = self.blind = passed = 0
        while passed < requests:
            self._send()
            self.now, _, what, details = heapq.heappop(self._events)
            passed += getattr(self, what)(*details)
        self.seconds = self.now

    def _send(self) -> None:
        while self._waiting and self._free:
            at = self._estimate.next_send(self.now)
            if at > self.now:
                if at not in (inf, self._due):
                    self._due = at
                    self._later(at, "_wake")
                return
            permit = self._estimate.send(self.now)
            latency = self._latency * (1 + 0.3 * self._random.random())
            self._later(self.now + latency / 2, "_arrive", permit, self.now, latency / 2)
            self._waiting -= 1
            self._free -= 1
            self.sent += 1

    def _later(self, at: float, what: str, *details: Any) -> None:
        heapq.heappush(self._events, (at, next(self._numbers), what, details))

    def _wake(self) -> bool:
        self._due = inf
        return False

    def _arrive(self, permit: int, sent: float, way: float) -> bool:
        passes = self._limit.take(self.now)
        seconds = 0.0 if passes else self._limit.opens_in(self.now)
        self._later(self.now + way, "_answer", permit, sent, passes, seconds)
        return False

    def _answer(self, permit: int, sent: float, passes: bool, opens_in: float) -> bool:
        self._free += 1
        if passes:
            self._estimate.passed(permit, sent, demand=True)
            return True
        self._waiting += 1
        self.blind += permit == 0
        pause = max(opens_in, 0.001) if self._asked else 0.5 * self._random.random()
        self._estimate.refused(permit, self.now, pause, asked=self._asked)
        return False
