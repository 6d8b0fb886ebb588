"""Folders → files → findings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import evolve

from . import source_text
from .finding import Finding
from .inference import Inference
from .project import Project
from .scan import Examined, examine, unreadable

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
        elif child.suffix in (".py", ".pyi", ".ipynb") or _has_requirements(child):
            yield child


def scan_file(path: Path) -> list[Finding]:
    """Return what to change in a file; one that cannot be read gives a finding that says so."""
    return examine_file(path, Project(), {}).findings


def scan_files(paths: list[Path]) -> dict[Path, Examined]:
    """Return what to change in files of one code base, whose modules are followed into one another."""
    project, others = Project(paths), dict[Path, Inference]()
    return {path: examine_file(path, project, others) for path in paths}


def examine_file(path: Path, project: Project, others: dict[Path, Inference]) -> Examined:
    """Return what to change in a file of a project; the arguments are those of `examine`."""
    try:
        if _has_requirements(path):
            return Examined(list(_requirements(path)))
        text = source_text.read(path)
    except (OSError, SyntaxError, ValueError, LookupError) as error:
        return Examined([unreadable(str(path), f"{error}")])
    found = examine(text, path, project, others)
    if path.suffix == ".ipynb":
        return Examined([_in_cell(path, finding) for finding in found.findings])
    named = _requirements(path) if path.name == "setup.py" else ()
    return evolve(found, findings=[*found.findings, *named])


def _in_cell(path: Path, finding: Finding) -> Finding:
    cell, line = source_text.cell_of(path, finding.line)
    return evolve(finding, path=f"{path}#{cell}", line=line)


def _has_requirements(path: Path) -> bool:
    listed = path.parent.name == "requirements" and path.suffix in (".txt", ".in")
    return listed or _REQUIREMENTS.fullmatch(path.name) is not None


def _requirements(path: Path) -> Iterator[Finding]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        for found in _PACKAGE.finditer(line):
            yield Finding(str(path), number, found.start() + 1, "package", found[0], "vapi-async")
