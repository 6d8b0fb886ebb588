"""Progress at the terminal, on the standard error, and nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Counted = Callable[[int, "int | None"], None]


@contextmanager
def counting(what: str = "items", *, shown: bool = True) -> Iterator[Counted]:
    """Give a function that is told how many more there are, and how many there will be, if that is known.

    The bar comes with the second telling: what is there at once needs none.

    Args:
        what: what is counted.
        shown: whether a bar would be in nobody's way.
    """
    if not shown or not sys.stderr.isatty():
        yield lambda more, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = BarColumn(), TextColumn("{task.completed:,.0f} {task.description}"), TimeElapsedColumn()
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task, tellings = bar.add_task(what, total=None), 0

    def counted(more: int, total: int | None) -> None:
        nonlocal tellings
        tellings += 1
        if tellings == 2:
            bar.start()
        bar.update(task, advance=more, total=total)

    try:
        yield counted
    finally:
        bar.stop()
