"""Types as sets of alternatives: what is one shape however it was written, and how shapes are said."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.diff.shapes import Shape, Shapes, kind_of, short
from tests.codegen.mini import array, const, enum, obj, one_of, ref, refs

STRING, NUMBER, INTEGER = {"type": "string"}, {"type": "number"}, {"type": "integer"}
SCHEMAS = {
    "A": obj(),
    "B": obj(),
    "Either": one_of(*refs("A", "B"), NUMBER),
    "Mode": enum("b", "a"),
}
KINDS = {"A": "model", "B": "model", "Either": "union", "Mode": "enum"}


def shape(node: Any) -> Shape:
    return Shapes(SCHEMAS, KINDS).of(node)


def free_keys(values: Any) -> Any:
    return {"type": "object", "additionalProperties": values}


@pytest.mark.parametrize(
    ("node", "said", "kinds", "coarse"),
    [
        ({}, "anything", {"anything"}, "anything"),
        (STRING, "string", {"string"}, "string"),
        (INTEGER, "integer", {"number"}, "integer"),
        ({**STRING, "format": "date-time"}, "date-time", {"date-time"}, "date-time"),
        ({**STRING, "format": "binary"}, "file", {"file"}, "file"),
        ({**STRING, "format": "uuid"}, "string", {"string"}, "string"),
        (const("a"), '"a"', {"string"}, "string"),
        (enum(2, 1, kind="number"), "1 | 2", {"number"}, "number"),
        (enum(True, kind="boolean"), "true", {"boolean"}, "boolean"),
        (ref("A"), "A", {"A"}, "object"),
        (ref("Mode"), '"a" | "b"', {"string"}, "string"),
        ({**ref("Mode"), "x-open": True}, 'string | "a" | "b"', {"string"}, "string"),
        (ref("Either"), "A | B | number", {"A", "B", "number"}, "number | object"),
        (array(ref("A")), "list of A", {"list"}, "list of object"),
        (array(ref("Either")), "list of (A | B | number)", {"list"}, "list of number | object"),
        (free_keys({}), "map of anything", {"map"}, "map of anything"),
        ({"type": "object"}, "map of anything", {"map"}, "map of anything"),
        (free_keys(one_of(STRING, NUMBER)), "map of (number | string)", {"map"}, "map of number | string"),
        (one_of(STRING, array(STRING), array(NUMBER), free_keys(STRING)),
         "string | list of (number | string) | map of string", {"string", "list", "map"},
         "string | list of number | string | map of string"),
    ],
)  # fmt: skip
def test_a_shape_and_how_it_is_said(node: Any, said: str, kinds: set[str], coarse: str) -> None:
    found = shape(node)
    assert (str(found), found.kinds, found.coarse()) == (said, kinds, coarse)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ref("Mode"), enum("a", "b")),
        (one_of(const("a"), const("b")), enum("b", "a")),
        (ref("Either"), one_of(NUMBER, ref("B"), ref("A"))),
        (one_of(ref("A")), ref("A")),
        (one_of(array(ref("A")), array(ref("B"))), array(one_of(*refs("B", "A")))),
        (one_of(free_keys(ref("A")), free_keys(ref("B"))), free_keys(one_of(*refs("B", "A")))),
    ],
)
def test_what_is_written_in_two_ways_is_one_shape(one: Any, other: Any) -> None:
    assert shape(one) == shape(other)


def test_the_models_of_a_shape_however_deep() -> None:
    deep = shape(one_of(ref("A"), array(free_keys(array(ref("B"))))))
    assert deep.all_models == {"A", "B"}
    renamed = deep.renamed({"B": "C", "X": "Y"})
    assert (str(renamed), renamed.all_models) == ("A | list of map of list of C", {"A", "C"})
    assert shape(STRING).all_models == frozenset()


@pytest.mark.parametrize(
    ("value", "kind"), [("true", "boolean"), ("false", "boolean"), ('"true"', "string"), ("1", "number")]
)
def test_the_type_of_a_value(value: str, kind: str) -> None:
    assert kind_of(value) == kind


@pytest.mark.parametrize(
    ("names", "line"),
    [
        ([], ""),
        (["x" * 70], "x" * 70),
        (["x" * 29, "y" * 29], f"{'x' * 29}, {'y' * 29}"),
        (["x" * 29, "y" * 30], f"{'x' * 29} and 1 more"),
        (["a", "x" * 60, "b", "c"], "a and 3 more"),
    ],
)
def test_a_long_line_of_names_is_cut_and_the_rest_is_counted(names: list[str], line: str) -> None:
    assert short(names, ", ") == line
