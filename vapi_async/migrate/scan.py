"""One file: its source → findings and edits. All rules are asked about every node; each knows its kinds of nodes."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from . import calls, clients, imports, names, results
from .finding import Finding
from .inference import Inference
from .notes import Context, Edit, Note
from .project import Module, Project

if TYPE_CHECKING:
    from .scopes import Scope

_ANY_RESOURCE = re.compile(rf"\.(?:{'|'.join(sorted(names.resources()))})\b")
_LINE_END = re.compile("\r\n|\r|\n")


def scan(source: str, path: str = "<string>") -> list[Finding]:
    """Return what to change in a Python source, in the order of the lines.

    Args:
        source: the text of the file.
        path: what to call it in the findings.

    A source that Python cannot read gives one finding of the kind `unreadable`.
    """
    return examine(source, Path(path), Project()).findings


@frozen
class Examined:
    """What came of a file.

    Attributes:
        findings: what to change, in the order of the lines.
        edits: what of it is certain.
        stuck: calls that have to be awaited where that cannot be.
    """

    findings: list[Finding]
    edits: tuple[Edit, ...] = ()
    stuck: tuple[Finding, ...] = ()


def examine(source: str, path: Path, project: Project, others: dict[Path, Inference] | None = None) -> Examined:
    """Return what to change in a file of a project.

    Args:
        source: its text.
        path: where it is.
        project: the files around it.
        others: what was inferred of other files, which all calls for one project share.
    """
    if not (names.PACKAGE in source.lower() or (project.uses_sdk and _ANY_RESOURCE.search(source))):
        return Examined(_readable(source, str(path)))  # most files of a code base end here
    try:
        module = Module(path, source)
    except SyntaxError as error:
        return Examined([unreadable(str(path), error.msg, error.lineno or 1, error.offset or 1)])
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes, lone surrogates, too deep
        return Examined([unreadable(str(path), f"{error}")])
    try:
        notes = list(_once(_notes(module, project, {} if others is None else others)))
    except RecursionError:
        return Examined([unreadable(str(path), "it is nested too deeply")])
    lines = _LINE_END.split(source)
    placed = [(note, _placed(note, str(path), lines)) for note in notes]
    return Examined(
        sorted({finding for note, finding in placed if note.kind}),
        tuple(edit for note in notes for edit in note.edits),
        tuple(finding for note, finding in placed if note.kind == "await" and not note.edits),
    )


def _readable(source: str, path: str) -> list[Finding]:
    """Return a finding for what Python cannot read, of files that have nothing to change."""
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(source)
    except SyntaxError as error:
        return [unreadable(path, error.msg, error.lineno or 1, error.offset or 1)]
    except (ValueError, RecursionError, MemoryError) as error:
        return [unreadable(path, f"{error}")]
    return []


def unreadable(path: str, why: str, line: int = 1, column: int = 1) -> Finding:
    """Return the finding for a file that cannot be read."""
    return Finding(path, line, max(column, 1), "unreadable", f"not read: {why}", "look at it by hand", sure=False)


def _notes(module: Module, project: Project, others: dict[Path, Inference]) -> Iterator[Note]:
    symbols = module.symbols
    inference = Inference(module, project, others)
    parents: dict[ast.AST, ast.AST] = {}
    waiting: list[tuple[ast.AST, Scope]] = [(module.tree, symbols.module)]
    while waiting:
        node, scope = waiting.pop()
        yield from _about(node, Context(symbols, inference, scope, parents, project.uses_sdk))
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
            yield from results.check_field(node, context)
            yield from calls.check_method_reference(node, context)
        else:
            yield from clients.check_client_name(node, context)
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
