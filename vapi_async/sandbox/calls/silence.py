"""Timers of silence: what is done each time that nobody has spoken for so long."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Callback, Clock, Timer


class SilenceTimer:
    """Does something when nobody speaks for so long, and again after as long.

    Args:
        clock: the time.
        seconds: how long.
        most: how often at most.
        resets: whether it counts anew once the customer has spoken.
        callback: what it does.
    """

    def __init__(self, clock: Clock, seconds: float, most: int, resets: bool, callback: Callback) -> None:
        self._clock = clock
        self._seconds = seconds
        self._most = self._left = most
        self._resets = resets
        self._callback = callback
        self._timer: Timer | None = None

    def stop(self) -> None:
        """Wait no more, since somebody speaks, or the call is over."""
        if self._timer is not None:
            self._timer.cancel()

    def start(self) -> None:
        """Wait from now on."""
        self.stop()
        if self._left:
            self._timer = self._clock.after(self._seconds, self._run)

    def customer_spoke(self) -> None:
        """Count anew, where the customer's speech does that."""
        if self._resets:
            self._left = self._most

    async def _run(self) -> None:
        self._left -= 1
        self.start()
        await self._callback()
