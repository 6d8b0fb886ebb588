"""What breaks callers, a pair of mini documents for each way in which it can: seen one way, not shouted the other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codegen.diff import diff
from codegen.diff.changes import Level
from codegen.overlay import Overlay
from tests.codegen.mini import array, content, document, enum, obj, one_of, operation, parameter, ref

Json = Any
OVERLAY = Overlay()
STRING, NUMBER = {"type": "string"}, {"type": "number"}
BEARER = {"bearer": {"type": "http", "scheme": "bearer"}}
KEY = {"key": {"type": "apiKey", "in": "header", "name": "x-key"}}


def sends(schema: Json, *required: str, **more: Json) -> Json:
    """A document that takes a thing with a field x."""
    thing = {**obj(x=schema), **({"required": [*required]} if required else {}), **more}
    return document({"Thing": thing}, {"/thing": {"post": operation(body=ref("Thing"))}})


def takes(thing: Json) -> Json:
    return document({"Thing": thing}, {"/thing": {"post": operation(body=ref("Thing"))}})


def answers(thing: Json, **more: Json) -> Json:
    return document({"Thing": thing, **more}, {"/thing/{id}": {"get": operation(returns=ref("Thing"))}})


def asks(*parameters: Json) -> Json:
    listed = operation(*parameters, returns=array(ref("Thing")))
    return document({"Thing": obj(x="string")}, {"/thing": {"get": listed}})


def posts(body: Json | None, **more: Json) -> Json:
    made = operation(returns=ref("Thing"), **({"requestBody": body} if body else {}))
    return {**document({"Thing": obj(x="string")}, {"/thing": {"post": made}}), **more}


def guarded(*security: Json, **more: Json) -> Json:
    api = answers(obj(x="string"))
    api["components"]["securitySchemes"] = {**BEARER, **KEY, "token": BEARER["bearer"]}
    return {**api, **({"security": [*security]} if security else {}), **more}


def served(*urls: str) -> Json:
    return guarded(servers=[{"url": url} for url in urls])


def with_path(path: str, node: Json) -> Json:
    api = answers(obj(x="string"))
    return {**api, "paths": {**api["paths"], path: {"get": node}}}


LISTED = parameter("ids", schema=array(STRING))
FORM = {"multipart/form-data": {"schema": ref("Thing")}}
URLENCODED = {"application/x-www-form-urlencoded": {"schema": ref("Thing")}}
MAP = {"type": "object", "additionalProperties": STRING}
JSON_BODY = content(ref("Thing"))

#: Name → the old document, the new one, the rule that says what broke; and whether the way back breaks callers, too.
BREAKING: dict[str, tuple[Json, Json, str, bool]] = {
    # what is sent
    "field required": (sends(STRING), sends(STRING, "x"), "becomes required", False),
    "not null": (sends({**STRING, "nullable": True}), sends(STRING), "no longer nullable", False),
    "another type": (sends(STRING), sends(NUMBER), "another type", True),
    "a list": (sends(STRING), sends(array(STRING)), "another type", True),
    "whole numbers": (sends(NUMBER), sends({"type": "integer"}), "narrower type", False),
    "no longer anything": (sends({}), sends(STRING), "narrower type", False),
    "a timestamp": (sends(STRING), sends({**STRING, "format": "date-time"}), "another type", True),
    "variant gone": (sends(one_of(STRING, NUMBER)), sends(STRING), "variants removed", False),
    "value gone": (sends(enum("a", "b", "c")), sends(enum("a", "b")), "values removed", False),
    "an enum": (sends(STRING), sends(enum("a", "b")), "only these values", False),
    "enum or any string": (
        sends({"anyOf": [enum("a", "b"), STRING]}), sends(enum("a", "b")), "only these values", False,
    ),
    "maxLength": (sends(STRING), sends({**STRING, "maxLength": 20}), "tighter", False),
    "minLength": (sends({**STRING, "minLength": 1}), sends({**STRING, "minLength": 2}), "tighter", False),
    "maximum": (sends({**NUMBER, "maximum": 10}), sends({**NUMBER, "maximum": 5}), "tighter", False),
    "minimum": (sends(NUMBER), sends({**NUMBER, "minimum": 1}), "tighter", False),
    "exclusiveMinimum": (
        sends({**NUMBER, "minimum": 0}), sends({**NUMBER, "exclusiveMinimum": 0}), "tighter", False,
    ),
    "exclusiveMaximum of 3.0": (
        sends({**NUMBER, "maximum": 9}), sends({**NUMBER, "maximum": 9, "exclusiveMaximum": True}), "tighter", False,
    ),
    "maxItems": (sends(array(STRING)), sends({**array(STRING), "maxItems": 3}), "tighter", False),
    "minItems": (sends(array(STRING)), sends({**array(STRING), "minItems": 1}), "tighter", False),
    "uniqueItems": (sends(array(STRING)), sends({**array(STRING), "uniqueItems": True}), "tighter", False),
    "pattern": (sends(STRING), sends({**STRING, "pattern": "^a"}), "tighter", False),
    "multipleOf": (sends(NUMBER), sends({**NUMBER, "multipleOf": 5}), "tighter", False),
    "multipleOf, coarser": (sends({**NUMBER, "multipleOf": 5}), sends({**NUMBER, "multipleOf": 10}), "tighter", False),
    "format": (sends(STRING), sends({**STRING, "format": "uuid"}), "tighter", False),
    "maxProperties": (sends(MAP), sends({**MAP, "maxProperties": 3}), "tighter", False),
    "limit in a union": (
        sends(one_of(STRING, NUMBER)), sends(one_of({**STRING, "maxLength": 9}, NUMBER)), "tighter", False,
    ),
    "limit of items in a union": (
        sends(one_of(array(STRING), NUMBER)),
        sends(one_of(array({**STRING, "maxLength": 9}), NUMBER)),
        "tighter",
        False,
    ),
    "limit of an alternative to models": (
        document({"A": obj("a", a="string")}, {"/a": {"post": operation(body=obj(x=one_of(ref("A"), STRING)))}}),
        document(
            {"A": obj("a", a="string")},
            {"/a": {"post": operation(body=obj(x=one_of(ref("A"), {**STRING, "maxLength": 9})))}},
        ),
        "tighter",
        False,
    ),
    "limit of items": (sends(array(STRING)), sends(array({**STRING, "minLength": 2})), "tighter", False),
    "items not null": (
        sends(array({**STRING, "nullable": True})), sends(array(STRING)), "no longer nullable", False,
    ),
    "value of items gone": (sends(array(enum("a", "b", "c"))), sends(array(enum("a", "b"))), "values removed", False),
    "values of a map": (sends(MAP), sends({**MAP, "additionalProperties": NUMBER}), "another type", True),
    "read-only": (sends(STRING), sends({**STRING, "readOnly": True}), "becomes read-only", False),
    "no further fields": (
        sends(STRING), sends(STRING, additionalProperties=False), "only these fields", False,
    ),
    "no further fields inside": (
        sends({"type": "object"}), sends({"type": "object", "additionalProperties": False}), "only these fields", False,
    ),
    "field added, required": (takes(obj(x="string")), takes(obj("y", x="string", y="number")), "added, required", True),
    "field added, required, with a default": (
        takes(obj(x="string")), takes(obj("y", x="string", y={**STRING, "default": "z"})), "added, required", True,
    ),
    "field gone": (takes(obj(x="string", y="number")), takes(obj(x="string")), "removed", False),
    "field renamed": (
        takes(obj(customerPlan="string")), takes(obj(customerPlans="string")), "renamed", True,
    ),
    # operations
    "method gone": (
        with_path("/other", operation(returns=ref("Thing"))), answers(obj(x="string")), "removed", False,
    ),
    "method renamed": (
        with_path("/other-thing", operation(returns=ref("Thing"))),
        with_path("/other-things-v", operation(returns=ref("Thing"))),
        "renamed",
        True,
    ),
    "parameter gone": (asks(parameter("a")), asks(), "removed", False),
    "parameter required": (asks(parameter("a")), asks(parameter("a", required=True)), "becomes required", False),
    "parameter added, required": (asks(), asks(parameter("a", required=True)), "added, required", True),
    "parameter renamed": (asks(parameter("customerId")), asks(parameter("customerIds")), "renamed", True),
    "parameter in another place": (asks(parameter("a")), asks(parameter("a", "header")), "removed", True),
    "list in one value": (asks(LISTED), asks({**LISTED, "explode": False}), "sent otherwise", True),
    "list with other separators": (
        asks({**LISTED, "explode": False}),
        asks({**LISTED, "explode": False, "style": "pipeDelimited"}),
        "sent otherwise",
        True,
    ),
    "parameter's value gone": (
        asks(parameter("a", schema=enum("a", "b", "c"))),
        asks(parameter("a", schema=enum("a", "b"))),
        "values removed",
        False,
    ),
    "limit of a parameter": (
        asks(parameter("limit", schema={**NUMBER, "maximum": 1000})),
        asks(parameter("limit", schema={**NUMBER, "maximum": 100})),
        "tighter",
        False,
    ),
    "header required": (
        asks(parameter("x-a", "header")), asks(parameter("x-a", "header", required=True)), "becomes required", False,
    ),
    "path parameter of another type": (
        with_path("/other/{id}", operation(parameter("id", "path"))),
        with_path("/other/{id}", operation(parameter("id", "path", schema={"type": "integer"}))),
        "another type",
        True,
    ),
    "body gone": (posts(JSON_BODY), posts(None), "removed", False),
    "body required": (posts(JSON_BODY), posts({**JSON_BODY, "required": True}), "becomes required", False),
    "JSON to multipart": (posts(JSON_BODY), posts({"content": FORM}), "another encoding", True),
    "JSON to a form": (posts(JSON_BODY), posts({"content": URLENCODED}), "another encoding", True),
    # around them
    "server moved": (served("https://a.example"), served("https://b.example"), "another server", True),
    "server gone": (
        served("https://a.example", "https://eu.a.example"), served("https://a.example"), "another server", False,
    ),
    "another scheme": (guarded({"bearer": []}), guarded({"key": []}), "another authorization", True),
    "authorization needed": (guarded(), guarded({"bearer": []}), "another authorization", False),
    "a second scheme needed": (
        guarded({"bearer": []}), guarded({"bearer": [], "key": []}), "another authorization", False,
    ),
    "one of two ways gone": (
        guarded({"bearer": []}, {"key": []}), guarded({"bearer": []}), "another authorization", False,
    ),
    # what is answered
    "answer gone": (answers(obj(x="string")), with_path("/thing/{id}", operation()), "removed", False),
    "answered field gone": (answers(obj(x="string", y="number")), answers(obj(x="string")), "removed", False),
    "answered type": (answers(obj(x="string")), answers(obj(x="number")), "another type", True),
    "write-only": (
        answers(obj(x="string")), answers(obj(x={**STRING, "writeOnly": True})), "becomes write-only", False,
    ),
    "a list answered": (
        with_path("/other/{id}", operation(returns=ref("Thing"))),
        with_path("/other/{id}", operation(returns=array(ref("Thing")))),
        "another type",
        True,
    ),
    "a form answered": (
        with_path("/other/{id}", operation(returns=ref("Thing"))),
        with_path("/other/{id}", {"responses": {"200": {"content": FORM}}}),
        "another encoding",
        True,
    ),
    # names
    "class gone": (
        answers(obj(x="string", part=ref("Part")), Part=obj(a="string")), answers(obj(x="string")), "removed", False,
    ),
    "class renamed": (
        answers(obj(part=ref("PartOne")), PartOne=obj(a="string", b="number", c="string")),
        answers(obj(part=ref("PartTwo")), PartTwo=obj(a="string", b="number", c="string")),
        "renamed",
        True,
    ),
    "name of an enum gone": (
        answers(obj(x="string", kind=enum("a", "b"))), answers(obj(x="string")), "name gone", False,
    ),
    "class without a name of its own gone": (
        answers(obj(x="string", part=obj(a="string"))), answers(obj(x="string")), "removed", False,
    ),
}  # fmt: skip


def found(old: Json, new: Json) -> dict[str, Level]:
    """The worst level of each rule that tells of a change."""
    changes = diff(*(json.dumps(each).encode() for each in (old, new)), OVERLAY).changes
    levels: dict[str, Level] = {}
    for change in changes:
        levels[change.rule] = max(change.level, levels.get(change.rule, Level.INFO))
    return levels


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_callers_is_seen(name: str) -> None:
    old, new, rule, _ = BREAKING[name]
    assert found(old, new).get(rule) is Level.BREAKING, found(old, new)


@pytest.mark.parametrize("name", BREAKING)
def test_the_way_back_is_told_for_what_it_is(name: str) -> None:
    old, new, _, breaks = BREAKING[name]
    back = found(new, old)
    assert back, "a change is told of both ways"
    assert (Level.BREAKING in back.values()) is breaks, back


@pytest.mark.parametrize("name", BREAKING)
def test_what_is_the_same_is_no_change(name: str) -> None:
    for api in BREAKING[name][:2]:
        assert found(api, api) == {}


#: What looks like a change, and is none for the code that calls.
HARMLESS: dict[str, tuple[Json, Json]] = {
    "a count is an integer": (
        asks(parameter("limit", schema=NUMBER)), asks(parameter("limit", schema={"type": "integer"})),
    ),
    "what had no schema has one": (sends(ref("Gone")), sends(STRING)),
    "what had no schema in a list has one": (sends(array(ref("Gone"))), sends(array(STRING))),
    "an enum's values become known": (sends(STRING), sends({"anyOf": [enum("a", "b"), STRING]})),
    "an open enum has fewer": (
        sends({"anyOf": [enum("a", "b", "c"), STRING]}), sends({"anyOf": [enum("a", "b"), STRING]}),
    ),
    "how a single value would be sent": (asks(parameter("a")), asks({**parameter("a"), "explode": False})),
    "a scheme by another name": (guarded({"bearer": []}), guarded({"token": []})),
    "another bound that says the same": (
        sends({**NUMBER, "minimum": 0, "exclusiveMinimum": True}), sends({**NUMBER, "exclusiveMinimum": 0}),
    ),
    "an unknown format": (sends(STRING), sends({**STRING, "format": "phone"})),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMLESS)
def test_nothing_is_shouted(name: str) -> None:
    for way in (HARMLESS[name], HARMLESS[name][::-1]):
        assert Level.BREAKING not in found(*way).values(), found(*way)


def test_documents_that_do_not_generate_are_compared() -> None:
    def odd(*more: Json) -> Json:
        listed = operation(*more, returns=array(ref("Thing")))
        paths = {"/": listed, "/call": listed, "/calls": listed, "/responses?beta=true": listed, "/models": listed}
        return document({"Thing": obj(x="string")}, {path: {"get": node} for path, node in paths.items()})

    changes = diff(*(json.dumps(each).encode() for each in (odd(parameter("a")), odd())), OVERLAY).changes
    assert [change.rule for change in changes] == ["removed"] * 5


def test_what_becomes_of_ids_in_many_paths_is_one_change() -> None:
    def ids(schema: Json) -> Json:
        one = operation(parameter("id", "path", schema=schema))
        return document(paths={"/cat/{id}": {"get": one, "delete": one}, "/dog/{id}": {"get": one}})

    old, new = ids(STRING), ids({**STRING, "format": "uuid"})
    (change,) = diff(*(json.dumps(each).encode() for each in (old, new)), OVERLAY).changes
    assert (change.detail, change.level, len(change.places)) == ('format none -> "uuid"', Level.BREAKING, 3)


def test_a_better_name_is_told_of() -> None:
    """Two types that become one keep both names: one of them is an alias from then on."""
    before = {"Argon": obj(shade=enum("a", "b")), "Xenon": obj(shade=enum("light", "dark"))}
    after = {name: obj(shade=enum("light", "dark")) for name in before}
    found = [
        (change.place, change.detail, change.level)
        for change in diff(*(json.dumps(document(each)).encode() for each in (before, after)), OVERLAY).changes
        if change.rule == "name kept"
    ]
    assert found == [("XenonShade", "now ArgonShade, XenonShade stays", Level.INFO)]
