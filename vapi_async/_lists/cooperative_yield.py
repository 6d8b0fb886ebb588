"""Letting other tasks run while a page is decoded: without it, a page of large items would hold the event loop."""

from __future__ import annotations

from time import perf_counter

YIELD_AFTER = 0.004
"""Seconds that decoding goes on before other tasks get a turn."""


class CooperativeYield:
    """Tells when it is time to give other tasks a turn."""

    __slots__ = ("_since",)

    def __init__(self) -> None:
        self._since = 0.0

    def is_due(self) -> bool:
        """Tell whether the last turn is long ago; it is taken as given then."""
        now = perf_counter()
        if now - self._since < YIELD_AFTER:
            return False
        self._since = now
        return True
