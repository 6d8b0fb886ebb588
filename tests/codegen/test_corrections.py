"""Corrections: what each kind does to a document, and what becomes of those that it has caught up with."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.correct import ADDED, correct
from codegen.load import load
from codegen.overlay import Overlay
from tests.codegen.mini import const, document, enum, obj, operation, ref

SEEN = {"source": "guide", "date": "2026-01"}


def corrected(schemas: Any, paths: Any = None, /, **facts: Any) -> tuple[Any, list[str]]:
    import json

    made = load(json.dumps(document(schemas, paths or {})).encode())
    applied = correct(made, [{"why": "because", "seen": SEEN, **facts}])
    return made, applied.stale


def test_fields_values_and_types() -> None:
    schemas = {"Dog": obj("name", name="string", size=enum("s", "m"), age="object")}
    made, stale = corrected(
        schemas,
        fields={"Dog": {"tail": {"type": "number"}}},
        types={"Dog.age": {"was": {"type": "object"}, "is": {"type": "integer"}}},
        optional=["Dog.name"],
        nullable=["Dog.size"],
        values={"Dog.size": ["l"]},
    )
    dog = made["components"]["schemas"]["Dog"]
    assert stale == []
    assert dog["properties"]["tail"] == {"type": "number", ADDED: SEEN}
    assert dog["properties"]["age"] == {"type": "integer"}
    assert dog["properties"]["size"] == {"type": "string", "enum": ["s", "m", "l"], "nullable": True}
    assert dog["required"] == []


@pytest.mark.parametrize(
    "facts",
    [
        {"fields": {"Dog": {"name": {}}}},
        {"types": {"Dog.name": {"was": {"type": "object"}, "is": {"type": "string"}}}},
        {"optional": ["Dog.name"]},
        {"values": {"Dog.size": ["s"]}},
        {"schemas": {"Dog": {}}},
        {"operations": {"GET /dog": {}}},
        {"parameters": {"GET /cat": [{"name": "x", "in": "query"}]}},
        {"fields": {"Cat": {"name": {}}}},
        {"needs": "Cat", "schemas": {"Kitten": {}}},
        {"stored": [{"at": ["Dog.owner"], "beside": {"CreateCat": "Cat"}}]},
    ],
)
def test_what_changes_nothing_is_told(facts: Any) -> None:
    schemas = {"Dog": obj(name="string", size=enum("s", "m"), owner=ref("Dog"))}
    _, stale = corrected(schemas, {"/dog": {"get": operation(returns=ref("Dog"))}}, **facts)
    assert len(stale) == 1


def test_stored_objects_stand_beside_those_that_make_them() -> None:
    schemas = {
        "CreateDog": obj("type", type=const("dog")),
        "Dog": obj("type", "id", type=const("dog"), id="string"),
        "Walk": obj(dog=ref("CreateDog")),
    }
    row = {"at": ["Walk.dog"], "beside": {"CreateDog": "Dog"}}
    made, _ = corrected(schemas, stored=[row])
    assert made["components"]["schemas"]["Walk"]["properties"]["dog"]["oneOf"] == [ref("Dog"), ref("CreateDog")]
    made, _ = corrected(schemas, stored=[{"at": ["Walk.dog"], "instead": {"CreateDog": "Dog"}}])
    assert made["components"]["schemas"]["Walk"]["properties"]["dog"]["oneOf"] == [ref("Dog")]


def test_an_entry_without_a_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="needs why, and seen"):
        correct({"paths": {}, "components": {"schemas": {}}}, [{"why": "because", "seen": {"source": "guide"}}])
    with pytest.raises(ValueError, match="colour is no kind of correction"):
        correct({"paths": {}, "components": {"schemas": {}}}, [{"why": "because", "seen": SEEN, "colour": {}}])


def test_they_are_about_this_api_alone() -> None:
    assert Overlay().corrections({"info": {"title": "Vapi API"}})
    assert Overlay().corrections({"info": {"title": "Pets"}}) == []
