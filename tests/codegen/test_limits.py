"""What values are held to, compared: each limit, in both directions, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.canonical import LIMITS_OF_VARIANTS
from codegen.diff.limits import changed_limits, limits
from codegen.diff.places import Place

PLACE = Place("Thing.x", "field", frozenset())
LONG = "x" * 70


def changes(old: Any, new: Any) -> list[tuple[str, str]]:
    return [(change.rule, change.detail) for change in changed_limits(PLACE, old, new)]


@pytest.mark.parametrize("key", ["minLength", "minItems", "minProperties"])
def test_a_higher_lower_limit_is_tighter(key: str) -> None:
    assert changes({key: 1}, {key: 2}) == [("tighter", f"{key} 1 -> 2")]
    assert changes({key: 2}, {key: 1}) == [("looser", f"{key} 2 -> 1")]
    assert changes({}, {key: 1}) == [("tighter", f"{key} none -> 1")]
    assert changes({key: 1}, {}) == [("looser", f"{key} 1 -> none")]
    assert changes({key: 1}, {key: 1}) == []


@pytest.mark.parametrize("key", ["maxLength", "maxItems", "maxProperties"])
def test_a_lower_upper_limit_is_tighter(key: str) -> None:
    assert changes({key: 2}, {key: 1}) == [("tighter", f"{key} 2 -> 1")]
    assert changes({key: 1}, {key: 2}) == [("looser", f"{key} 1 -> 2")]
    assert changes({}, {key: 1}) == [("tighter", f"{key} none -> 1")]
    assert changes({key: 1}, {}) == [("looser", f"{key} 1 -> none")]
    assert changes({key: 1}, {key: 1}) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"minimum": 1}, {"minimum": 2}, [("tighter", "minimum 1 -> 2")]),
        ({"minimum": 2}, {"minimum": 1}, [("looser", "minimum 2 -> 1")]),
        ({"maximum": 2}, {"maximum": 1}, [("tighter", "maximum 2 -> 1")]),
        ({"maximum": 1}, {"maximum": 2}, [("looser", "maximum 1 -> 2")]),
        ({}, {"minimum": 0}, [("tighter", "minimum none -> 0")]),
        ({"maximum": 0}, {}, [("looser", "maximum 0 -> none")]),
        # A mark beside the bound, as in 3.0
        ({"minimum": 1}, {"minimum": 1, "exclusiveMinimum": True}, [("tighter", "minimum 1 -> 1 exclusive")]),
        ({"maximum": 1, "exclusiveMaximum": True}, {"maximum": 1}, [("looser", "maximum 1 exclusive -> 1")]),
        ({"minimum": 1, "exclusiveMinimum": False}, {"minimum": 1}, []),
        ({"exclusiveMinimum": True}, {}, []),
        # A bound of its own, as in 3.1: of two the tighter one counts
        ({"minimum": 1}, {"exclusiveMinimum": 1}, [("tighter", "minimum 1 -> 1 exclusive")]),
        ({"minimum": 1}, {"minimum": 1, "exclusiveMinimum": 0}, []),
        ({"minimum": 1}, {"minimum": 1, "exclusiveMinimum": 1.5}, [("tighter", "minimum 1 -> 1.5 exclusive")]),
        ({"maximum": 5}, {"maximum": 5, "exclusiveMaximum": 6}, []),
        ({"maximum": 5}, {"maximum": 5, "exclusiveMaximum": 4}, [("tighter", "maximum 5 -> 4 exclusive")]),
        ({"minimum": 1, "maximum": 5}, {"minimum": 0, "maximum": 4},
         [("looser", "minimum 1 -> 0"), ("tighter", "maximum 5 -> 4")]),
        ({"pattern": "a"}, {"pattern": "b"}, [("another pattern", 'pattern "a" -> "b"')]),
        ({}, {"pattern": "b"}, [("tighter", 'pattern none -> "b"')]),
        ({"pattern": "a"}, {}, [("looser", 'pattern "a" -> none')]),
        ({"pattern": "x" * 58}, {}, [("looser", f'pattern "{"x" * 58}" -> none')]),
        ({"pattern": "x" * 59}, {}, [("looser", f'pattern "{"x" * 56}... -> none')]),
        ({}, {"multipleOf": 2}, [("tighter", "multipleOf none -> 2")]),
        ({"multipleOf": 2}, {}, [("looser", "multipleOf 2 -> none")]),
        ({"multipleOf": 4}, {"multipleOf": 2}, [("looser", "multipleOf 4 -> 2")]),
        ({"multipleOf": 2}, {"multipleOf": 4}, [("tighter", "multipleOf 2 -> 4")]),
        ({"multipleOf": 4}, {"multipleOf": 3}, [("tighter", "multipleOf 4 -> 3")]),
        ({}, {"uniqueItems": True}, [("tighter", "uniqueItems none -> true")]),
        ({"uniqueItems": True}, {"uniqueItems": False}, [("looser", "uniqueItems true -> none")]),
        ({"uniqueItems": False}, {}, []),
        ({}, {"format": "uuid"}, [("tighter", 'format none -> "uuid"')]),
        ({"format": "uuid"}, {}, [("looser", 'format "uuid" -> none')]),
        ({"format": "uuid"}, {"format": "email"}, [("tighter", 'format "uuid" -> "email"')]),
    ],
)  # fmt: skip
def test_what_is_tighter_and_what_is_looser(old: Any, new: Any, expected: list[tuple[str, str]]) -> None:
    assert changes(old, new) == expected


def test_a_change_of_a_limit_has_the_values_of_both() -> None:
    (change,) = changed_limits(PLACE, {"maximum": 5}, {"maximum": 4})
    assert (change.place, change.before, change.after) == ("Thing.x", 5, 4)
    (change,) = changed_limits(PLACE, {"pattern": LONG}, {})
    assert (change.before, change.after) == (LONG, None)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"type": "string"}, {}),
        ({"type": "string", "maxLength": 3, "title": "T"}, {"string": {"maxLength": 3}}),
        ({"type": "string", "format": "uuid"}, {"string": {"format": "uuid"}}),
        ({"type": "string", "format": "binary"}, {}),
        ({"maxLength": 3}, {"": {"maxLength": 3}}),
        ({LIMITS_OF_VARIANTS: {"string": {"format": "email", "minLength": 1}, "array[]": {"minimum": 1}}},
         {"string": {"minLength": 1, "format": "email"}, "array[]": {"minimum": 1}}),
        ({"type": "number", "minimum": 2, LIMITS_OF_VARIANTS: {"string": {"maxLength": 1}, "number": {"minimum": 1}}},
         {"string": {"maxLength": 1}, "number": {"minimum": 2}}),
    ],
)  # fmt: skip
def test_what_the_values_of_a_place_are_held_to(node: Any, expected: Any) -> None:
    assert limits(node) == expected
