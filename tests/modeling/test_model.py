"""What every model can do besides decoding and encoding."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from tests.modeling.sample.models import Batch, Empty, Hook, Node, Ring, UserSaid
from vapi_async._modeling.model import Model
from vapi_async._modeling.unset import UNSET

MOMENT = datetime(2026, 1, 31, 12, 30, 45, tzinfo=UTC)


def a_ring() -> Ring:
    line = {"who": "user", "text": "hello", "new": 1}
    data = {"id": "a", "startedAt": "2026-01-31T12:30:45.000Z", "endedAt": None, "lines": [line, {"who": "x"}]}
    return Ring.from_dict({**data, "class": "inbound", "toll": {"cents": 3}})


class TestReading:
    def test_by_attribute(self) -> None:
        ring = a_ring()
        assert (ring.id, ring.started_at, ring.ended_at, ring.cost, ring.class_) == (
            "a",
            MOMENT,
            None,
            UNSET,
            "inbound",
        )
        assert ring.additional_properties == {"toll": {"cents": 3}}

    def test_by_the_name_in_the_api(self) -> None:
        ring = a_ring()
        assert (ring["id"], ring["startedAt"], ring["endedAt"], ring["class"]) == ("a", MOMENT, None, "inbound")
        assert ring["toll"]["cents"] == 3
        assert (ring.get("id"), ring.get("cost"), ring.get("cost", 0), ring.get("endedAt", 0)) == ("a", None, 0, None)
        assert (ring.get("toll"), ring.get("nothing", 1)) == ({"cents": 3}, 1)
        assert [key in ring for key in ("id", "endedAt", "toll")] == [True] * 3
        assert [key in ring for key in ("cost", "started_at", "nothing", 1, None)] == [False] * 5

    @pytest.mark.parametrize(
        ("key", "hint"),
        [
            ("started_at", "here 'startedAt'"),
            ("cost", "'cost' is not set"),
            ("nothing", "neither a field of Ring nor among the additional properties"),
        ],
    )
    def test_an_absent_key_says_why(self, key: str, hint: str) -> None:
        with pytest.raises(KeyError, match=hint):
            _ = a_ring()[key]

    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("startedAt", "it is spelled 'started_at' here"),
            ("class", "it is spelled 'class_' here"),
            ("statsu", "did you mean 'status'"),
            ("zzzzzz", "no field 'zzzzzz', and the API sent none: beside its fields it has toll"),
        ],
    )
    def test_an_unknown_attribute_suggests_the_right_one(self, name: str, hint: str) -> None:
        with pytest.raises(AttributeError, match=hint) as caught:
            getattr(a_ring(), name)
        assert caught.value.name == name
        assert not hasattr(a_ring(), name)

    def test_is_no_sequence(self) -> None:
        ring: Any = a_ring()
        with pytest.raises(TypeError):
            iter(ring)
        with pytest.raises(TypeError):
            ring["id"] = "b"
        with pytest.raises(TypeError):
            hash(ring)


class TestWriting:
    def test_only_fields_can_be_set(self) -> None:
        ring: Any = a_ring()
        ring.id = "b"
        assert ring.to_dict()["id"] == "b"
        with pytest.raises(AttributeError):
            ring.statsu = "ended"

    def test_arguments_are_keywords_and_required_ones_required(self) -> None:
        positional: Any = ("a", MOMENT)
        with pytest.raises(TypeError):
            Ring(*positional)
        with pytest.raises(TypeError, match="started_at"):
            Ring(id="a")  # type: ignore[call-arg]

    def test_a_tag_has_its_default(self) -> None:
        assert UserSaid(text="a").to_dict() == {"who": "user", "text": "a"}

    def test_a_field_beats_an_additional_property_of_its_name(self) -> None:
        clash = Hook(kind="web", url="u", additional_properties={"url": "other", "secret": "s", "new": 1})
        assert clash.to_dict() == {"kind": "web", "url": "u", "secret": "s", "new": 1}
        assert (clash["url"], clash["secret"], clash.get("new")) == ("u", "s", 1)
        clash.secret = None
        assert clash.to_dict()["secret"] is None
        assert clash["secret"] is None

    def test_additional_properties_can_be_replaced(self) -> None:
        ring = a_ring()
        ring.additional_properties = {"toll": 4}
        ring.additional_properties["tax"] = 1
        ring.additional_properties["none"] = UNSET
        assert (ring["toll"], ring["tax"], "none" in ring) == (4, 1, False)
        assert ring.to_dict().keys() & {"toll", "tax", "none"} == {"toll", "tax"}


class TestTheSameHoweverMade:
    def test_by_hand_or_decoded(self) -> None:
        by_hand = Ring(
            id="a",
            started_at=MOMENT,
            hook=Hook(kind="web", url="u", additional_properties={"new": 1}),
            lines=[UserSaid(text="hello")],
            answer=Batch(results=[]),
        )
        data = by_hand.to_dict()
        decoded = Ring.from_dict(data)
        assert decoded == by_hand
        assert decoded.to_dict() == data

    def test_decoded_then_changed(self) -> None:
        changed = Ring.from_dict({"id": "a", "startedAt": "2026-01-31T12:30:45Z", "cost": 1, "status": "queued"})
        changed.status, changed.cost, changed.hook = "ended", UNSET, Hook(kind="web", url="u")
        by_hand = Ring(id="a", started_at=MOMENT, status="ended", hook=Hook(kind="web", url="u"))
        assert changed == by_hand
        assert changed.to_dict() == by_hand.to_dict()

    def test_evolved(self) -> None:
        ring = a_ring()
        evolved = attrs.evolve(ring, status="ended", ended_at=UNSET)
        assert evolved.to_dict() == {**_without(ring.to_dict(), "endedAt"), "status": "ended"}
        assert ring.status is UNSET
        assert attrs.evolve(ring) == ring
        assert attrs.evolve(ring, additional_properties={"a": 1}).to_dict()["a"] == 1

    @pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
    @pytest.mark.parametrize("model", [a_ring(), Empty(), Node(children=[Node()])], ids=lambda m: type(m).__name__)
    def test_pickled(self, model: Model, protocol: int) -> None:
        same = pickle.loads(pickle.dumps(model, protocol))
        assert type(same) is type(model)
        assert same == model
        assert same.to_dict() == model.to_dict()

    def test_copied(self) -> None:
        ring = a_ring()
        assert copy.copy(ring) == copy.deepcopy(ring) == ring
        deep = copy.deepcopy(ring)
        deep.additional_properties["toll"]["cents"] = 4
        assert ring["toll"]["cents"] == 3
        assert deep.cost is UNSET

    def test_a_pickle_that_is_older_than_a_field(self) -> None:
        old = Hook.__new__(Hook)
        old.__setstate__({"members": {"kind": "web", "url": "u"}})
        assert old.secret is UNSET
        assert old.additional_properties == {}
        assert old.to_dict() == {"kind": "web", "url": "u"}
        assert old == Hook(kind="web", url="u")

    def test_a_pickle_that_is_newer_than_the_class(self) -> None:
        new = Hook.__new__(Hook)
        new.__setstate__({"members": {"kind": "web", "url": "u", "fresh": 1}, "extra": {"other": 2}})
        assert new.additional_properties == {"fresh": 1, "other": 2}
        assert new.to_dict() == {"kind": "web", "url": "u", "fresh": 1, "other": 2}


class TestEquality:
    def test_is_by_class_and_fields(self) -> None:
        assert a_ring() == a_ring()
        assert a_ring() != attrs.evolve(a_ring(), cost=1)
        assert a_ring() != attrs.evolve(a_ring(), additional_properties={})
        assert Empty() == Empty()
        assert Empty() != Node()
        assert Hook(kind="a", url="b") != {"kind": "a", "url": "b"}

    def test_does_not_depend_on_having_looked(self) -> None:
        looked = Empty()
        assert looked.additional_properties == {}
        assert looked == Empty()
        assert pickle.loads(pickle.dumps(looked)) == Empty()


class TestAliasing:
    def test_decoding_leaves_its_input_alone(self) -> None:
        data = {"id": "a", "startedAt": "x", "lines": [{"who": "user"}], "toll": 1}
        before = copy.deepcopy(data)
        ring = Ring.from_dict(data)
        ring.additional_properties["more"] = 1
        ring.id = "b"
        assert isinstance(ring.lines, list)
        ring.lines.clear()
        assert data == before

    def test_encoding_shares_nothing(self) -> None:
        ring = Ring.from_dict({"id": "a", "startedAt": "x", "metadata": {"deep": [1]}, "toll": {"cents": 3}})
        out = ring.to_dict()
        out["metadata"]["deep"].append(2)
        out["toll"]["cents"] = 4
        assert ring.metadata == {"deep": [1]}
        assert ring["toll"] == {"cents": 3}


def test_the_base_class_keeps_everything() -> None:
    model = Model.from_dict({"a": 1})
    assert (model.to_dict(), model["a"]) == ({"a": 1}, 1)


def test_a_subclass_by_hand() -> None:
    @attrs.define(kw_only=True, eq=False, repr=False)
    class Louder(UserSaid):
        @property
        def shout(self) -> str:
            return self.text.upper()

    louder = Louder.from_dict({"who": "user", "text": "a", "new": 1})
    assert (louder.shout, louder["new"]) == ("A", 1)
    assert louder.to_dict() == {"who": "user", "text": "a", "new": 1}


def _without(data: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != key}
