"""One file: its source → findings. All rules are asked about every node; each knows its own kinds of nodes."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator

from . import calls, clients, imports, names, results
from .finding import Finding
from .inference import Inference
from .notes import Context, Note
from .scopes import Scope, SymbolTable

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
    if names.PACKAGE not in source.lower():  # nothing of it can be meant, and most files of a code base end here
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
    symbols = SymbolTable(tree)
    inference = Inference(symbols)
    parents: dict[ast.AST, ast.AST] = {}
    waiting: list[tuple[ast.AST, Scope]] = [(tree, symbols.module)]
    while waiting:
        node, scope = waiting.pop()
        yield from _about(node, Context(symbols, inference, scope, parents))
        for child in reversed([*ast.iter_child_nodes(node)]):
            parents[child] = node
            waiting.append((child, symbols.opened_by(child) or scope))


def _about(node: ast.AST, context: Context) -> Iterator[Note]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from imports.check_import(node)
    elif isinstance(node, ast.Call):
        for rule in _CALLS:
            yield from rule(node, context)
    elif isinstance(node, ast.Name | ast.Attribute):
        yield from imports.check_name(node, context)
        if isinstance(node, ast.Attribute):
            yield from results.check_page_attribute(node, context)
            yield from calls.check_method_reference(node, context)
    elif isinstance(node, ast.Constant):
        yield from imports.check_string(node)
    elif isinstance(node, ast.Compare):
        yield from results.check_none_comparison(node, context)
    elif isinstance(node, ast.ExceptHandler) and context.symbols.origins:
        yield from results.check_except(node, context)


_CALLS: tuple[Callable[[ast.Call, Context], Iterator[Note]], ...] = (
    clients.check_client,
    calls.check_method_call,
    results.check_result_method,
)


def _once(notes: Iterator[Note]) -> Iterator[Note]:
    """Yield the notes, but the same advice on retries only once: it is to be thought of once per file."""
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
