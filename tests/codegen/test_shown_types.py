"""Types by form: what a field's own example shows, enums beside variants, lists as defaults, single values."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.repair import repair
from codegen.report import Report
from codegen.shown_types import SHOWN, shown_type

BARE = {"type": "object"}


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        ({**BARE, "example": "en"}, "string"),
        ({**BARE, "example": 3}, "integer"),
        ({**BARE, "example": '"-7d" or "now"'}, "string"),
        ({"type": "array", "items": BARE, "example": [400, 401]}, "[integer]"),
        ({**BARE, "example": "{"}, ""),
        ({**BARE, "example": '"{\\"city\\": 1}"'}, ""),
        ({"type": "array", "items": BARE, "example": "[{ type: 1 }]"}, ""),
        ({"type": "array", "items": BARE, "example": [1, "a"]}, ""),
        ({**BARE, "properties": {"a": BARE}, "example": "en"}, ""),
        ({"type": "string", "example": 3}, ""),
    ],
)
def test_what_an_example_shows(schema: Any, shown: str) -> None:
    assert shown_type(schema) == shown


def repaired(**properties: Any) -> Any:
    schema = {"type": "object", "properties": properties}
    repair({"paths": {}, "components": {"schemas": {"It": schema}}}, Report())
    return schema["properties"]


def test_a_shown_type_is_the_type() -> None:
    made = repaired(a={**BARE, SHOWN: "string"}, b={"type": "array", "items": BARE, SHOWN: "[integer]"})
    assert made == {"a": {"type": "string"}, "b": {"type": "array", "items": {"type": "integer"}}}


def test_an_enum_that_contradicts_its_variants_goes() -> None:
    variants = [{"type": "string", "enum": ["1"]}, {"type": "number", "enum": [1]}]
    assert repaired(version={"enum": ["1"], "oneOf": variants})["version"] == {"oneOf": variants}
    kept = repaired(version={"enum": ["1", 1], "oneOf": variants})["version"]
    assert kept["enum"] == ["1", 1]


def test_a_list_as_default_makes_a_list() -> None:
    made = repaired(columns={"type": "string", "enum": ["a", "b"], "default": ["a"]})["columns"]
    assert made == {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}, "default": ["a"]}


def test_a_single_value_of_an_optional_field_is_open_unless_it_is_a_tag() -> None:
    made = repaired(model={"type": "string", "enum": ["m"]}, type={"type": "string", "enum": ["t"]})
    assert made["model"] == {"anyOf": [{"type": "string", "enum": ["m"]}, {"type": "string"}]}
    assert made["type"] == {"type": "string", "enum": ["t"]}


def test_a_single_value_that_is_required_elsewhere_stays() -> None:
    constant = {"type": "string", "enum": ["bash"]}
    schemas = {
        "Update": {"type": "object", "properties": {"name": dict(constant)}},
        "Stored": {"type": "object", "properties": {"name": dict(constant)}, "required": ["name"]},
    }
    repair({"paths": {}, "components": {"schemas": schemas}}, Report())
    assert schemas["Update"]["properties"] == {"name": constant}
