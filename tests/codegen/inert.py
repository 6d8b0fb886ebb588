"""Is generated code inert? A walk over its syntax tree that lets through only what our templates write.

Importing a generated module may import, define, and call the few functions of the runtime that it is made with; a
method may call the runtime and the decoders of its own module. Nothing of a document is ever more than a name of a
definition, a literal, or a part of a docstring.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

#: Nodes that no template writes: loops, conditions at import time, lambdas, comprehensions, exec-like statements ...
_ALLOWED = (
    *(
        ast.Module,
        ast.ImportFrom,
        ast.Import,
        ast.alias,
        ast.ClassDef,
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.arguments,
    ),
    *(
        ast.arg,
        ast.Expr,
        ast.Constant,
        ast.Name,
        ast.Load,
        ast.Store,
        ast.Attribute,
        ast.Assign,
        ast.AnnAssign,
        ast.Return,
    ),
    *(
        ast.Call,
        ast.keyword,
        ast.Tuple,
        ast.List,
        ast.Dict,
        ast.Subscript,
        ast.BinOp,
        ast.BitOr,
        ast.Await,
        ast.If,
        ast.Pass,
    ),
    *(ast.BoolOp, ast.Or, ast.UnaryOp, ast.USub, ast.IfExp, ast.Compare, ast.In),
)
#: Only models/__init__.py has these, and it is the same in every package but for its map.
_LAZY = (ast.NotIn, ast.Raise, ast.JoinedStr, ast.FormattedValue, ast.Set, ast.Starred)
_RUNTIME = frozenset(
    {
        "define",
        "nested",
        "union",
        "items",
        "values",
        "timestamp",
        "Operation",
        "ListOperation",
        "Tagged",
        "Cases",
        "Case",
    }
    | {"Scored", "TypedDict", "dict", "locals", "new", "require", "take"}
)
_LAZY_CALLS = frozenset(
    {"AttributeError", "import_module", "missing_export", "getattr", "hasattr", "globals", "sorted", "__getattr__"}
)
_CONDITIONS = frozenset({"TYPE_CHECKING", "name not in _MODULES", "name in _FORMER"})
_METHODS = frozenset({"_send", "_list", "_download", "_stream", "__new__", "alias"})
_MODULES = frozenset(
    {"__future__", "builtins", "collections.abc", "datetime", "functools", "importlib", "typing", "attrs"}
)


def strangers(text: str) -> list[str]:
    """What in a generated module no template writes, a line each; empty when the module is inert.

    Args:
        text: The module's source.
    """
    tree = ast.parse(text)
    lazy = any(isinstance(node, ast.FunctionDef) and node.name == "__getattr__" for node in tree.body)
    return [f"{line}: {what}" for line, what in _strangers(tree, lazy=lazy)]


def _strangers(tree: ast.Module, *, lazy: bool) -> Iterator[tuple[int, str]]:
    defined = {
        node.targets[0].id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level for alias in node.names
    }
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if not isinstance(node, _ALLOWED + (_LAZY if lazy else ())):
            yield line, type(node).__name__
        elif isinstance(node, ast.Call) and not _may_call(node.func, defined | imported, lazy=lazy):
            yield line, f"calls {ast.unparse(node.func)[:80]}"
        elif isinstance(node, ast.Import | ast.ImportFrom) and not _may_import(node):
            yield line, f"imports {ast.unparse(node)[:80]}"
        elif isinstance(node, ast.If) and ast.unparse(node.test) not in _CONDITIONS:
            yield line, f"if {ast.unparse(node.test)[:80]}"
        elif isinstance(node, ast.Attribute | ast.Name) and _is_dunder(node) and not lazy:
            yield line, f"names {ast.unparse(node)[:80]}"
        elif isinstance(node, ast.Compare) and not lazy and ast.unparse(node.comparators[0]) != "rest":
            yield line, f"compares {ast.unparse(node)[:80]}"
        elif isinstance(node, ast.BoolOp) and ast.unparse(node.values[-1]) != "None":
            yield line, f"or {ast.unparse(node.values[-1])[:80]}"


def _may_call(function: ast.expr, known: set[str], *, lazy: bool) -> bool:
    if isinstance(function, ast.Name):
        private = function.id in known and (function.id.startswith("_") or function.id[0].isupper())
        return function.id in _RUNTIME or private or (lazy and function.id in _LAZY_CALLS)
    return isinstance(function, ast.Attribute) and function.attr in _METHODS


def _may_import(node: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names] == ["builtins"]
    module = node.module or ""
    return (
        bool(node.level)
        or module in _MODULES
        or module.startswith("vapi_async.")
        or module.endswith((".models", ".models.dicts"))
    )


def _is_dunder(node: ast.Attribute | ast.Name) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id
    return name.startswith("__") and name not in {"__new__", "__slots__", "__all__"}
