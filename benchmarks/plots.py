"""Bar charts of some measures, from benchmarks/results.json: docs/plots/*.svg.

A bar chart is a dozen rectangles and texts, so they are written as they are, without a plotting library. The charts
show on a light and on a dark page.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from benchmarks.table import FIGURES

PLOTS = Path(__file__).parents[1] / "docs" / "plots"
#: File -> (title, unit, how rows of this chart are named: "CLIENT: ENDING").
CHARTS = {
    "import": ("Import, and make a client", "s", "import, and make a client"),
    "first": ("List 100 calls in a fresh process", "s", "list 100 calls in a fresh process"),
    "decode": ("List 100 calls again: CPU time", "s", "list 100 calls again, CPU time"),
    "memory": ("Peak memory of a process that lists 100 calls", "MB", "its peak memory"),
}
_WIDTH, _LEFT, _BAR, _STEP, _TOP = 720, 210, 22, 40, 52
_STYLE = """text { font: 15px system-ui, sans-serif; fill: #222 } .title { font-weight: 600 }
.card { fill: #fff; stroke: #ddd } .other { fill: #9aa3b2 } .ours { fill: #3f6ff0 }
@media (prefers-color-scheme: dark) {
  text { fill: #e4e6eb } .card { fill: #1a1d24; stroke: #333842 } .other { fill: #6b7384 } .ours { fill: #7a9cff }
}"""


def main() -> None:
    """Write every chart whose rows were measured."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    rows = {row["name"]: row["value"] for group in figures["groups"] for row in group["rows"]}
    PLOTS.mkdir(exist_ok=True)
    for name, (title, unit, ending) in CHARTS.items():
        bars = {each.removesuffix(f": {ending}"): value for each, value in rows.items() if each.endswith(f": {ending}")}
        if bars:
            (PLOTS / f"{name}.svg").write_text(chart(title, unit, bars), encoding="utf-8")


def chart(title: str, unit: str, bars: dict[str, float]) -> str:
    """Return a chart of horizontal bars, as SVG.

    Args:
        title: what is shown.
        unit: printed behind the figures.
        bars: label -> figure; the first is ours.
    """
    height = _TOP + _STEP * len(bars) + 8
    scale = (_WIDTH - _LEFT - 110) / max(bars.values())
    described = escape(f"{title}: " + ", ".join(f"{label} {value:.3g} {unit}" for label, value in bars.items()))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{described}">',
        f"<style>{_STYLE}</style>",
        f'<rect class="card" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="8"/>',
        f'<text class="title" x="20" y="32">{escape(title)}</text>',
    ]
    for number, (label, value) in enumerate(bars.items()):
        y, width = _TOP + _STEP * number, max(2.0, value * scale)
        kind = "other" if number else "ours"
        lines += [
            f'<text x="20" y="{y + 16}">{escape(label)}</text>',
            f'<rect class="{kind}" x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR}" rx="3"/>',
            f'<text x="{_LEFT + width + 8:.1f}" y="{y + 16}">{value:.3g} {unit}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    main()
