"""`mismatches` finds what decoding forgave, and says where it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError

from tests.modeling.sample.models import BotSaid, Empty, Hook, Node, Ring, UserSaid
from tests.modeling.sample.models.unknown import Unknown
from vapi_async._modeling.conformance import Mismatch, mismatches
from vapi_async._modeling.model import Model

GOOD: dict[str, Any] = {
    "id": "a",
    "startedAt": "2026-01-31T12:30:45.000Z",
    "endedAt": None,
    "triedAt": ["2026-01-31T12:30:45+01:00"],
    "status": "queued",
    "cost": 1,
    "attempts": 2.0,
    "hook": {"kind": "web", "url": "u", "headers": {"a": "b"}, "promptTokens": 1},
    "lines": [{"who": "user", "text": "a", "tags": ["b"]}, {"who": "robot", "text": "c"}],
    "lastLine": {"who": "bot", "text": "c"},
    "answer": {"results": [{"id": "a", "startedAt": "2026-01-31T12:30:45.000Z"}], "errors": [{"any": {"thing": None}}]},
    "guess": {"kind": "mail", "url": "u"},
    "metadata": {"any": ["thing", None]},
    "class": "outbound",
}


def found(**changes: Any) -> list[str]:
    return [str(mismatch) for mismatch in mismatches(Ring.from_dict({**GOOD, **changes}))]


def test_nothing_where_all_is_as_the_contract_says() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # types
        ({"id": 1}, "id: expected string, got number"),
        ({"id": None}, "id: expected string, got null"),
        ({"cost": "1"}, "cost: expected number, got string"),
        ({"cost": True}, "cost: expected number, got boolean"),
        ({"attempts": 1.5}, "attempts: expected integer, got number"),
        ({"attempts": float("inf")}, "attempts: expected integer, got number"),
        ({"hook": [GOOD["hook"]]}, "hook: expected object, got array"),
        ({"hook": None}, "hook: expected object, got null"),
        ({"lines": {"0": GOOD["lastLine"]}}, "lines: expected array, got object"),
        ({"lines": [*GOOD["lines"], None]}, "lines[2]: expected object, got null"),
        ({"lastLine": "hello"}, "lastLine: expected object, got string"),
        ({"lines": [{**GOOD["lines"][0], "tags": ["b", 1]}]}, "lines[0].tags[1]: expected string, got number"),
        ({"hook": {**GOOD["hook"], "headers": {"x-a": 1}}}, "hook.headers.x-a: expected string, got number"),
        ({"hook": {**GOOD["hook"], "headers": {"a.b": 1}}}, 'hook.headers["a.b"]: expected string, got number'),
        ({"answer": 1}, "answer: expected object or array or string, got number"),
        ({"answer": [5]}, "answer[0]: expected object, got number"),
        # values
        ({"status": "lost"}, "status: unknown value 'lost'"),
        ({"class": "other"}, "class: unknown value 'other'"),
        ({"status": "x" * 99}, "status: unknown value '" + "x" * 44 + "..."),
        ({"startedAt": "soon"}, "startedAt: expected a timestamp with its offset, got 'soon'"),
        ({"triedAt": [GOOD["startedAt"], "2026"]}, "triedAt[1]: expected a timestamp with its offset, got '2026'"),
        # fields
        ({"toll": 1}, "toll: unknown field"),
        ({"toll": None}, "toll: unknown field"),
        ({"hook": {**GOOD["hook"], "a b": 1}}, 'hook["a b"]: unknown field'),
        ({"hook": {"kind": "web"}}, "hook.url: missing"),
        ({"answer": {"results": [{"id": "a"}]}}, "answer.results[0].startedAt: missing"),
        # variants
        ({"lastLine": {"who": "cat", "text": "meow"}}, "lastLine: unknown variant, who is 'cat'"),
        ({"lines": [{"text": "a"}]}, "lines[0]: unknown variant"),
        ({"guess": {}}, "guess: unknown variant"),
    ],
)
def test_one_place(changes: dict[str, Any], expected: str) -> None:
    assert found(**changes) == [expected]


def test_several_places_in_the_order_in_which_they_are_sent() -> None:
    assert found(id=1, lines=[{"who": "user", "text": 1}, {"who": "cat"}], hook=None, toll=1) == [
        "id: expected string, got number",
        "hook: expected object, got null",
        "lines[0].text: expected string, got number",
        "lines[1]: unknown variant, who is 'cat'",
        "toll: unknown field",
    ]


def test_a_missing_required_field() -> None:
    assert [str(m) for m in mismatches(Ring.from_dict({}))] == ["id: missing", "startedAt: missing"]


def test_recursive_and_composed_schemas() -> None:
    deep = {"table": {"a": [{"b": {"value": "x", "inner": {"value": 1, "other": 2}}}]}, "value": 1}
    assert [str(m) for m in mismatches(Node.from_dict(deep))] == [
        "table.a[0].b.value: expected number, got string",
        "table.a[0].b.inner.other: unknown field",
    ]


def test_models_made_by_hand_are_looked_at_too() -> None:
    moment = datetime(2026, 1, 31, tzinfo=UTC)
    assert mismatches(Ring(id="a", started_at=moment, lines=[UserSaid(text="a")])) == []
    wrong: Any = Ring(id="a", started_at=moment, hook=UserSaid(text="a"), last_line=Empty(), cost=moment)  # type: ignore[arg-type]
    assert [str(m) for m in mismatches(wrong)] == [
        "cost: expected number, got string",
        "hook: expected Hook, got UserSaid",
        "lastLine: expected UserSaid or BotSaid, got Empty",
    ]


def test_an_object_without_fields_in_the_contract_is_open() -> None:
    assert mismatches(Empty.from_dict({"any": {"thing": 1}})) == []


def test_values_around_models() -> None:
    bad, good = BotSaid.from_dict({"who": "bot"}), BotSaid(text="a")
    assert [str(m) for m in mismatches([good, bad])] == ["[1].text: missing"]
    assert [str(m) for m in mismatches({"a": bad, "b": [bad]})] == ["a.text: missing", "b[0].text: missing"]
    assert mismatches([None, 1, "text", {"a": 1}, Unknown({"a": 1}), Model.from_dict({"a": 1})]) == []


def test_a_mismatch_is_a_small_frozen_record() -> None:
    (mismatch,) = mismatches(Hook.from_dict({"kind": "web"}))
    assert mismatch == Mismatch("url", "missing")
    assert (mismatch.path, mismatch.reason, str(mismatch)) == ("url", "missing", "url: missing")
    with pytest.raises(FrozenInstanceError):
        mismatch.path = "kind"  # type: ignore[misc]
    assert str(Mismatch("", "unknown variant")) == "unknown variant"


def test_deep_models() -> None:
    node = Node(value="x")  # type: ignore[arg-type]
    for _ in range(5000):
        node = Node(inner=node)
    (mismatch,) = mismatches(node)
    assert mismatch.path == "inner." * 5000 + "value"
