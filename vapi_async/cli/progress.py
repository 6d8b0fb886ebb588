"""Progress at the terminal, on the standard error, and nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def counting(what: str = "items") -> Iterator[Callable[[int, int | None], None]]:
    """Give a function that is told how many more there are, and how many there will be, if that is known."""
    if not sys.stderr.isatty():
        yield lambda more, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = BarColumn(), TextColumn("{task.completed:,.0f} {task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda more, total: bar.update(task, advance=more, total=total)
