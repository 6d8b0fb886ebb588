"""What counts as renamed: how alike two things have to be, and when none of several is taken."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.diff.renames import _overlap, _tags_differ, pairs, renamed_fields
from codegen.diff.shapes import Shape, Shapes
from tests.codegen.mini import const, enum, ref

STRING, NUMBER = {"type": "string"}, {"type": "number"}


def shape(node: Any) -> Shape:
    return Shapes({"A": {"type": "object", "properties": {}}}, {"A": "model"}).of(node)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({}, {}),
        ({"ax": 0.5}, {"a": "x"}),
        ({"ax": 0}, {}),
        ({"ax": -1}, {}),
        ({"ax": 0.9, "ay": 0.5}, {"a": "x"}),
        ({"ax": 0.5, "ay": 0.9}, {"a": "y"}),
        # About as alike: whichever was taken would be a guess
        ({"ax": 0.5, "ay": 0.5}, {}),
        ({"ax": 0.5, "ay": 0.45}, {}),
        ({"ax": 0.5, "ay": 0.4}, {}),
        ({"ax": 0.5, "ay": 0.375}, {"a": "x"}),
        # What two want goes to the more alike one, or to the first by name
        ({"ax": 0.5, "bx": 0.9}, {"b": "x"}),
        ({"ax": 0.5, "bx": 0.5}, {"a": "x"}),
        ({"ax": 0.9, "bx": 0.5, "by": 0.3}, {"a": "x"}),
        ({"ax": 0.9, "ay": 0.3, "by": 0.7}, {"a": "x", "b": "y"}),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_most_alike_are_pairs(scores: dict[str, float], expected: dict[str, str], order: int) -> None:
    assert pairs("ab"[::order], "xy"[::order], lambda old, new: scores.get(old + new, 0)) == expected


@pytest.mark.parametrize(
    ("old", "new", "alike"),
    [
        ("customerSearchPlan", "customerSearchPlans", True),
        ("abcdefghij", "abcdefghix", True),
        ("abcdefghi", "abcdefghx", False),
        ("phoneNumberId", "id_phone_number", True),
        ("oneTwoThreeFour", "oneTwoThreeFive", True),
        ("oneTwoThree", "oneTwoFour", False),
        ("startTime", "endTime", False),
        ("a", "aVeryLongName", False),
    ],
)
def test_fields_of_one_type_are_renamed_where_their_names_are_alike(old: str, new: str, alike: bool) -> None:
    assert renamed_fields({old: shape(STRING)}, {new: shape(STRING)}) == ({old: new} if alike else {})
    assert renamed_fields({old: shape(STRING)}, {new: shape(NUMBER)}) == {}


def test_fields_that_hold_a_model_need_fewer_words_in_common() -> None:
    model = shape(ref("A"))
    assert renamed_fields({"oneTwoThree": model}, {"oneTwoFour": model}) == {"oneTwoThree": "oneTwoFour"}
    assert renamed_fields({"oneTwo": model}, {"oneThree": model}) == {}


@pytest.mark.parametrize(
    ("left", "right", "share"),
    [
        ("", "", 0),
        ("a", "", 0),
        ("", "a", 0),
        ("a", "a", 1),
        ("a", "b", 0),
        ("a", "ab", 0.5),
        ("ab", "a", 0.5),
        ("a", "abc", 0),
        ("abc", "abd", 0.5),
        ("ab", "abcd", 0.5),
    ],
)
def test_the_share_of_what_both_have(left: str, right: str, share: float) -> None:
    assert _overlap(frozenset(left), frozenset(right)) == share


@pytest.mark.parametrize(
    ("left", "right", "differ"),
    [
        ({"t": const("a")}, {"t": const("b")}, True),
        ({"t": const("a")}, {"t": const("a")}, False),
        ({"t": const("a")}, {"u": const("b")}, False),
        ({"t": enum("a", "c")}, {"t": enum("b", "d")}, False),
        ({"t": const("a")}, {"t": enum("a", "b")}, False),
        ({"t": STRING}, {"t": const("b")}, False),
        ({"s": const("a"), "t": const("a")}, {"s": const("a"), "t": const("b")}, True),
    ],
)
def test_another_tag_is_another_thing(left: Any, right: Any, differ: bool) -> None:
    shapes = ({name: shape(node) for name, node in side.items()} for side in (left, right))
    assert _tags_differ(*shapes) is differ
