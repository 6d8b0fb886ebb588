"""``make bench``: every measure, side by side with its plain alternative, on stdout, in benchmarks/results.md and
results.json, and as charts in docs/plots.

``python -m benchmarks [GROUP ...]`` measures some groups only, and then leaves the files as they are. It ends with 1
where a bound was missed, with 3 where one was missed and the machine was too busy to tell.
"""

from __future__ import annotations

import sys
from importlib import import_module

from benchmarks import machine, plots
from benchmarks.table import FIGURES, RESULTS, Row, figures, heading, markdown

GROUPS = {
    "processes": "A fresh process",
    "decoding": "Decoding and encoding",
    "requests": "Requests",
    "lists": "Lists",
    "webhooks": "Webhooks",
    "rivals": "The same list of calls with other clients",
    "checkers": "A type checker's first look at 20 lines",
    "sandbox": "The sandbox",
}


def main(chosen: list[str]) -> int:
    """Measure the chosen groups, or all; return the code to end with."""
    unknown = [name for name in chosen if name not in GROUPS]
    if unknown:
        print(f"no group {', '.join(unknown)}; there are {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    groups: dict[str, list[Row]] = {}
    loads = [machine.load()]
    for name in chosen or GROUPS:
        groups[GROUPS[name]] = import_module(f"benchmarks.{name}").run()
        print(markdown(GROUPS[name], groups[GROUPS[name]]), flush=True)
        loads.append(machine.load())
    worst = machine.busiest(loads)
    if not chosen:
        _write(groups, worst)
    return _verdict([row.name for rows in groups.values() for row in rows if row.verdict == "MISSED"], worst)


def _verdict(missed: list[str], worst: machine.Load) -> int:
    for name in missed:
        print(f"missed: {name}", file=sys.stderr)
    if missed and worst.too_busy:
        print(f"the machine was too busy to tell, measure again: {worst}", file=sys.stderr)
        return 3
    return int(bool(missed))


def _write(groups: dict[str, list[Row]], worst: machine.Load) -> None:
    tables = [markdown(title, rows) for title, rows in groups.items()]
    RESULTS.write_text("\n".join([heading(worst), *tables]), encoding="utf-8")
    FIGURES.write_text(figures(groups), encoding="utf-8")
    plots.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
