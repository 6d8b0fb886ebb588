"""The folder that the site is made of."""

from __future__ import annotations

import shutil
from pathlib import Path

from website import examples, models, resources
from website.links import relink

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "build" / "docs"
_RESULTS = "<!-- results -->"


def assemble(built: Path = BUILT) -> None:
    """Put the folder together anew."""
    shutil.rmtree(built, ignore_errors=True)
    shutil.copytree(ROOT / "docs", built)
    for source, text in _pages().items():
        target = built / _place(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(relink(text, source, _place), encoding="utf-8")
    for place, text in {**resources.pages(), **models.pages()}.items():
        target = built / "reference" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _pages() -> dict[str, str]:
    """The pages that are written by hand: path in the repository -> text."""
    paths = [*(ROOT / "docs").rglob("*.md"), ROOT / "CHANGELOG.md"]
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    texts["docs/performance.md"] = texts["docs/performance.md"].replace(_RESULTS, _results())
    return texts | examples.pages(ROOT)


def _results() -> str:
    """The tables of the measures, their headings a level below those of the page."""
    text = (ROOT / "benchmarks" / "results.md").read_text(encoding="utf-8")
    return text.split("\n", 1)[1].replace("\n## ", "\n### ")


def _place(source: str) -> str | None:
    """Where a file of the repository is on the site, None if it is not there."""
    if source.startswith("docs/"):
        return source.removeprefix("docs/")
    if source == "CHANGELOG.md":
        return "changelog.md"
    return examples.place(source)
