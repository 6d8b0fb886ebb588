"""What a docstring in Google style says: the first paragraph, and a description of each argument."""

from __future__ import annotations

import inspect
import re
from typing import Any

_HEADING = re.compile(r"(args|arguments|parameters|attributes):\s*", re.IGNORECASE)
_ENTRY = re.compile(r"\*{0,2}(\w+)(?:\s*\([^)]*\))?:\s*(.*)")


def summary(documented: Any) -> str:
    """Return the first paragraph of a docstring as one line."""
    return " ".join((inspect.getdoc(documented) or "").split("\n\n", 1)[0].split())


def argument_texts(documented: Any) -> dict[str, str]:
    """Return the descriptions in the section of arguments or attributes, by name, each as one line."""
    lines = iter((inspect.getdoc(documented) or "").splitlines())
    if not any(_HEADING.fullmatch(line) for line in lines):
        return {}
    found: dict[str, list[str]] = {}
    margin = 0
    for line in lines:
        text = line.strip()
        indent = len(line) - len(line.lstrip())
        if text and not indent:
            break
        entry = _ENTRY.fullmatch(text)
        if entry and (not found or indent <= margin):
            margin = indent
            found[entry[1]] = [entry[2]]
        elif found:
            next(reversed(found.values())).append(text)
    return {name: " ".join(" ".join(parts).split()) for name, parts in found.items()}
