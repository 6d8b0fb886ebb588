"""What is done with answers: pages, pydantic's methods, and absent fields."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from vapi_async._did_you_mean import did_you_mean

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


def check_result_method(node: ast.Call, context: Context) -> Iterator[Note]:
    """Yield what to call instead of a method that pydantic models, or the pagers there, have."""
    if not isinstance(node.func, ast.Attribute):
        return
    name, owner = node.func.attr, node.func.value
    origin = context.symbols.origin(owner)
    if name in _ON_CLASSES and origin and names.type_name(origin.rpartition(".")[2]):
        yield Note(node, "pydantic", f"{name}()", _ON_CLASSES[name])
        return
    inferred = context.infer(owner)
    if name == "iter_pages" and (inferred is not None or context.symbols.origins):
        sure = inferred is not None and inferred.role == "list" and inferred.sure
        yield Note(node, "pages", "iter_pages()", _ON_LISTS[name], sure)
    elif inferred is not None and inferred.role == "list" and name in _ON_LISTS:
        yield Note(node, "pages", f"{name}()", _ON_LISTS[name], inferred.sure)
    elif inferred is not None and inferred.role == "result" and name in _ON_OBJECTS:
        yield Note(node, "pydantic", f"{name}()", _ON_OBJECTS[name], inferred.sure)


def check_page_attribute(node: ast.Attribute, context: Context) -> Iterator[Note]:
    """Yield `page.results` and `page.items`."""
    if node.attr in _PARTS and not isinstance(context.parent(node), ast.Call):
        inferred = context.infer(node.value)
        if inferred is not None and inferred.role == "list":
            yield Note(node, "pages", f".{node.attr}", _PARTS[node.attr], inferred.sure)


def check_field(node: ast.Attribute, context: Context) -> Iterator[Note]:
    """Yield an attribute of an answer that is no field of its type here."""
    parent = context.parent(node)
    if node.attr.startswith("_") or (isinstance(parent, ast.Call) and parent.func is node):
        return
    inferred = context.infer(node.value)
    if inferred is None or inferred.role != "result":
        return
    known = names.fields(inferred.type)
    if known and node.attr not in known:
        close = did_you_mean(node.attr, known)
        instead = f"no field of {inferred.type}{close and f', {close}'}; what the API sends can be read all the same"
        yield Note(node, "field", f".{node.attr}", instead, sure=False)


def check_none_comparison(node: ast.Compare, context: Context) -> Iterator[Note]:
    """Yield `call.ended_at is None`: an absent field is UNSET here."""
    if not isinstance(node.left, ast.Attribute) or not isinstance(node.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
        return
    right = node.comparators[0]
    inferred = context.infer(node.left.value)
    if isinstance(right, ast.Constant) and right.value is None and inferred is not None and inferred.role == "result":
        what = f".{node.left.attr} compared with None"
        yield Note(
            node,
            "unset",
            what,
            "an absent field is UNSET, null is None, both are false: test it with `if` or `not`",
            False,
        )


def check_except(node: ast.ExceptHandler, context: Context) -> Iterator[Note]:
    """Yield `except httpx.…` in code that uses the package: those errors have names of their own here."""
    classes = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    for caught in filter(None, classes):
        if isinstance(caught, ast.Attribute) and isinstance(caught.value, ast.Name) and caught.value.id == "httpx":
            instead = "vapi_async.TransportError (TimeoutError, ConnectError, ...), if it is for the API's requests"
            yield Note(caught, "error", f"except httpx.{caught.attr}", instead, sure=False)
