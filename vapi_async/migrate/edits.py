"""Edits of a source: what stands between them stays as it is, to the byte."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .notes import Edit

_LINE_END = re.compile(r"\r\n|\r|\n")
_QUOTED = re.compile(r"[\"']")


def apply(source: str, edits: Iterable[Edit]) -> str:
    """Return a source with some edits made.

    Args:
        source: the text.
        edits: none within another one.

    Raises:
        SyntaxError: what came out is no Python.
    """
    starts = _line_starts(source)
    placed = [(_offset(source, starts, edit.start), _offset(source, starts, edit.end), edit.text) for edit in edits]
    placed = sorted(dict.fromkeys(placed), key=lambda each: each[:2])
    found = _LINE_END.search(source)
    newline = found[0] if found else "\n"
    parts, done = [], 0
    for start, end, text in placed:
        if start < done:
            continue  # within what was replaced already
        parts += [source[done:start], _like(source[start:end], text).replace("\n", newline)]
        done = end
    changed = "".join([*parts, source[done:]])
    ast.parse(changed)
    return changed


def _line_starts(source: str) -> list[int]:
    return [0, *(found.end() for found in _LINE_END.finditer(source))]


def _offset(source: str, starts: list[int], place: tuple[int, int]) -> int:
    line, column = place  # the column is in bytes of UTF-8
    start = starts[line - 1]
    end = starts[line] if line < len(starts) else len(source)
    return start + len(source[start:end].encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))


def _like(old: str, new: str) -> str:
    """Return a string literal in the quotes of the one that it replaces."""
    if new[:1] == "'" and (found := _QUOTED.search(old)):
        return found[0] + new[1:-1] + found[0]
    return new
