"""Clocks of tests: one whose deadlines are over at once, and one that is moved by hand."""

from __future__ import annotations

from contextlib import AbstractContextManager

import anyio

from vapi_async._http.clock import SystemClock


class NoTime(SystemClock):
    """A clock for handlers that take too long. Each look at it is `step` seconds later."""

    def __init__(self, step: float = 0.0) -> None:
        self.limits: list[float] = []
        self._now = 0.0
        self._step = step

    def now(self) -> float:
        self._now += self._step
        return self._now

    def limit(self, seconds: float) -> AbstractContextManager[anyio.CancelScope]:
        self.limits.append(seconds)
        return anyio.move_on_after(0)


class Moved(SystemClock):
    """A clock that stands still until its `time` is set."""

    time = 0.0

    def now(self) -> float:
        return self.time
