"""`SystemClock`: the time and the waiting of a client, in one object, so that a test can put its own in place.

The clock also draws the random numbers that spread waits out, for the same reason.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from anyio import CancelScope


class SystemClock:
    """The real time, and waits that really wait."""

    def now(self) -> float:
        """Return seconds that only ever grow, for measuring spans."""
        return time.monotonic()

    def wall(self) -> float:
        """Return the time of day, as seconds since the epoch."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait, cancellably."""
        from anyio import sleep

        await sleep(seconds)

    def limit(self, seconds: float) -> AbstractContextManager[CancelScope]:
        """Return a scope whose body is cancelled after `seconds`; it then says so in `cancelled_caught`."""
        from anyio import move_on_after

        return move_on_after(seconds)

    def random(self) -> float:
        """Return a number from 0 up to, but not including, 1."""
        from random import random

        return random()
