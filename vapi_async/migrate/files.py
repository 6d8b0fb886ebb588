"""Folders → files → findings."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from .finding import Finding
from .scan import scan, unreadable

_SKIPPED = {"__pycache__", "build", "dist", "node_modules", "site-packages", "venv"}
_REQUIREMENTS = re.compile(
    r".*(requirements|constraints).*\.(txt|in)|pyproject\.toml|setup\.cfg|Pipfile|environment\.ya?ml"
)
_PACKAGE = re.compile(r"\bvapi[-_.]server[-_.]sdk\b", re.IGNORECASE)


def sources(path: Path) -> Iterator[Path]:
    """Yield the files below a folder that may have something to change; a file is yielded as it is."""
    if not path.is_dir():
        yield path
        return
    for child in sorted(path.iterdir()):
        if child.is_dir():
            if child.name not in _SKIPPED and not child.name.startswith(".") and not child.is_symlink():
                yield from sources(child)
        elif child.suffix in (".py", ".pyi") or _has_requirements(child):
            yield child


def scan_file(path: Path) -> list[Finding]:
    """Return what to change in a file; one that cannot be read gives a finding that says so."""
    try:
        if _has_requirements(path):
            return list(_requirements(path))
        with tokenize.open(path) as file:  # which reads the encoding that the file declares
            text = file.read()
    except (OSError, SyntaxError, ValueError, LookupError) as error:
        return [unreadable(str(path), f"{error}")]
    named = _requirements(path) if path.name == "setup.py" else ()
    return [*scan(text, str(path)), *named]


def _has_requirements(path: Path) -> bool:
    listed = path.parent.name == "requirements" and path.suffix in (".txt", ".in")
    return listed or _REQUIREMENTS.fullmatch(path.name) is not None


def _requirements(path: Path) -> Iterator[Finding]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for found in _PACKAGE.finditer(line):
            yield Finding(str(path), number, found.start() + 1, "package", found[0], "vapi-async")
