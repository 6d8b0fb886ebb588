"""What a long step is at, told on a terminal and nowhere else: one line that is overwritten and in the end gone."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_CLEAR = "\r\033[K"


def tell(text: str) -> None:
    """Replace the line by what the command is at now."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{_CLEAR}{text} ...")
        sys.stderr.flush()


def clear() -> None:
    """Take the line away, before anything else is printed."""
    if sys.stderr.isatty():
        sys.stderr.write(_CLEAR)
        sys.stderr.flush()


@contextmanager
def telling(text: str) -> Iterator[None]:
    """Tell what is going on until it is over, however it ends."""
    tell(text)
    try:
        yield
    finally:
        clear()


class Watch:
    """Tells a step's name and how long it has taken; to be asked again and again while the step goes on.

    Args:
        name: The step.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return time.monotonic() - self._started

    def tick(self) -> None:
        """Tell it once more."""
        tell(f"{self._name} {self.seconds:.0f} s")
