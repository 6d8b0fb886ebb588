"""Calls of the API's methods: their names, their arguments, and that they are awaited."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from . import names
from .inference import Inferred
from .notes import Context, Edit, Note, end_of, inserted, replaced, start_of
from .scopes import dotted

_OPTIONS: Mapping[str, str] = {
    "timeout_in_seconds": "client.with_options(timeout=...)",
    "max_retries": "client.with_options(retry=...)",
    "additional_headers": "extra_headers=... of the method",
    "additional_query_parameters": "extra_query=... of the method",
    "additional_body_parameters": "extra_body=... of the method",
    "chunk_size": "nothing: downloads choose it",
}
_FREE_FORM = {"metadata", "variableValues", "variable_values", "properties", "headers", "parameters"}
_OWN_KEYS = {"request_options", *_FREE_FORM}


def check_method_call(node: ast.Call, context: Context) -> Iterator[Note]:
    """Yield what changes in a call of a method."""
    inferred = context.infer(node.func)
    if inferred is None or inferred.role != "method":
        inferred = _looks_like_one(node, context)
    if inferred is None:
        return
    method = names.method(inferred.name)
    if not method.known:
        yield Note(node, "method", inferred.name, "no release that this tool knows has it", sure=False)
        return
    yield from _renamed(node, inferred, method)
    yield from _raw(node, inferred, method, context)
    yield from _awaited(node, inferred, method, context)
    for keyword in node.keywords:
        yield from _argument(keyword, inferred, method)
    for value in [*node.args, *_values(node.keywords)]:
        yield from snake_keys(value, inferred.sure)
    if method.creates and inferred.sure:
        yield Note(
            node, "retry", f"{inferred.name}, which vapi_server_sdk sends again after any 5xx", _RETRIES, sure=False
        )


def _values(keywords: list[ast.keyword]) -> Iterator[ast.expr]:
    """Yield the values of arguments; those of `**{...}` too, whose keys are Python's."""
    for keyword in keywords:
        if keyword.arg is None:
            yield from (member for _, name, member in _members(keyword.value) if name not in _OWN_KEYS)
        elif keyword.arg not in _OWN_KEYS:
            yield keyword.value


_RETRIES = (
    "a request that may have been processed is not sent again here: catch RequestError, see may_have_been_processed; "
    "for a call there is await error.reconcile()"
)


def check_method_reference(node: ast.Attribute, context: Context) -> Iterator[Note]:
    """Yield a method of a synchronous client that is not called here, such as what a thread is given to call."""
    parent = context.parent(node)
    if isinstance(parent, ast.Attribute) or (isinstance(parent, ast.Call) and parent.func is node):
        return
    inferred = context.infer(node)
    if inferred is not None and inferred.role == "method" and inferred.sync and names.method(inferred.name).known:
        yield Note(node, "await", inferred.name, "a method that has to be awaited: it needs no thread", sure=False)


def _looks_like_one(node: ast.Call, context: Context) -> Inferred | None:
    """A call such as `x.calls.create()` of what nobody says to be a client: a synchronous one, if any."""
    if context.symbols.migrated or not isinstance(node.func, ast.Attribute):
        return None
    resource = node.func.value
    if not isinstance(resource, ast.Attribute) or not names.method(f"{resource.attr}.{node.func.attr}").known:
        return None
    named_so = "vapi" in (dotted(resource.value) or "").rpartition(".")[2].lower()
    if named_so or (context.uses_sdk and not context.is_from_elsewhere(resource.value)):
        sync = not in_async(node, context)
        return Inferred("method", f"{resource.attr}.{node.func.attr}", sync=sync, sure=False)
    return None


def in_async(node: ast.AST, context: Context) -> bool:
    """Whether `await` may stand there."""
    around = context.parent(node)
    while around is not None and not isinstance(around, _BORDERS):
        around = context.parent(around)
    return isinstance(around, ast.AsyncFunctionDef)


_BORDERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.GeneratorExp, ast.ClassDef)


def _renamed(node: ast.Call, inferred: Inferred, method: names.Method) -> Iterator[Note]:
    if method.contract:
        instead = f"{method.new} of a package generated from the contract of {method.contract}: the API has dropped it"
        yield Note(node, "method", inferred.name, instead, inferred.sure)
    elif method.new is None:
        instead = "client.request(METHOD, path): the published contract does not have it"
        yield Note(node, "method", inferred.name, instead, inferred.sure)
    elif method.new != inferred.name:
        edits = _renaming(node.func, inferred.name, method.new) if inferred.sure else ()
        yield Note(node, "method", inferred.name, method.new, inferred.sure, edits)


def _renaming(called: ast.expr, old: str, new: str) -> tuple[Edit, ...]:
    """Return the edit for `client.board.find_all`, where both names stand there."""
    if not (dotted(called) or "").endswith(f".{old}") or not isinstance(called, ast.Attribute):
        return ()
    resource = called.value
    if not isinstance(resource, ast.Attribute):
        return ()
    return (Edit(end_of(resource.value), end_of(called), f".{new}"),)


