"""JSON arguments to Python values: what is taken, what is refused, and in which words."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, NewType, NotRequired, Required, TypedDict
from uuid import UUID

import attrs
import pytest
from hypothesis import given, strategies as st

from vapi_async.webhooks.tools.annotations import parameter_type
from vapi_async.webhooks.tools.spoken_text import ToolError
from vapi_async.webhooks.tools.tool_signature import ArgumentsError, tool_signature

ID = "3f2b7c1e-9d4a-4b6f-8a51-0c2d3e4f5a6b"
UserId = NewType("UserId", int)


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Size(IntEnum):
    SMALL = 1
    LARGE = 2


class Spot(Enum):
    HERE = (0, 0)


@dataclass
class Guest:
    name: str
    age: int = 30
    tags: list[str] = field(default_factory=list)
    seen: bool = field(default=False, init=False)


@dataclass
class Party:
    guests: list[Guest]
    host: Guest | None = None


@attrs.define
class Table:
    _number: int
    seats: int = attrs.field(default=4, validator=attrs.validators.le(12))


class Address(TypedDict):
    street: str
    floor: NotRequired[int]


class Partial(TypedDict, total=False):
    a: Required[int]
    b: int


def taking(annotation: Any) -> Callable[..., Any]:
    def tool(x):  # type: ignore[no-untyped-def]
        return x

    tool.__annotations__["x"] = annotation
    return tool


def converted(annotation: Any, value: Any) -> Any:
    return tool_signature(taking(annotation)).bind({"x": value})["x"]


def refused(function: Callable[..., Any], arguments: Mapping[str, Any]) -> str:
    with pytest.raises(ArgumentsError) as caught:
        tool_signature(function).bind(arguments)
    assert isinstance(caught.value, ToolError)
    text = str(caught.value)
    assert len(text.splitlines()) == 1
    return text


TAKEN = [
    (str, "a\nb", "a\nb"),
    (str, 5, "5"),
    (str, 2.5, "2.5"),
    (int, 5, 5),
    (int, "5", 5),
    (int, " -5 ", -5),
    (int, 5.0, 5),
    (int, "5.0", 5),
    (int, "1e3", 1000),
    (int, 2**80, 2**80),
    (int, str(2**80), 2**80),
    (float, 5, 5.0),
    (float, "2.5", 2.5),
    (bool, True, True),
    (bool, "True", True),
    (bool, " false", False),
    (Decimal, "12.50", Decimal("12.50")),
    (Decimal, 0.1, Decimal("0.1")),
    (date, "2026-12-31", date(2026, 12, 31)),
    (date, "2026-12-31T18:30:00Z", date(2026, 12, 31)),
    (date, " 2026-12-31 ", date(2026, 12, 31)),
    (datetime, "2026-12-31T18:30:00Z", datetime(2026, 12, 31, 18, 30, tzinfo=UTC)),
    (datetime, "2026-12-31T18:30:00+02:00", datetime(2026, 12, 31, 18, 30, tzinfo=timezone(timedelta(hours=2)))),
    (time, "18:30", time(18, 30)),
    (UUID, ID, UUID(ID)),
    (Literal["a", "b"], "b", "b"),
    (Literal[1, 2], 2, 2),
    (Literal[1, 2], "2", 2),
    (Literal[1, 2], 2.0, 2),
    (Literal[True, "maybe"], True, True),
    (Literal["a", None], None, None),
    (Colour, "red", Colour.RED),
    (Colour, "BLUE", Colour.BLUE),
    (Size, 2, Size.LARGE),
    (Size, "2", Size.LARGE),
    (Size, "SMALL", Size.SMALL),
    (Spot, "HERE", Spot.HERE),
    (list[int], ["1", 2], [1, 2]),
    (Sequence[str], ["a"], ["a"]),
    (tuple[date, ...], ["2026-12-31"], (date(2026, 12, 31),)),
    (set[int], [1, "1", 2], {1, 2}),
    (frozenset[Colour], ["red"], frozenset({Colour.RED})),
    (list, [1, "a", None], [1, "a", None]),
    (dict[str, int], {"a": "1"}, {"a": 1}),
    (Mapping[str, date], {"a": "2026-12-31"}, {"a": date(2026, 12, 31)}),
    (dict, {"a": None}, {"a": None}),
    (dict[str, Any], {"a": [1]}, {"a": [1]}),
    (int | None, None, None),
    (int | None, "5", 5),
    (list[int | None], [1, None], [1, None]),
    (Annotated[int, "how many"], "5", 5),
    (Annotated[int | None, ["not hashable"]], "5", 5),
    (UserId, "5", 5),
    (Any, {"a": [1]}, {"a": [1]}),
    (Guest, {"name": "Ann", "age": "31"}, Guest("Ann", 31)),
    (Guest, {"name": "Ann", "age": None, "invented": 1}, Guest("Ann")),
    (Party, {"guests": [{"name": "Ann"}]}, Party([Guest("Ann")])),
    (Table, {"number": "3"}, Table(3)),
    (Address, {"street": "Main", "floor": "2", "invented": 1}, {"street": "Main", "floor": 2}),
    (Address, {"street": "Main"}, {"street": "Main"}),
    (Partial, {"a": 1}, {"a": 1}),
]


@pytest.mark.parametrize(("annotation", "value", "expected"), TAKEN)
def test_taken(annotation: Any, value: Any, expected: Any) -> None:
    got = converted(annotation, value)
    assert got == expected
    assert type(got) is type(expected)


REFUSED = [
    (str, True, "must be a text"),
    (str, ["a"], "must be a text"),
    (str, math.nan, "must be a text"),
    (int, 5.5, "must be a whole number"),
    (int, "5.5", "must be a whole number"),
    (int, "five", "must be a whole number"),
    (int, "", "must be a whole number"),
    (int, True, "must be a whole number"),
    (int, math.nan, "must be a whole number"),
    (int, math.inf, "must be a whole number"),
    (int, "nan", "must be a whole number"),
    (int, "1e999", "must be a whole number"),
    (int, "9" * 5000, "must be a whole number"),
    (int, [5], "must be a whole number"),
    (float, False, "must be a number"),
    (float, "inf", "must be a number"),
    (float, 10**400, "must be a number"),
    (Decimal, "NaN", "must be a number"),
    (Decimal, True, "must be a number"),
    (bool, 1, "must be true or false"),
    (bool, "yes", "must be true or false"),
    (date, "tomorrow", "must be a date such as 2026-12-31"),
    (date, 20261231, "must be a date such as 2026-12-31"),
    (datetime, "6 PM", "must be a date and time such as 2026-12-31T18:30:00"),
    (time, "6 PM", "must be a time such as 18:30"),
    (UUID, "x", "must be a UUID"),
    (Literal["a", "b"], "c", 'must be one of "a", "b"'),
    (Literal["a", "b"], {}, 'must be one of "a", "b"'),
    (Literal[1, 2], True, 'must be one of "1", "2"'),
    (Colour, "green", 'must be one of "red", "blue"'),
    (Size, 3, 'must be one of "1", "2"'),
    (list[int], "1", "must be a list"),
    (list[int], {"a": 1}, "must be a list"),
    (set, [[1]], "must be a list"),
    (dict[str, int], [], "must be an object"),
    (dict, "a", "must be an object"),
    (Guest, "Ann", "must be an object"),
    (Table, {"number": 3, "seats": 13}, "is not valid"),
]


@pytest.mark.parametrize(("annotation", "value", "words"), REFUSED)
def test_refused(annotation: Any, value: Any, words: str) -> None:
    assert refused(taking(annotation), {"x": value}) == f'The argument "x" {words}.'


@pytest.mark.parametrize(
    ("annotation", "value", "text"),
    [
        (list[int], [1, "b"], 'The argument "x.1" must be a whole number.'),
        (dict[str, int], {"a": "b"}, 'The argument "x.a" must be a whole number.'),
        (Party, {"guests": [{"name": "A"}, {}]}, 'The argument "x.guests.1.name" is missing: it must be a text.'),
        (Address, {"street": "a", "floor": "b"}, 'The argument "x.floor" must be a whole number.'),
        (Table, {}, 'The argument "x.number" is missing: it must be a whole number.'),
        (Partial, {}, 'The argument "x.a" is missing: it must be a whole number.'),
        (dict[str, int], {"a\nb": ""}, 'The argument "x.a b" must be a whole number.'),
    ],
)
def test_the_part_that_is_wrong_is_named(annotation: Any, value: Any, text: str) -> None:
    assert refused(taking(annotation), {"x": value}) == text


def book(
    when: date, size: int, name: str | None, note: str = "-", limit: int | None = 9, anything: Any = None
) -> None: ...


def test_what_is_left_out_is_left_to_its_default_or_none() -> None:
    signature = tool_signature(book)
    needed = {"when": "2026-12-31", "size": 2}
    values = {"when": date(2026, 12, 31), "size": 2}
    assert signature.bind(needed) == {**values, "name": None}
    assert signature.bind({**needed, "note": None, "limit": None}) == {**values, "name": None, "limit": None}
    assert signature.bind({**needed, "name": "Ann", "limit": "3"}) == {**values, "name": "Ann", "limit": 3}


def test_everything_that_is_missing_or_wrong_is_said_at_once() -> None:
    assert refused(book, {"size": None, "limit": "x"}) == (
        'The argument "when" is missing: it must be a date such as 2026-12-31. '
        'The argument "size" is missing: it must be a whole number. '
        'The argument "limit" must be a whole number.'
    )


def test_many_problems_are_not_all_said() -> None:
    assert refused(taking(list[int]), {"x": ["?"] * 1000}).count("must be") == 3


def test_values_are_never_repeated() -> None:
    assert "4111" not in refused(book, {"when": "4111 1111", "size": "4111 1111"})


def test_arguments_nobody_asked_for_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "vapi_async.webhooks")
    assert tool_signature(taking(int)).bind({"x": 1, "y": "secret"}) == {"x": 1}
    assert [record.levelname for record in caplog.records] == ["DEBUG"]
    assert "tool" in caplog.text
    assert "secret" not in caplog.text


def test_a_class_can_say_in_its_own_words_what_is_wrong() -> None:
    assert refused_by_class({"nights": 0}) == "We need at least one night."


@dataclass
class Stay:
    nights: int

    def __post_init__(self) -> None:
        if self.nights < 1:
            raise ToolError("We need at least one night.")


def refused_by_class(value: Any) -> str:
    with pytest.raises(ToolError) as caught:
        converted(Stay, value)
    return str(caught.value)


ANNOTATIONS = [row[0] for row in TAKEN]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["5", "red", ID]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "age", "guests", "number", "street"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from(ANNOTATIONS), JSON)
def test_any_json_is_taken_or_refused(annotation: Any, value: Any) -> None:
    with suppress(ArgumentsError):
        converted(annotation, value)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_survive_being_written_as_text(number: float) -> None:
    text = json.dumps(number)
    assert converted(float, text) == converted(float, number) == float(number)
    assert converted(Decimal, text) == converted(Decimal, number)
    if float(number).is_integer():
        assert converted(int, text) == int(number)


def test_what_expects_nothing_takes_everything() -> None:
    assert parameter_type(Any).convert(None) is None
    assert parameter_type(object).convert([1]) == [1]


@pytest.mark.parametrize(
    ("annotation", "text", "value"), [(list[int], "[1, 2]", [1, 2]), (dict[str, int], '{"a": 1}', {"a": 1})]
)
def test_nested_values_may_come_as_json_text(annotation: Any, text: str, value: Any) -> None:
    assert converted(annotation, text) == value
