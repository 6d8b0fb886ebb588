"""The text of a contract: the same value, short lines, one name a line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from codegen.json_layout import WIDTH, compact, dumps

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["properties", "enum"]), inner),
)


@given(_json)
def test_the_value_and_its_order_survive(value: Any) -> None:
    text = dumps(value)
    assert json.loads(text) == value
    assert json.dumps(json.loads(text)) == json.dumps(value)
    assert text.isascii()
    assert text.endswith("\n")


@given(_json)
def test_for_programs_the_value_and_its_order_survive_too(value: Any) -> None:
    text = compact(value)
    assert json.dumps(json.loads(text)) == json.dumps(value)
    assert text.isascii()


def test_for_programs_an_operation_or_a_schema_is_a_line() -> None:
    document = {"paths": {"/a": {"get": {"b": [1, 2]}, "put": {}}}, "components": {"schemas": {"A": {"c": {"d": "e"}}}}}
    assert compact(document).splitlines() == [
        "{",
        '"paths":{',
        '"/a":{',
        '"get":{"b":[1,2]},',
        '"put":{}',
        "}",
        "},",
        '"components":{',
        '"schemas":{',
        '"A":{"c":{"d":"e"}}',
        "}",
        "}",
        "}",
    ]


@given(st.lists(st.sampled_from(["a", "b" * 30, "c" * 60]), max_size=12), st.integers(0, 20))
def test_a_line_is_broken_only_where_it_would_be_too_long(values: list[str], depth: int) -> None:
    value: Any = {"k": {"enum": values}}
    for _ in range(depth):
        value = {"properties": value}
    lines = dumps(value).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert not [line for line in lines if line.endswith("[")] or len(json.dumps(values)) + depth > WIDTH - 20


def test_a_property_more_is_a_line_more() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    before = dumps({"schemas": {"It": schema}}).splitlines()
    schema["properties"] = {"a": {"type": "string"}, "b": {"type": "number", "minimum": 0}}
    after = dumps({"schemas": {"It": schema}}).splitlines()
    assert [line.strip() for line in after if line not in before] == [
        '"a": {"type": "string"},', '"b": {"type": "number", "minimum": 0}',
    ]  # fmt: skip
    assert len(after) == len(before) + 1


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [-float("inf")]])
def test_a_number_that_json_does_not_have_is_an_error(value: Any) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        dumps(value)
