"""What is said of the fields of a model: the text below each field in its source, which is nowhere at run time."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise


def of_fields(kind: type) -> dict[str, str]:
    """Return field -> text, of those that have one."""
    (written,) = (node for node in _classes(kind.__module__) if node.name == kind.__name__)
    return {field: " ".join(text.split()) for field, text in _texts(written)}


@cache
def _classes(module: str) -> list[ast.ClassDef]:
    source = inspect.getsource(sys.modules[module])
    return [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]


def _texts(written: ast.ClassDef) -> list[tuple[str, str]]:
    found = []
    for field, text in pairwise(written.body):
        match field, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(value))),
            ):
                found.append((name, value))
    return found
