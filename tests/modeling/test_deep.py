"""What is nested deeper than the interpreter can follow decodes all the same, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.modeling.sample.models import Node, Ring
from vapi_async._modeling.decoding import items, nested, union
from vapi_async._modeling.encoding import encode

DEPTH = 20_000
Shape = Callable[[Any], dict[str, Any]]


def deep(wrap: Shape, depth: int = DEPTH) -> dict[str, Any]:
    data: dict[str, Any] = {"value": 1, "more": 2}
    for _ in range(depth):
        data = wrap(data)
    return data


def same(left: Any, right: Any) -> bool:
    """Compare plain JSON values without recursion."""
    todo = [(left, right)]
    while todo:
        left, right = todo.pop()
        if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
            todo.extend((left[key], right[key]) for key in left)
        elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
            todo.extend(zip(left, right, strict=True))
        elif isinstance(left, (dict, list)) or left != right:
            return False
    return True


@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner: {"inner": inner, "value": 1},
        lambda inner: {"children": [inner, {"value": 2}]},
        lambda inner: {"table": {"a": [{"b": inner}]}},
        lambda inner: {"free": inner},
    ],
    ids=["object", "list", "map", "free-form"],
)
def test_models(wrap: Shape) -> None:
    data = deep(wrap)
    node = Node.from_dict(data)
    assert same(node.to_dict(), data)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner: {"answer": {"id": "a", **inner}, "id": "b"},
        lambda inner: {"answer": [{"answer": inner}], "id": "a"},
        lambda inner: {"guess": {"id": "a", **inner}, "id": "b"},
        lambda inner: {"answer": {"results": [inner]}},
    ],
    ids=["cases", "array", "scored", "nested"],
)
def test_unions(wrap: Shape) -> None:
    data = deep(wrap)
    assert same(Ring.from_dict(data).to_dict(), data)


def test_every_level_is_read_when_it_is_asked_for() -> None:
    value: Any = nested("tests.modeling.sample.models", "Node")(deep(lambda inner: {"inner": inner}))
    depth = 0
    while value.inner:
        value, depth = value.inner, depth + 1
    assert depth == DEPTH


def test_decoding_goes_on_after_what_is_too_deep() -> None:
    data = {"children": [deep(lambda inner: {"inner": inner}), {"value": 5}]}
    node = Node.from_dict(data)
    assert isinstance(node.children, list)
    assert isinstance(node.children[0], Node)
    assert node.children[1] == Node(value=5)


def test_as_deep_as_the_json_parser_goes() -> None:
    for depth in (100, 200, 300, 450):
        text = '{"inner":' * depth + "{}" + "}" * depth
        data = json.loads(text)
        assert json.dumps(Node.from_dict(data).to_dict(), separators=(",", ":")) == text


def test_encoding_plain_values_of_any_depth() -> None:
    nested_lists: list[Any] = []
    for _ in range(DEPTH):
        nested_lists = [nested_lists]
    assert same(encode(nested_lists), nested_lists)


@pytest.mark.parametrize("decode", [items(nested("tests.modeling.sample.models", "Node"))])
def test_near_the_limit_an_object_is_never_half_made(decode: Any) -> None:
    data = [{"inner": {"inner": {"value": 1}}}, {"value": 2}]

    def at_depth(depth: int) -> Any:
        return at_depth(depth - 1) if depth else decode(data)

    complete = 0
    for depth in range(1, 1000):
        try:
            decoded = at_depth(depth)
        except RecursionError:
            continue  # of `at_depth` itself, or of the list
        complete += 1
        assert encode(decoded) == data
        for item in decoded:
            assert isinstance(item, dict) or item.inner is not None
    assert complete
    assert union("tests.modeling.sample.models", "Answer")({"id": "a"}) == Ring.from_dict({"id": "a"})
