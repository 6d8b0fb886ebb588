"""How busy the machine is with other things while it is measured: figures of a busy machine say little."""

from __future__ import annotations

import os
import time

from attrs import frozen

_SPIN = 0.2  # s
#: A process alone on a processor has it all the time.
_MOST_WAITING = 1.1


@frozen
class Load:
    """What the machine was doing.

    Args:
        average: How many processes wanted a processor in the last minute, this one included.
        processors: How many there are.
        waiting: How long a busy loop took over the processor time that it got; 1 where it had a processor of its own.
    """

    average: float
    processors: int
    waiting: float

    @property
    def too_busy(self) -> bool:
        """Whether figures cannot be trusted."""
        return self.waiting > _MOST_WAITING or self.average > self.processors

    def __str__(self) -> str:
        return (
            f"load {self.average:.1f} on {self.processors} processors, a busy loop took {self.waiting:.2f} x its time"
        )


def load() -> Load:
    """Return what the machine is doing now; takes a fifth of a second."""
    clock, spent = time.perf_counter(), time.process_time()
    while time.process_time() - spent < _SPIN:
        pass
    waiting = (time.perf_counter() - clock) / (time.process_time() - spent)
    return Load(os.getloadavg()[0], os.cpu_count() or 1, waiting)


def busiest(loads: list[Load]) -> Load:
    """Return the worst of several looks."""
    return max(loads, key=lambda each: (each.waiting, each.average))
