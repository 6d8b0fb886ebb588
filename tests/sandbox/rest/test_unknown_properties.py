"""Which properties are more than a schema has, by schemas of every shape; and which values are new."""

from __future__ import annotations

from typing import Any

import pytest

from vapi_async.sandbox.rest.contract import ApiContract
from vapi_async.sandbox.rest.unknown_properties import known_properties, surplus

Json = dict[str, Any]
TEXT: Json = {"type": "string"}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def obj(*required: str, **properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": [*required]}


def enum(*values: str) -> Json:
    return {"type": "string", "enum": [*values]}


SCHEMAS: Json = {
    "Cat": obj("kind", kind=enum("cat"), name=TEXT, claws=TEXT),
    "Dog": obj("kind", kind=enum("dog"), name=TEXT, tail=TEXT, toy=obj(color=TEXT)),
    "Pet": {"oneOf": [ref("Cat"), ref("Dog"), TEXT]},
    "Wide": obj("width", width=TEXT, name=TEXT),
    "Long": obj(length=TEXT, name=TEXT, model=enum("l-1")),
    "Size": {"anyOf": [ref("Wide"), ref("Long")]},
    "OpenAIModel": obj("model", model={"oneOf": [enum("m-1"), enum("m-2")]}, voiceId=TEXT),
    "Free": {"type": "object"},
    "Map": {"type": "object", "additionalProperties": ref("Cat")},
    "Mixed": {**obj(known=ref("Dog")), "additionalProperties": ref("Cat")},
    "Open": {**obj(a=TEXT), "additionalProperties": True},
    "JsonSchema": obj(type=TEXT),
    "Server": obj(url=TEXT),
    "CreateFnToolDTO": obj(name=TEXT),
    "CreateAssistantDTO": obj(name=TEXT, server={"allOf": [ref("Server")]}, voice=ref("OpenAIModel")),
    "Herd": {"type": "array", "items": ref("Pet")},
    "Either": {"oneOf": [ref("Herd"), {"type": "array", "items": ref("Wide")}, ref("Server")]},
    "Nothing": {"oneOf": [TEXT, {"type": "number"}]},
}
CONTRACT = ApiContract({"openapi": "3.0.0", "paths": {}, "components": {"schemas": SCHEMAS}})


@pytest.mark.parametrize(
    ("name", "value", "unknown"),
    [
        ("Cat", {"kind": "cat", "claws": "x"}, []),
        ("Cat", {"kind": "cat", "tail": "x", "wings": 1}, ["property tail", "property wings"]),
        ("Pet", {"kind": "dog", "tail": "x"}, []),
        ("Pet", {"kind": "dog", "claws": "x"}, ["property claws"]),
        ("Pet", "a cat", []),
        ("Pet", {"kind": "dog", "toy": {"color": "red", "size": 1}}, ["toy.property size"]),
        # What has no tag is what knows most of it, of those that have what they require.
        ("Size", {"length": "1", "name": "n"}, []),
        ("Size", {"length": "1", "depth": "2"}, ["property depth"]),
        ("Size", {"width": "1", "length": "2", "model": "l-1"}, ["property width"]),
        ("Size", {"width": "1", "length": "2"}, ["property length"]),
        ("Free", {"any": {"thing": 1}}, []),
        ("Map", {"tom": {"kind": "cat", "tail": 1}}, ["tom.property tail"]),
        ("Mixed", {"known": {"kind": "dog", "claws": 1}, "tom": {"kind": "cat", "tail": 1}},
         ["known.property claws", "tom.property tail"]),
        ("Open", {"b": {"c": 1}}, []),
        ("JsonSchema", {"type": "object", "format": "x"}, []),
        ("Server", {"url": "u", "secret": "s"}, []),
        ("Server", {"url": "u", "async": True}, ["property async"]),
        ("CreateFnToolDTO", {"name": "f", "async": True, "server": {}, "metadata": {}, "function": {}}, []),
        ("CreateFnToolDTO", {"name": "f", "secret": "s"}, ["property secret"]),
        ("CreateAssistantDTO", {"serverUrl": "u", "server": {"secret": "s", "host": "h"}}, ["server.property host"]),
        ("Herd", [{"kind": "cat"}, {"kind": "dog", "claws": 1}, "a cat"], ["1.property claws"]),
        ("Either", [{"kind": "dog", "claws": 1}], ["0.property claws"]),
        ("Either", [{"width": "1", "depth": 1}], ["0.property depth"]),
        ("Either", {"url": "u", "depth": 1}, ["property depth"]),
        ("Server", [{"a": 1}], []),
        ("Nothing", {"a": 1}, []),
    ],
)  # fmt: skip
def test_what_is_unknown(name: str, value: Any, unknown: list[str]) -> None:
    found = surplus(CONTRACT, ref(name), value)
    assert found.unknown == [f"{each} should not exist" for each in unknown]
    assert found.new == []


@pytest.mark.parametrize(
    ("value", "new"),
    [
        ({"model": "m-1", "voiceId": "mine"}, []),
        ({"model": "m-2"}, []),
        ({"model": "m-3"}, ["voice.model 'm-3'"]),
        ({"model": 3}, []),
    ],
)
def test_names_of_models_that_the_contract_does_not_list_are_new(value: Any, new: list[str]) -> None:
    found = surplus(CONTRACT, ref("CreateAssistantDTO"), {"name": "m-3", "voice": value})
    assert (found.unknown, found.new) == ([], new)
    assert surplus(CONTRACT, ref("OpenAIModel"), "m-3").new == []


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Cat", {"kind", "name", "claws"}),
        ("Size", {"width", "length", "name", "model"}),
        ("Server", {"url", "secret"}),
        ("CreateFnToolDTO", {"name", "async", "function", "metadata", "server"}),
        ("Free", None),
        ("Open", None),
        ("Mixed", None),
        ("Pet", None),
    ],
)
def test_the_properties_of_a_schema(name: str, known: set[str] | None) -> None:
    assert known_properties(CONTRACT, {"allOf": [ref(name)]}) == known