def _raw(node: ast.Call, inferred: Inferred, method: names.Method, context: Context) -> Iterator[Note]:
    raw = isinstance(node.func, ast.Attribute) and context.infer(node.func.value)
    if raw and raw.role == "raw":
        instead = f"await client.detailed(client.{method.new or inferred.name}, ...): .parsed, .headers, .status_code"
        yield Note(node, "raw", "with_raw_response", instead, inferred.sure)


def _awaited(node: ast.Call, inferred: Inferred, method: names.Method, context: Context) -> Iterator[Note]:
    parent = context.parent(node)
    if not inferred.sync or method.new is None or isinstance(parent, ast.Await):
        return
    text = f"client.{method.new or inferred.name}(...)"
    edits = _awaiting(node, parent, context) if inferred.sure else ()
    if method.lists and isinstance(parent, ast.For | ast.comprehension):
        walk = f"async for ... in {text}, which walks all pages"
        if isinstance(parent, ast.For) and edits:
            edits = (inserted(start_of(parent), "async "),)
        elif edits:
            edits = ()
        yield Note(node, "await", f"for ... in {text}", walk, inferred.sure, edits)
    elif method.lists:
        one = f"await {text} for one page, `async for` for every item"
        yield Note(node, "await", text, one, inferred.sure, edits)
    else:
        yield Note(node, "await", text, f"await {text}, in an async function", inferred.sure, edits)


def _awaiting(node: ast.Call, parent: ast.AST | None, context: Context) -> tuple[Edit, ...]:
    if not in_async(node, context):
        return ()
    if isinstance(parent, ast.Expr | ast.Assign | ast.AnnAssign | ast.Return | ast.For | ast.keyword):
        return (inserted(start_of(node), "await "),)
    return inserted(start_of(node), "(await "), inserted(end_of(node), ")")


def _argument(keyword: ast.keyword, inferred: Inferred, method: names.Method) -> Iterator[Note]:
    name, value = keyword.arg, keyword.value
    if name is None:
        return
    if name == "request_options":
        yield Note(keyword, "options", "request_options=", _options(value), inferred.sure)
    elif isinstance(value, ast.Constant) and value.value is ...:
        yield Note(keyword, "omit", f"{name}=...", f"{name}=UNSET, or leave it out", inferred.sure)
    elif method.new and not method.contract and name not in (names.parameters(method.new) or {name}):
        instead = "the API's contract does not have it any more: leave it out, or extra_body= or extra_query= sends it"
        yield Note(keyword, "argument", f"{inferred.name}({name}=)", instead, inferred.sure)


def _options(value: ast.expr) -> str:
    keys = [key.value for key in value.keys if isinstance(key, ast.Constant)] if isinstance(value, ast.Dict) else []
    found = [f"{key}: {_OPTIONS[key]}" for key in keys if isinstance(key, str) and key in _OPTIONS]
    return (
        "; ".join(found) or "client.with_options(timeout=..., retry=...), and extra_headers=, extra_query=, extra_body="
    )


def snake_keys(value: ast.AST, sure: bool) -> Iterator[Note]:
    """Yield the keys of dicts that are spelled as in Python, where the API has another spelling."""
    if isinstance(value, ast.List | ast.Tuple):
        for element in value.elts:
            yield from snake_keys(element, sure)
    for key, name, member in _members(value):
        if name is not None:
            yield from _snake_key(key, name, sure)
        if name not in _FREE_FORM:
            yield from snake_keys(member, sure)


def _members(value: ast.AST) -> Iterator[tuple[ast.AST, str | None, ast.expr]]:
    """Yield each member of `{...}` or `dict(...)`: where its key stands, the key if it is a text, and the value."""
    if isinstance(value, ast.Dict):
        for key, member in zip(value.keys, value.values, strict=True):
            name = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
            yield key or member, name, member
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict":
        for keyword in value.keywords:
            yield keyword, keyword.arg, keyword.value


def _snake_key(key: ast.AST, name: str, sure: bool) -> Iterator[Note]:
    wire = names.camel(name)
    if wire != name and wire in names.wire_names() and name not in names.wire_names():
        yield Note(
            key,
            "key",
            repr(name),
            f"{wire!r}: dicts are written as they go to the API",
            sure,
            _respelt(key, name, wire),
        )


def _respelt(key: ast.AST, old: str, new: str) -> tuple[Edit, ...]:
    if isinstance(key, ast.Constant):
        return (replaced(key, repr(new)),)
    line, column = start_of(key)  # of dict(old=...)
    return (Edit((line, column), (line, column + len(old)), new),) if isinstance(key, ast.keyword) else ()
