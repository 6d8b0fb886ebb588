"""How a client is made."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from vapi_async._http.client_arguments import ELSEWHERE

from . import names
from .notes import Context, Note, replaced


def check_client(node: ast.Call, context: Context) -> Iterator[Note]:
    """Yield what changes where a client is made."""
    called = context.infer(node.func)
    if called is None or called.role != "class":
        return
    made = context.infer(node)
    if made is None or made.role != "client":
        return
    if made.sync:
        instead = "async with vapi_async.AsyncVapi(...) as client, in an async function"
        yield Note(node, "client", "a synchronous client", instead)
    else:
        instead = "async with vapi_async.AsyncVapi(...) as client, or await client.aclose()"
        yield Note(node, "client", "a client", instead)
    if context.symbols.client(node.func) is not None:  # a subclass takes what its own constructor takes
        for keyword in node.keywords:
            yield from _keyword(keyword)


def _keyword(keyword: ast.keyword) -> Iterator[Note]:
    name = keyword.arg or ""
    if instead := ELSEWHERE.get(name):
        yield Note(keyword, "client", f"{name}=", instead)
    elif name and name not in names.client_arguments():
        yield Note(keyword, "client", f"{name}=", "no argument of vapi_async.AsyncVapi", sure=False)


def check_client_name(node: ast.Name, context: Context) -> Iterator[Note]:
    """Yield the edit for the name of the synchronous class, of which `check_client` and the import tell."""
    if node.id == "Vapi" and isinstance(node.ctx, ast.Load) and context.symbols.client(node):
        yield Note(node, "", "", "", edits=(replaced(node, "AsyncVapi"),))
