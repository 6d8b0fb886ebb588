"""Decoders return what they cannot use unchanged, and never raise."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from tests.modeling.sample.models import Hook, Node, Ring, UserSaid
from tests.modeling.sample.models.unknown import Unknown
from vapi_async._modeling.decoding import items, nested, timestamp, union, values
from vapi_async._modeling.encoding import timestamp as spelled
from vapi_async._modeling.unset import UNSET

MODELS = "tests.modeling.sample.models"
NO_OBJECTS: list[Any] = [UNSET, None, True, 0, 1.5, "text", "", [], [1]]

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T12:30:45Z", datetime(2026, 1, 31, 12, 30, 45, tzinfo=UTC)),
        ("2026-01-31T12:30:45.123Z", datetime(2026, 1, 31, 12, 30, 45, 123000, UTC)),
        ("2026-01-31T12:30:45.1Z", datetime(2026, 1, 31, 12, 30, 45, 100000, UTC)),
        ("2026-01-31T12:30:45.123456Z", datetime(2026, 1, 31, 12, 30, 45, 123456, UTC)),
        ("2026-01-31T12:30:45.123456000Z", datetime(2026, 1, 31, 12, 30, 45, 123456, UTC)),
        ("2026-01-31 12:30:45.123Z", datetime(2026, 1, 31, 12, 30, 45, 123000, UTC)),
        ("2026-01-31T12:30:45+05:30", datetime(2026, 1, 31, 12, 30, 45, 0, timezone(timedelta(hours=5, minutes=30)))),
        ("2026-01-31T12:30:45.5-08:00", datetime(2026, 1, 31, 12, 30, 45, 500000, timezone(timedelta(hours=-8)))),
    ],
)
def test_a_timestamp_becomes_an_aware_datetime(text: str, moment: datetime) -> None:
    decoded = timestamp(text)
    assert decoded == moment
    assert decoded.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T12:30:45",  # no offset
        "2026-01-31T12:30:45.123",
        "2026-01-31",
        "2026-01-31T12:30:45.1234567Z",  # more than a datetime holds
        "2026-12-31T23:59:60Z",  # leap second
        "2026-12-31T23:59:60.000Z",
        "2026-02-30T12:30:45.000Z",
        "2026-01-31T25:00:00Z",
        "2026-01-31T12:30:45.000+25:00",
        "0000-01-31T12:30:45.000Z",
        "2026-W05-6T12:30:45.000Z",
        "2026-031T12:30:45.0000Z",
        "20260131T123045.0000000Z",
        "2026-01-31X12:30:45.000Z",
        "2026-01-31T12:30:45,123Z",
        "2026-01-31t12:30:45z",
        "2026-01-31T12:30Z",
        " 2026-01-31T12:30:45Z",
        "2026-01-31T12:30:45Z\n",
        "\u0662\u0660\u0662\u0666-01-31T12:30:45.000Z",
        "2026-01-31T12:30:45.\u0660\u0660\u0660Z",
        "never",
        "",
    ],
)
def test_what_is_no_timestamp_stays_text(text: str) -> None:
    assert timestamp(text) is text


@settings(deadline=None)
@given(json_values)
def test_a_timestamp_never_raises(value: Any) -> None:
    decoded = timestamp(value)
    assert decoded is value or isinstance(value, (str, list, dict))


@settings(deadline=None)
@given(st.text(alphabet="0123456789-:.TZ+W ", max_size=30) | st.text(max_size=25))
def test_a_string_decodes_to_its_own_instant_or_to_itself(text: str) -> None:
    decoded = timestamp(text)
    assert decoded is text or timestamp(spelled(decoded)) == decoded


@settings(deadline=None)
@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30))])))
def test_every_moment_survives(moment: datetime) -> None:
    assert timestamp(spelled(moment)) == moment
    assert timestamp(moment.isoformat()) == moment


@pytest.mark.parametrize("decode", [nested(MODELS, "Hook"), union(MODELS, "Line"), values(nested(MODELS, "Hook"))])
@pytest.mark.parametrize("value", NO_OBJECTS, ids=repr)
def test_what_is_no_object_stays(decode: Any, value: Any) -> None:
    assert decode(value) == value
    assert (decode(value) is value) is not isinstance(value, list)


def test_an_object_becomes_the_model() -> None:
    decoded = nested(MODELS, "Hook")({"kind": "web"})
    assert isinstance(decoded, Hook)
    assert (decoded.kind, decoded.url) == ("web", UNSET)


def test_subclasses_of_dict_are_objects() -> None:
    assert nested(MODELS, "Hook")(OrderedDict(kind="web")) == Hook.from_dict({"kind": "web"})


def test_models_that_are_there_already_stay() -> None:
    hook, line, other = Hook(kind="web", url="u"), UserSaid(text="hello"), Unknown({"who": "user", "keys": 1})
    decoded = Ring.from_dict({"hook": hook, "lines": [line, other], "answer": hook, "guess": other})
    assert decoded.hook is decoded.answer is hook
    assert decoded.guess is other
    assert isinstance(decoded.lines, list)
    assert decoded.lines[0] is line
    assert decoded.lines[1] is other


def test_lists_and_maps_nest() -> None:
    decoded = values(items(values(nested(MODELS, "Node"))))({"a": [{"b": {"value": 1}, "c": None}, 5], "d": "e"})
    assert decoded == {"a": [{"b": Node(value=1), "c": None}, 5], "d": "e"}


@pytest.mark.parametrize("value", [UNSET, None, 1, "text", {"a": 1}], ids=repr)
def test_what_is_no_list_stays(value: Any) -> None:
    assert items(nested(MODELS, "Hook"))(value) == value
    assert (items(nested(MODELS, "Hook"))(value) is value) is not isinstance(value, dict)


def test_lists_are_new_ones() -> None:
    raw: list[Any] = [1, {"kind": "web"}]
    decoded = items(nested(MODELS, "Hook"))(raw)
    assert decoded[0] == 1
    assert isinstance(decoded[1], Hook)
    assert raw == [1, {"kind": "web"}]
