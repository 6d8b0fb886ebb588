"""`encode` and `to_json` write the same JSON."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.modeling.sample.models import Hook, Node, Ring, UserSaid
from tests.modeling.sample.models.unknown import Unknown
from vapi_async._modeling.encoding import encode, timestamp, to_json
from vapi_async._modeling.unset import UNSET

HOOK = Hook(kind="web", url="u")
HOOK_DICT = {"kind": "web", "url": "u"}


class Colour(StrEnum):
    RED = "red"


class View(Mapping[str, Any]):
    def __getitem__(self, key: str) -> Any:
        return {"a": HOOK, "b": UNSET}[key]

    def __iter__(self) -> Iterator[str]:
        return iter("ab")

    def __len__(self) -> int:
        return 2


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 31, 12, 30, 45, 0, UTC), "2026-01-31T12:30:45.000Z"),
        (datetime(2026, 1, 31, 12, 30, 45, 120000, UTC), "2026-01-31T12:30:45.120Z"),
        (datetime(2026, 1, 31, 12, 30, 45, 120005, UTC), "2026-01-31T12:30:45.120005Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z"),
        (datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(0), "zero")), "2026-01-31T12:00:00.000Z"),
        (datetime(2026, 1, 31, 12, tzinfo=ZoneInfo("UTC")), "2026-01-31T12:00:00.000Z"),
        (datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=5, minutes=30))), "2026-01-31T12:00:00.000+05:30"),
        (datetime(2026, 1, 31, 12, 0, 0, 7, timezone(timedelta(hours=-8))), "2026-01-31T12:00:00.000007-08:00"),
    ],
)
def test_timestamps(moment: datetime, text: str) -> None:
    assert timestamp(moment) == text
    assert encode([moment]) == json.loads(to_json([moment])) == [text]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("é\ud83d\ude00", "é\ud83d\ude00"),
        (HOOK, HOOK_DICT),
        (Unknown({"a": HOOK}), {"a": HOOK_DICT}),
        ([HOOK, (1, [HOOK])], [HOOK_DICT, [1, [HOOK_DICT]]]),
        ({"a": {"b": HOOK}}, {"a": {"b": HOOK_DICT}}),
        ({"a": 1, "b": UNSET, "c": None, "d": {"e": UNSET}}, {"a": 1, "c": None, "d": {}}),
        (View(), {"a": HOOK_DICT}),
        (MappingProxyType({"a": HOOK}), {"a": HOOK_DICT}),
        (OrderedDict(a=HOOK), {"a": HOOK_DICT}),
        (frozenset({1}), [1]),
        (date(2026, 1, 31), "2026-01-31"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Colour.RED, "red"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_both_ways_give_the_same(value: Any, expected: Any) -> None:
    assert encode(value) == expected
    if "\ud83d" not in str(value):  # half of a surrogate pair is no UTF-8
        assert json.loads(to_json(value)) == expected


def test_json_is_compact_utf8_in_the_order_of_the_fields() -> None:
    ring = Ring(id="é", started_at=datetime(2026, 1, 31, tzinfo=UTC), hook=HOOK, additional_properties={"a": 1})
    expected = '{"id":"é","startedAt":"2026-01-31T00:00:00.000Z","hook":{"kind":"web","url":"u"},"a":1}'
    assert to_json(ring) == expected.encode()


def test_a_moment_without_zone_is_an_error() -> None:
    naive = UserSaid(text="a", additional_properties={"at": datetime(2026, 1, 31)})  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        naive.to_dict()
    with pytest.raises(ValueError, match="no time zone"):
        to_json(naive)


def test_unset_cannot_be_left_out_of_a_list() -> None:
    for wrong in (lambda: encode([UNSET]), lambda: to_json({"a": [UNSET]}), lambda: to_json(UNSET)):
        with pytest.raises(TypeError, match="UNSET"):
            wrong()


def test_what_has_no_json_form() -> None:
    thing = object()
    assert encode([thing]) == [thing]
    with pytest.raises((TypeError, ValueError)):
        to_json([thing])
    with pytest.raises(ValueError, match="JSON"):
        to_json(float("nan"))


def test_what_contains_itself_is_an_error() -> None:
    node = Node()
    node.inner = node
    looping: list[Any] = []
    looping.append(looping)
    for value in (node, looping):
        with pytest.raises(ValueError, match="contains itself"):
            encode(value)
        with pytest.raises((ValueError, RecursionError)):
            to_json(value)


def test_subclasses_of_plain_types_come_out_unchanged() -> None:
    assert type(encode([Colour.RED])[0]) is Colour


def test_half_of_a_surrogate_pair_is_escaped() -> None:
    hook = Hook.from_dict(json.loads(r'{"kind": "web", "url": "a\ud83d \u00fc"}'))
    assert to_json(hook) == rb'{"kind":"web","url":"a\ud83d \u00fc"}'


@pytest.mark.parametrize("value", [b"bytes", object(), Decimal("0.5"), (number for number in ())])
def test_what_has_no_json_form_is_named(value: object) -> None:
    with pytest.raises(TypeError, match=f"{type(value).__name__} has no JSON form"):
        to_json({"nested": [value]})
