"""A row of results, and what all of them make: the tables of benchmarks/results.md, and results.json."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import asdict, frozen

RESULTS = Path(__file__).with_name("results.md")
FIGURES = Path(__file__).with_name("results.json")


@frozen
class Row:
    """One measure.

    Args:
        name: What was measured.
        value: The figure.
        bound: What it must not be worse than; None where there is no bound.
        aim: What it should reach.
        unit: Printed behind the figures.
        at_least: Whether more is better.
    """

    name: str
    value: float
    bound: float | None = None
    aim: float | None = None
    unit: str = ""
    at_least: bool = False

    @property
    def verdict(self) -> str:
        """Whether the figure keeps to the bound, and reaches the aim."""
        if self.bound is None:
            return ""
        sign = -1 if self.at_least else 1
        if sign * self.value > sign * self.bound:
            return "MISSED"
        return "aim" if self.aim is not None and sign * self.value <= sign * self.aim else "bound"

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        limits = ("" if limit is None else f"{limit:g} {self.unit}".strip() for limit in (self.bound, self.aim))
        return (self.name, f"{self.value:.2f} {self.unit}".strip(), *limits, self.verdict)


def markdown(title: str, rows: Iterable[Row]) -> str:
    """The table of one group of measures."""
    lines = [f"## {title}", "", "| measure | figure | bound | aim | reached |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row.cells)} |" for row in rows)]) + "\n"


def heading(load: object) -> str:
    """What was measured on, and what the machine was doing beside it at the worst time."""
    system = f"CPython {platform.python_version()}, {platform.system()} {platform.machine()}"
    return f"# Benchmarks\n\n{system}; at worst {load}.\n"


def figures(groups: Mapping[str, Iterable[Row]]) -> str:
    """All groups of measures as JSON: title -> rows."""
    listed = [{"title": title, "rows": [asdict(row) for row in rows]} for title, rows in groups.items()]
    return json.dumps({"groups": listed}, indent=2) + "\n"
