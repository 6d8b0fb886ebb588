"""The clock of a sandbox's clients: its time is the sandbox's, so a wait between retries takes no time of the test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vapi_async._http.clock import SystemClock

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Clock as SandboxClock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ClientClock(SystemClock):
    """A client's view of the time in a sandbox.

    Args:
        clock: the sandbox's.
    """

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self.wall()

    def wall(self) -> float:
        return (self._clock.now() - _EPOCH).total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Let the time pass in the sandbox: what falls due there happens."""
        from anyio.lowlevel import checkpoint

        # A wait of no time must still let other tasks run, and be cancelled, as a real one would.
        await checkpoint()
        await self._clock.advance(max(0.0, seconds))

    def random(self) -> float:
        """Return always the same, so that two runs of a test wait alike."""
        return 0.5
