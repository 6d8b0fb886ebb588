"""An object of a union becomes the variant that its tag, a condition or its keys name, else Unknown."""

from __future__ import annotations

import copy
import pickle
from typing import Any, ClassVar, get_args

import pytest

from tests.modeling import sample
from tests.modeling.sample.models import Batch, BotSaid, Hook, Ring, UserSaid, answer, guess, line
from tests.modeling.sample.models.unknown import Unknown
from vapi_async._modeling.decoding import union
from vapi_async._modeling.unions import Case, Cases, Tagged, json_type
from vapi_async._modeling.unknown_variant import UnknownVariant

MODELS = f"{sample.__name__}.models"
CLASSES: dict[str, type] = {c.__name__: c for c in (Batch, BotSaid, Hook, Ring, UserSaid, Unknown)}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"who": "user", "text": "a"}, "UserSaid"),
        ({"who": "bot"}, "BotSaid"),
        ({"who": "robot"}, "BotSaid"),
        ({"who": "visitor", "text": "a"}, "Unknown"),
        ({"who": "User"}, "Unknown"),
        ({"text": "a"}, "Unknown"),
        ({}, "Unknown"),
        ({"who": None}, "Unknown"),
        ({"who": 1}, "Unknown"),
        ({"who": True}, "Unknown"),
        ({"who": ["user"]}, "Unknown"),
        ({"who": {"user": 1}}, "Unknown"),
    ],
)
def test_a_tag_names_the_variant(data: Any, name: str) -> None:
    fresh = Tagged(MODELS, "who", line.VARIANTS.by_tag)
    for _ in range(2):  # the first of a variant takes another path than the next
        decoded = fresh.decode(data)
        assert type(decoded) is CLASSES[name]
        assert decoded.to_dict() == data


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"results": []}, "Batch"),
        ({"errors": None, "id": 1}, "Batch"),
        ({"kind": "web", "url": "u", "id": 1}, "Hook"),
        ({"kind": "mail", "url": "u"}, "Hook"),
        ({"kind": "web", "url": None, "id": 1}, "Ring"),
        ({"kind": "fax", "url": "u", "id": 1}, "Ring"),
        ({"kind": ["web"], "url": "u", "id": 1}, "Ring"),
        ({"kind": "web", "id": 1}, "Ring"),
        ({"id": None}, "Ring"),
        ({"kind": "web"}, "Unknown"),
        ({}, "Unknown"),
    ],
)
def test_the_first_case_that_fits_names_the_variant(data: Any, name: str) -> None:
    decoded = answer.VARIANTS.decode(data)
    assert type(decoded) is CLASSES[name]
    assert decoded.to_dict() == data


@pytest.mark.parametrize(
    ("value", "name"),
    [("a", "string"), (1, "number"), (1.5, "number"), (True, "boolean"), ([], "array"), ({}, "object"), (None, "null")],
)
def test_a_case_can_ask_for_the_type_of_a_value(value: Any, name: str) -> None:
    kinds = ("string", "number", "boolean", "array", "object", "null")
    assert json_type(value) == name
    assert [k for k in kinds if Case("A", kinds={"a": k}).fits({"a": value})] == [name]
    assert not Case("A", kinds={"b": name}).fits({"a": value})


@pytest.mark.parametrize(
    ("data", "fits"),
    [({"on": "end.call"}, True), ({"on": "end"}, True), ({"on": "en"}, False), ({"on": ["end"]}, False), ({}, False)],
)
def test_a_case_can_ask_how_a_string_starts(data: dict[str, Any], fits: bool) -> None:
    assert Case("A", starts={"on": "end"}).fits(data) is fits


def test_a_case_without_conditions_always_fits() -> None:
    assert isinstance(Cases(MODELS, [Case("Hook", has=("kind",)), Case("Ring")]).decode({}), Ring)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"id": "a", "startedAt": "b", "status": "c"}, "Ring"),
        ({"id": "a", "startedAt": "b", "kind": "web"}, "Ring"),  # 2/3 beats 1/2
        ({"id": "a", "kind": "web"}, "Hook"),  # 1/2 beats 1/3
        ({"kind": "web", "url": "u", "id": "a", "startedAt": "b", "status": "c"}, "Unknown"),  # a tie
        ({"other": 1}, "Unknown"),
        ({}, "Unknown"),
    ],
)
def test_the_best_share_of_required_keys_names_the_variant(data: Any, name: str) -> None:
    decoded = guess.VARIANTS.decode(data)
    assert type(decoded) is CLASSES[name]
    assert decoded.to_dict() == data


