"""``make bench``: every measure, side by side with its plain alternative, on stdout and in benchmarks/results.md.

``python -m benchmarks [GROUP ...]`` measures some groups only, and then leaves the file as it is.
"""

from __future__ import annotations

import sys
from importlib import import_module

from benchmarks.table import RESULTS, Row, heading, markdown

GROUPS = {
    "processes": "A fresh process",
    "decoding": "Decoding and encoding",
    "requests": "Requests",
    "lists": "Lists",
    "webhooks": "Webhooks",
    "rivals": "The same list of calls with other clients",
}


def main(chosen: list[str]) -> int:
    """Measure the chosen groups, or all; return 1 when a bound is missed."""
    unknown = [name for name in chosen if name not in GROUPS]
    if unknown:
        print(f"no group {', '.join(unknown)}; there are {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    tables, missed = [], False
    for name in chosen or GROUPS:
        rows: list[Row] = import_module(f"benchmarks.{name}").run()
        tables.append(markdown(GROUPS[name], rows))
        print(tables[-1], flush=True)
        missed |= any(row.verdict == "MISSED" for row in rows)
    if not chosen:
        RESULTS.write_text("\n".join([heading(), *tables]), encoding="utf-8")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
