"""The settings that the site is built by: mkdocs.yml, whose navigation gets the pages that are made of code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

#: Folders of which the navigation has every page.
_FOLDERS = ("examples", "reference/api", "reference/models")


def settings(written: Path, pages: Path) -> str:
    """Return the settings for a folder of pages, as YAML for a file beside that folder.

    Args:
        written: mkdocs.yml.
        pages: the folder.
    """
    content = yaml.safe_load(written.read_text(encoding="utf-8"))
    content["docs_dir"] = pages.name
    content["nav"] = _completed(content["nav"], pages)
    return yaml.safe_dump(content, sort_keys=False)


def _completed(entry: Any, pages: Path) -> Any:
    if isinstance(entry, list):
        return [_completed(each, pages) for each in entry]
    if isinstance(entry, dict):
        return {title: _completed(below, pages) for title, below in entry.items()}
    folder = entry.removesuffix("/index.md")
    return list(_below(pages / folder, pages)) if folder in _FOLDERS else entry


def _below(folder: Path, pages: Path) -> Iterator[Any]:
    """Yield the entries of a folder: its index, its pages, and its folders."""
    yield f"{folder.relative_to(pages).as_posix()}/index.md"
    for page in sorted(folder.glob("*.md")):
        if page.name != "index.md":
            yield {page.stem: page.relative_to(pages).as_posix()}
    for inner in sorted(folder.glob("*/")):
        if (inner / "index.md").exists():
            yield {inner.name: list(_below(inner, pages))}
