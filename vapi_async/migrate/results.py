"""What is done with answers: pages, pydantic's methods, and absent fields."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from . import names
from .notes import Context, Note

_ON_OBJECTS: Mapping[str, str] = {
    "dict": "to_dict(): keys as the API spells them, absent fields left out",
    "model_dump": "to_dict(): keys as the API spells them, absent fields left out",
    "json": "json.dumps(x.to_dict())",
    "model_dump_json": "json.dumps(x.to_dict())",
    "copy": "copy.copy(x), or copy.deepcopy(x); fields can be assigned",
    "model_copy": "copy.copy(x), or copy.deepcopy(x); fields can be assigned",
}
_ON_CLASSES: Mapping[str, str] = {
    "parse_obj": "from_dict(data)",
    "model_validate": "from_dict(data)",
    "construct": "from_dict(data)",
    "model_construct": "from_dict(data)",
    "parse_raw": "from_dict(json.loads(text))",
    "model_validate_json": "from_dict(json.loads(text))",
}
_ON_LISTS: Mapping[str, str] = {
    "iter_pages": "pages(), with `async for`",
    "get_next": "await page.next()",
    "next_page": "await page.next()",
}
_PARTS = {
    "results": "the page itself is the sequence of its items",
    "items": "the page itself is the sequence of its items",
}


def method_of_result(node: ast.Call, context: Context) -> Iterator[Note]:
    """Yield what to call instead of a method that pydantic models, or the pagers there, have."""
    if not isinstance(node.func, ast.Attribute):
        return
    name, owner = node.func.attr, node.func.value
    origin = context.scopes.origin(owner)
    if name in _ON_CLASSES and origin and names.type_name(origin.rpartition(".")[2]):
        yield Note(node, "pydantic", f"{name}()", _ON_CLASSES[name])
        return
    thing = context.thing(owner)
    if name == "iter_pages" and (thing is not None or context.scopes.origins):
        sure = thing is not None and thing.kind == "list" and thing.sure
        yield Note(node, "pages", "iter_pages()", _ON_LISTS[name], sure)
    elif thing is not None and thing.kind == "list" and name in _ON_LISTS:
        yield Note(node, "pages", f"{name}()", _ON_LISTS[name], thing.sure)
    elif thing is not None and thing.kind == "result" and name in _ON_OBJECTS:
        yield Note(node, "pydantic", f"{name}()", _ON_OBJECTS[name], thing.sure)


def part_of_list(node: ast.Attribute, context: Context) -> Iterator[Note]:
    """Yield `page.results` and `page.items`."""
    if node.attr in _PARTS and not isinstance(context.parent(node), ast.Call):
        thing = context.thing(node.value)
        if thing is not None and thing.kind == "list":
            yield Note(node, "pages", f".{node.attr}", _PARTS[node.attr], thing.sure)


def compared(node: ast.Compare, context: Context) -> Iterator[Note]:
    """Yield `call.ended_at is None`: an absent field is UNSET here."""
    if not isinstance(node.left, ast.Attribute) or not isinstance(node.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
        return
    right = node.comparators[0]
    thing = context.thing(node.left.value)
    if isinstance(right, ast.Constant) and right.value is None and thing is not None and thing.kind == "result":
        what = f".{node.left.attr} compared with None"
        yield Note(
            node,
            "unset",
            what,
            "an absent field is UNSET, null is None, both are false: test it with `if` or `not`",
            False,
        )


def caught(node: ast.ExceptHandler, context: Context) -> Iterator[Note]:
    """Yield `except httpx.…` in code that uses the package: those errors have names of their own here."""
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    for kind in filter(None, kinds):
        if isinstance(kind, ast.Attribute) and isinstance(kind.value, ast.Name) and kind.value.id == "httpx":
            instead = "vapi_async.TransportError (TimeoutError, ConnectError, ...), if it is for the API's requests"
            yield Note(kind, "error", f"except httpx.{kind.attr}", instead, sure=False)