def test_a_list_goes_to_the_decoder_for_lists() -> None:
    assert answer.VARIANTS.decode([{"id": "a"}, 1]) == [Ring.from_dict({"id": "a"}), 1]
    assert union(MODELS, "Answer")([]) == []
    raw = [{"who": "user"}]
    assert line.VARIANTS.decode(raw) == raw
    assert line.VARIANTS.decode(raw) is not raw


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "user"], ids=repr)
def test_scalars_stay(value: Any) -> None:
    assert [v.VARIANTS.decode(value) for v in (line, answer, guess)] == [value] * 3


def test_the_alias_is_the_union_of_the_classes() -> None:
    assert set(get_args(line.VARIANTS.alias())) == {UserSaid, BotSaid, Unknown}
    assert isinstance(BotSaid(text="a"), line.VARIANTS.alias())


def test_a_mistake_in_a_model_is_not_taken_for_an_unknown_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        @staticmethod
        def from_dict(data: Any) -> None:
            raise KeyError("of its own")

    monkeypatch.setattr("tests.modeling.sample.models.UserSaid", Broken)
    with pytest.raises(KeyError, match="of its own"):
        Tagged(MODELS, "who", {"user": "UserSaid"}).decode({"who": "user"})


class TestUnknown:
    data: ClassVar = {"who": "x", "someKey": 1, "URLPath": 2, "x-y": 3, "snake_case": 4, "data": 5, "get": 6}

    def test_reads_its_keys_in_any_spelling(self) -> None:
        unknown: Any = Unknown(self.data)
        assert (unknown.who, unknown.someKey, unknown.some_key, unknown.url_path) == ("x", 1, 1, 2)
        assert (unknown.x_y, unknown.snake_case, unknown["x-y"], unknown["data"], unknown["get"]) == (3, 4, 3, 5, 6)
        assert (unknown.get("who"), unknown.get("no"), unknown.get("no", 0)) == ("x", None, 0)
        assert "someKey" in unknown
        assert "some_key" not in unknown

    def test_has_nothing_else(self) -> None:
        unknown: Any = Unknown(self.data)
        with pytest.raises(AttributeError, match="no key 'nothing'"):
            _ = unknown.nothing
        with pytest.raises(KeyError):
            _ = unknown["nothing"]
        with pytest.raises(TypeError):
            iter(unknown)
        with pytest.raises(TypeError):
            hash(unknown)

    def test_is_a_copy_of_what_it_was_made_from(self) -> None:
        raw = {"a": 1}
        unknown = Unknown.from_dict(raw)
        unknown.data["b"] = 2
        out = unknown.to_dict()
        out["c"] = 3
        assert (raw, unknown.data) == ({"a": 1}, {"a": 1, "b": 2})

    def test_equals_the_same_data(self) -> None:
        assert Unknown({"a": 1}) == Unknown({"a": 1}) == UnknownVariant({"a": 1})
        assert Unknown({"a": 1}) != Unknown({"a": 2})
        assert Unknown({"a": 1}) != {"a": 1}

    @pytest.mark.parametrize("data", [{}, {"__deepcopy__": 1, "__reduce_ex__": 2, "__setstate__": 3, "data": {}}])
    def test_can_be_copied_and_pickled(self, data: dict[str, Any]) -> None:
        unknown = Unknown(data)
        for same in (copy.copy(unknown), copy.deepcopy(unknown), pickle.loads(pickle.dumps(unknown))):
            assert type(same) is Unknown
            assert same == unknown

    def test_matches_by_position(self) -> None:
        match Unknown({"a": 1}):
            case Unknown({"a": value}):
                assert value == 1
            case _:
                pytest.fail("no match")
