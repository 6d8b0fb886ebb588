"""`Project`: the files of a code base, and what their modules give to one another.

A client is mostly made in one file and used in others. A module is read when another one asks it for a name.
"""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Iterable
from functools import cached_property
from itertools import takewhile
from pathlib import Path

from . import names, source_text
from .scopes import Import, SymbolTable

_SDK = re.compile(rf"^\s*(?:from|import)\s+{names.PACKAGE}\b", re.MULTILINE)


class Module:
    """A file that was read.

    Attributes:
        path: where it is.
        text: its source, in which a notebook's cells stand one after the other.
        tree: its syntax.
        symbols: its names.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text
        with warnings.catch_warnings(action="ignore"):
            self.tree: ast.Module = ast.parse(text)
        self.symbols: SymbolTable = SymbolTable(self.tree)


class Project:
    """The files of a code base.

    Args:
        paths: the files.
    """

    def __init__(self, paths: Iterable[Path] = ()) -> None:
        self._modules: dict[Path, Module | None] = {}
        self._by_name: dict[str, list[tuple[tuple[str, ...], Path]]] = {}
        for path in paths:
            if path.suffix in (".py", ".pyi") and (parts := _dotted(path)):
                self._by_name.setdefault(parts[-1], []).append((parts, path))

    @cached_property
    def uses_sdk(self) -> bool:
        """Whether any of the files imports the package."""
        return any(_SDK.search(_text(path)) for found in self._by_name.values() for _, path in found)

    def module(self, path: Path) -> Module | None:
        """Return a file's module, None if it cannot be read."""
        if path not in self._modules:
            self._modules[path] = None  # while it is read
            try:
                self._modules[path] = Module(path, _text(path))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                self._modules[path] = None
        return self._modules[path]

    def find(self, importer: Path, wanted: Import) -> Module | None:
        """Return the module that an import of another one means, None if it is none of the project's.

        Args:
            importer: the file that imports.
            wanted: what it imports.
        """
        parts: tuple[str, ...] = tuple(wanted.module.split(".")) if wanted.module else ()
        if wanted.level:
            folder = Path(os.path.abspath(importer)).parents[wanted.level - 1]  # noqa: PTH100 - links stay as they are
            parts = (*folder.parts, *parts)
        if not parts:
            return None
        candidates = [path for own, path in self._by_name.get(parts[-1], ()) if own[-len(parts) :] == parts]
        if not candidates:
            return None
        return self.module(max(candidates, key=lambda path: _shared(path, importer)))


def _dotted(path: Path) -> tuple[str, ...]:
    parts = Path(os.path.abspath(path)).with_suffix("").parts  # noqa: PTH100 - links stay as they are
    return parts[:-1] if parts[-1] == "__init__" else parts


def _shared(path: Path, other: Path) -> int:
    pairs = zip(_dotted(path), _dotted(other), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _text(path: Path) -> str:
    try:
        return source_text.read(path)
    except (OSError, SyntaxError, ValueError, LookupError):
        return ""
