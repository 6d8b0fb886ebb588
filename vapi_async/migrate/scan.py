"""One file: its source → findings. All rules are asked about every node; each knows its own kinds of nodes."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator

from . import calls, clients, imports, names, results
from .finding import Finding
from .notes import Context, Note
from .scopes import Scope, Scopes

_LINE_END = re.compile("\r\n|\r|\n")


def scan(source: str, path: str = "<string>") -> list[Finding]:
    """Return what to change in a Python source, in the order of the lines.

    Args:
        source: the text of the file.
        path: what to call it in the findings.

    A source that Python cannot read gives one finding of the kind `unreadable`.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
    except SyntaxError as error:
        return [unreadable(path, error.msg, error.lineno or 1, error.offset or 1)]
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes, lone surrogates, too deep
        return [unreadable(path, f"{error}")]
    if names.PACKAGE not in source.lower():
        return []
    try:
        notes = list(_once(_notes(tree)))
    except RecursionError:
        return [unreadable(path, "it is nested too deeply")]
    lines = _LINE_END.split(source)
    return sorted({_placed(note, path, lines) for note in notes})


def unreadable(path: str, why: str, line: int = 1, column: int = 1) -> Finding:
    """Return the finding for a file that cannot be read."""
    return Finding(path, line, max(column, 1), "unreadable", f"not read: {why}", "look at it by hand", sure=False)


def _notes(tree: ast.Module) -> Iterator[Note]:
    scopes = Scopes(tree)
    parents: dict[ast.AST, ast.AST] = {}
    waiting: list[tuple[ast.AST, Scope]] = [(tree, scopes.module)]
    while waiting:
        node, scope = waiting.pop()
        yield from _about(node, Context(scopes, scope, parents))
        for child in reversed([*ast.iter_child_nodes(node)]):
            parents[child] = node
            waiting.append((child, scopes.of(child) or scope))


def _about(node: ast.AST, context: Context) -> Iterator[Note]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from imports.imported(node)
    elif isinstance(node, ast.Call):
        for rule in _CALLS:
            yield from rule(node, context)
    elif isinstance(node, ast.Name | ast.Attribute):
        yield from imports.used(node, context)
        if isinstance(node, ast.Attribute):
            yield from results.part_of_list(node, context)
            yield from calls.passed_on(node, context)
    elif isinstance(node, ast.Constant):
        yield from imports.quoted(node)
    elif isinstance(node, ast.Compare):
        yield from results.compared(node, context)
    elif isinstance(node, ast.ExceptHandler) and context.scopes.origins:
        yield from results.caught(node, context)


_CALLS: tuple[Callable[[ast.Call, Context], Iterator[Note]], ...] = (
    clients.made,
    calls.called,
    results.method_of_result,
)


def _once(notes: Iterator[Note]) -> Iterator[Note]:
    """Leave all but the first of what is to be thought of once per file, by its advice."""
    seen: set[str] = set()
    for note in notes:
        if note.kind == "retry":
            if note.instead in seen:
                continue
            seen.add(note.instead)
        yield note


def _placed(note: Note, path: str, lines: list[str]) -> Finding:
    line = getattr(note.node, "lineno", 1)
    offset = getattr(note.node, "col_offset", 0)  # in bytes of UTF-8
    text = lines[line - 1] if line <= len(lines) else ""
    column = len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore")) + 1
    return Finding(path, line, column, note.kind, note.what, note.instead, note.sure)
