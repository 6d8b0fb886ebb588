"""Work in forks of this process, some at a time, each with its limits."""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

K = TypeVar("K")
_BROKEN = 70
_MOST_MEMORY = 8 * 1024**3  # bytes of address space: what never ends may collect for ever


def outcomes(jobs: Iterable[tuple[K, Callable[[], int], float]], workers: int) -> Iterator[tuple[K, int]]:
    """Yield the key of each job with the exit code of its work, as they end; negative: it was killed.

    Args:
        jobs: a key, what to do, and within how many seconds, a third of them the processor's.
        workers: how many at a time.
    """
    waiting, running = iter(jobs), dict[int, tuple[K, int, float]]()
    while True:
        while len(running) < workers and (job := next(waiting, None)) is not None:
            key, work, limit = job
            pid = fork(work, int(limit / 3))
            running[os.pidfd_open(pid)] = key, pid, time.monotonic() + limit
        if not running:
            return
        rest = min(until for _, _, until in running.values()) - time.monotonic()
        ended = select.select(list(running), [], [], max(rest, 0))[0]
        late = [file for file, (_, _, until) in running.items() if until <= time.monotonic()]
        for file in {*ended, *late}:
            key, pid, _ = running.pop(file)
            os.close(file)
            yield key, _end(pid)


def fork(work: Callable[[], int], limit: int) -> int:
    """Do something in a fork that says nothing, and return its process id.

    Args:
        work: returns the exit code.
        limit: seconds of the processor's time.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = _BROKEN
    try:
        os.setsid()
        _silence()
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        code = work()
    finally:
        os._exit(code)


def _silence() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(null, stream)


def _end(pid: int) -> int:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # with all that it started
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
