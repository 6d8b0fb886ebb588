"""A clock for tests: waits pass at once and are written down."""

from __future__ import annotations

from anyio.lowlevel import checkpoint

from vapi_async._http.clock import SystemClock


class FakeClock(SystemClock):
    """Time that passes only by waiting; `random` always gives the largest share, so waits are the limits themselves."""

    def __init__(self, wall: float = 1_800_000_000.0) -> None:
        self.time = 1000.0
        self.waits: list[float] = []
        self._offset = wall - self.time

    def now(self) -> float:
        return self.time

    def wall(self) -> float:
        return self.time + self._offset

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        until = self.time + seconds
        await checkpoint()
        self.time = max(self.time, until)

    def random(self) -> float:
        return 1.0
