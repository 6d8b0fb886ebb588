"""What changed between two mini documents, and whom it breaks: the table of `codegen.diff.changes`, row by row."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any

import pytest

from codegen.diff import diff
from codegen.diff.changes import RULES, Diff, Level
from codegen.overlay import Overlay
from tests.codegen.mini import array, const, document, enum, obj, one_of, operation, parameter, ref, refs

Json = Any
INFO, WARNING, BREAKING = Level.INFO, Level.WARNING, Level.BREAKING


def differences(old: Json, new: Json) -> Diff:
    """The diff of two documents."""
    return diff(json.dumps(old).encode(), json.dumps(new).encode(), Overlay())


def api(thing: Json, *more_get: Json, **more: Json) -> Json:
    """A document that sends `CreateThing` and answers `Thing`, both with these fields, and lists things."""
    paths = {
        "/thing": {
            "post": operation(body=ref("CreateThing"), returns=ref("Thing")),
            "get": operation(*more_get, returns=array(ref("Thing"))),
        }
    }
    return document({"Thing": thing, "CreateThing": thing, **more}, paths)


def one(old: Json, new: Json, place: str) -> dict[str, Level]:
    """The level of each change in a place, by its rule."""
    return {change.rule: change.level for change in differences(old, new).changes if change.place == place}


def levels(old: Json, new: Json, step: str = "") -> tuple[str, Level, Level]:
    """The rule of the only change of a field, and its levels where it is sent and where it is answered."""
    before, after = (node if isinstance(node, tuple) else (node, []) for node in (old, new))
    rules, found = set(), []
    for use in ("body", "returns"):
        documents = [
            document(
                {"Thing": {**obj(x=node), "required": required}}, {"/thing": {"post": operation(**{use: ref("Thing")})}}
            )
            for node, required in (before, after)
        ]
        ((rule, level),) = one(*documents, f"Thing.x{step}").items()
        rules.add(rule)
        found.append(level)
    (rule,) = rules
    return rule, found[0], found[1]


STRING = {"type": "string"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((STRING, []), (STRING, ["x"]), ("becomes required", BREAKING, INFO)),
        ((STRING, ["x"]), (STRING, []), ("becomes optional", INFO, WARNING)),
        (STRING, {**STRING, "nullable": True}, ("becomes nullable", INFO, WARNING)),
        ({**STRING, "nullable": True}, STRING, ("no longer nullable", BREAKING, INFO)),
        (STRING, {"type": "number"}, ("another type", BREAKING, BREAKING)),
        (STRING, array(STRING), ("another type", BREAKING, BREAKING)),
        ({"type": "integer"}, {"type": "number"}, ("wider type", INFO, WARNING)),
        ({"type": "number"}, {"type": "integer"}, ("narrower type", BREAKING, INFO)),
        (STRING, {}, ("wider type", INFO, WARNING)),
        ({}, STRING, ("narrower type", BREAKING, INFO)),
        (STRING, {**STRING, "format": "date-time"}, ("another type", BREAKING, BREAKING)),
        (STRING, one_of(STRING, {"type": "number"}), ("variants added", INFO, INFO)),
        (one_of(STRING, {"type": "number"}), STRING, ("variants removed", BREAKING, INFO)),
        (enum("a", "b"), enum("a", "b", "c"), ("values added", INFO, INFO)),
        (enum("a", "b", "c"), enum("a", "b"), ("values removed", BREAKING, INFO)),
        (enum("a", "b"), STRING, ("any value", INFO, INFO)),
        (STRING, enum("a", "b"), ("only these values", BREAKING, INFO)),
        ({**STRING, "maxLength": 40}, {**STRING, "maxLength": 20}, ("tighter", BREAKING, INFO)),
        (STRING, {**STRING, "maxLength": 20}, ("tighter", BREAKING, INFO)),
        ({**STRING, "minLength": 2}, {**STRING, "minLength": 1}, ("looser", INFO, INFO)),
        ({**STRING, "minLength": 1}, {**STRING, "minLength": 2}, ("tighter", BREAKING, INFO)),
        (STRING, {**STRING, "pattern": "^a"}, ("tighter", BREAKING, INFO)),
        ({**STRING, "pattern": "^a"}, {**STRING, "pattern": "^b"}, ("another pattern", WARNING, INFO)),
        ({**STRING, "pattern": "^a"}, STRING, ("looser", INFO, INFO)),
        ({**STRING, "default": "a"}, {**STRING, "default": "b"}, ("default", WARNING, INFO)),
        (STRING, {**STRING, "default": "b"}, ("default", WARNING, INFO)),
        (STRING, {**STRING, "deprecated": True}, ("deprecated", WARNING, WARNING)),
        ({**STRING, "deprecated": True}, STRING, ("no longer deprecated", INFO, INFO)),
        (STRING, {**STRING, "readOnly": True}, ("becomes read-only", BREAKING, INFO)),
        (STRING, {**STRING, "writeOnly": True}, ("becomes write-only", INFO, BREAKING)),
        ({**STRING, "readOnly": True}, STRING, ("no longer read-only", INFO, INFO)),
        ({**STRING, "writeOnly": True}, STRING, ("no longer write-only", INFO, INFO)),
    ],
)
def test_a_field_changes(old: Json, new: Json, expected: tuple[str, Level, Level]) -> None:
    assert levels(old, new) == expected


def test_what_is_inside_of_lists_and_maps_is_compared_as_well() -> None:
    assert levels(array(STRING), array({"type": "number"}), "[]")[0] == "another type"
    assert levels(array(enum("a", "b")), array(enum("a")), "[]")[0] == "values removed"
    assert levels(array({**STRING, "maxLength": 9}), array({**STRING, "maxLength": 5}), "[]")[0] == "tighter"
    free = {"type": "object", "additionalProperties": STRING}
    assert levels(free, {**free, "additionalProperties": {"type": "number"}}, "{}")[0] == "another type"


def test_fields_come_go_and_are_renamed() -> None:
    old = obj(a="string", customerSearchPlan="string", c="string")
    new = obj("d", a="string", customerSearchPlans="string", d="number", e="boolean")
    found = {change.place: (change.rule, change.level) for change in differences(api(old), api(new)).changes}
    assert found == {
        "CreateThing.c": ("removed", BREAKING),
        "CreateThing.customerSearchPlan": ("renamed", BREAKING),
        "CreateThing.d": ("added, required", BREAKING),
        "CreateThing.e": ("added", INFO),
        "Thing.c": ("removed", BREAKING),
        "Thing.customerSearchPlan": ("renamed", BREAKING),
        "Thing.d": ("added, required", INFO),
        "Thing.e": ("added", INFO),
    }


def test_a_required_field_breaks_code_that_makes_the_object_without_it_whatever_its_default() -> None:
    new = obj("a", "b", a="string", b={"type": "string", "default": "c"})
    assert one(api(obj("a", a="string")), api(new), "CreateThing.b") == {"added, required": BREAKING}


def test_unlike_fields_are_not_renamed() -> None:
    old, new = obj(workflowId="string", seat="string"), obj(id="string", seats="number")
    rules = {change.rule for change in differences(api(old), api(new)).changes}
    assert rules == {"added", "removed"}


def test_further_fields_are_a_field() -> None:
    old = {**obj(a="string"), "additionalProperties": STRING}
    new = {**obj(a="string"), "additionalProperties": {"type": "number"}}
    assert one(api(old), api(new), "Thing.*") == {"another type": BREAKING}


# --- methods, parameters, bodies and answers


def test_methods_come_and_go() -> None:
    old, new = api(obj(a="string")), api(obj(a="string"))
    new["paths"]["/thing/{id}"] = {"delete": operation(parameter("id", "path"))}
    assert one(old, new, "things.delete") == {"added": INFO}
    assert one(new, old, "things.delete") == {"removed": BREAKING}


def test_a_method_is_deprecated() -> None:
    old, new = api(obj(a="string")), api(obj(a="string"))
    new["paths"]["/thing"]["get"]["deprecated"] = True
    assert one(old, new, "things.list") == {"deprecated": WARNING}


def test_a_method_is_renamed_when_what_goes_in_and_comes_out_is_the_same() -> None:
    old = api(obj(a="string"))
    new = deepcopy(old)
    new["paths"]["/things-v"] = new["paths"].pop("/thing")
    (created, listed) = [change for change in differences(old, new).changes if change.subject == "method"]
    assert (created.rule, created.place, created.after) == ("renamed", "things.create", "things_vs.create")
    assert (listed.level, listed.detail) == (BREAKING, "now things_vs.list, GET /things-v")


def test_a_method_that_only_moved_is_a_warning() -> None:
    old = document({"Thing": obj(a="string")}, {"/thing/{id}": {"get": operation(returns=ref("Thing"))}})
    new = deepcopy(old)
    new["paths"]["/thing/{id}/"] = new["paths"].pop("/thing/{id}")
    assert one(old, new, "things.get") == {"moved": WARNING}


def test_other_methods_with_the_same_traffic_are_not_renamed() -> None:
    old = document({"Thing": obj(a="string")}, {"/thing/{id}": {"get": operation(returns=ref("Thing"))}})
    new = document({"Thing": obj(a="string")}, {"/completely/other": {"get": operation(returns=ref("Thing"))}})
    assert {change.rule for change in differences(old, new).changes} == {"added", "removed"}


def test_parameters_come_go_and_change() -> None:
    old = api(obj(a="string"), parameter("limit"), parameter("gone"), parameter("first"))
    new = api(
        obj(a="string"),
        parameter("limit", schema={"type": "number"}),
        parameter("need", required=True, schema={"type": "number"}),
        parameter("first", required=True),
    )
    found = {change.place: (change.rule, change.level) for change in differences(old, new).changes}
    assert found == {
        "things.list(first)": ("becomes required", BREAKING),
        "things.list(gone)": ("removed", BREAKING),
        "things.list(limit)": ("another type", BREAKING),
        "things.list(need)": ("added, required", BREAKING),
    }


def test_a_path_parameter_goes_by_its_position() -> None:
    def thing(name: str) -> Json:
        return document(paths={f"/thing/{{{name}}}": {"get": operation(parameter(name, "path"))}})

    (change,) = differences(thing("id"), thing("thingId")).changes
    assert (change.rule, change.place, change.level) == ("path parameter renamed", "things.get(id)", WARNING)


def test_two_parameters_of_one_name_are_two() -> None:
    old = api(obj(a="string"), parameter("name"), parameter("name"))
    new = api(obj(a="string"), parameter("name"), parameter("name", schema={"type": "number"}))
    assert differences(old, old).changes == ()
    assert one(old, new, "things.list(name#2)") == {"another type": BREAKING}


def test_bodies_come_go_and_change() -> None:
    def thing(body: Json | None) -> Json:
        return document({"A": obj(a="string"), "B": obj(b="number")}, {"/thing": {"post": operation(body=body)}})

    assert one(thing(None), thing(ref("A")), "things.create body") == {"added, required": BREAKING}
    assert one(thing(ref("A")), thing(None), "things.create body") == {"removed": BREAKING}
    assert one(thing(ref("A")), thing(ref("B")), "things.create body") == {"another type": BREAKING}
    assert one(thing(ref("A")), thing(one_of(*refs("A", "B"))), "things.create body") == {"variants added": INFO}
    assert one(thing(one_of(*refs("A", "B"))), thing(ref("A")), "things.create body") == {"variants removed": BREAKING}


def test_any_success_is_the_answer_and_failures_go_by_their_status() -> None:
    def thing(**answers: Json) -> Json:
        responses = {
            status[1:]: {"description": "", "content": {"application/json": {"schema": schema}}}
            for status, schema in answers.items()
        }
        return document(
            {"A": obj(a="string"), "B": obj(b="number")}, {"/thing": {"get": operation(responses=responses)}}
        )

    old = thing(_200=ref("A"), _409=ref("B"))
    assert differences(old, thing(_201=ref("A"), _409=ref("B"))).changes == ()
    assert one(old, thing(_200=ref("B"), _409=ref("B")), "things.list answer 2xx") == {"another type": BREAKING}
    assert one(old, thing(_200=ref("A")), "things.list answer 409") == {"not any more": INFO}
    assert one(old, thing(_409=ref("B")), "things.list answer 2xx") == {"removed": BREAKING}
    assert one(thing(_200=ref("A")), old, "things.list answer 409") == {"added": INFO}


# --- schemas that many share


def shared(values: Json) -> Json:
    """A schema that two resources send and a third one answers, with an enum in two of its fields."""
    schemas = {
        "Mode": obj("mode", "fallback", mode=values, fallback=values, inner=ref("Inner")),
        "Inner": obj(a="string"),
    }
    return document(
        schemas,
        {
            "/dog": {"post": operation(body=ref("Mode"))},
            "/cat": {"post": operation(body=ref("Mode"))},
            "/owl": {"get": operation(returns=ref("Mode"))},
        },
    )


def test_a_change_of_a_shared_schema_is_one_change_that_names_what_it_touches() -> None:
    (change,) = differences(shared(enum("a", "b", "c")), shared(enum("a", "b"))).changes
    assert (change.place, change.places) == ("Mode.mode", ("Mode.mode", "Mode.fallback"))
    assert (change.resources, change.directions) == (("cats", "dogs", "owls"), ("request", "response"))
    assert (change.before, change.amount, change.level) == (['"c"'], 1, BREAKING)


def test_what_many_values_are_is_counted_one_by_one() -> None:
    found = differences(shared(enum("a")), shared(enum("a", "b", "c")))
    assert found.counts()["value"] == {"added": 4}, "a constant has no name, so both fields tell"
    assert differences(shared(enum("a", "b")), shared(enum("a", "b", "c", "d"))).counts() == {"value": {"added": 2}}


def test_where_an_enum_is_written_makes_no_change() -> None:
    inline = shared(enum("a", "b"))
    apart = shared(ref("Kind"))
    apart["components"]["schemas"]["Kind"] = enum("b", "a")
    assert differences(inline, apart).changes == ()
    single = shared({"allOf": [ref("Kind")]})
    single["components"]["schemas"]["Kind"] = enum("b", "a")
    assert differences(inline, single).changes == ()


def test_schemas_come_go_and_are_renamed() -> None:
    fields = obj("id", id="string", name="string", when="string")
    old = api(obj(a=ref("Dog"), b=ref("Rat")), Dog=fields, Rat=obj(tail="number"))
    new = api(obj(a=ref("Hound"), b=ref("Owl")), Hound={**fields, "required": []}, Owl=obj(wing="string", eye="string"))
    found = {change.place: change.rule for change in differences(old, new).changes}
    assert found == {
        "CreateThing.b": "another type",
        "Dog": "renamed",
        "Hound.id": "becomes optional",
        "Rat": "removed",
        "Thing.b": "another type",
    }
    assert one(old, new, "Dog") == {"renamed": BREAKING}


def test_one_schema_that_became_many_was_not_renamed() -> None:
    fields = {"id": "string", "name": "string", "when": "string"}
    old = api(obj(a=ref("Dog")), Dog=obj(**fields))
    new = api(obj(a=one_of(*refs("SmallDog", "LargeDog"))), SmallDog=obj(**fields), LargeDog=obj(**fields))
    assert one(old, new, "Dog") == {"removed": BREAKING}
    assert one(old, new, "Thing.a") == {"another type": BREAKING}


def test_a_schema_with_another_tag_is_another_schema() -> None:
    fields = {"id": "string", "name": "string", "when": "string"}
    old = api(obj(a=ref("DogVoice")), DogVoice=obj(provider=const("dog"), **fields))
    new = api(obj(a=ref("CatVoice")), CatVoice=obj(provider=const("cat"), **fields))
    assert one(old, new, "DogVoice") == {"removed": BREAKING}


def test_an_object_without_a_name_of_its_own_is_compared_whatever_we_call_it() -> None:
    old = api(obj(a=obj(b="string", c="string")))
    new = deepcopy(old)
    for schema in new["components"]["schemas"].values():
        schema["properties"]["a"]["properties"]["d"] = {"type": "number"}
    (change,) = differences(old, new).changes
    assert (change.rule, change.place.partition(".")[2]) == ("added", "d")


def test_messages_of_webhooks_are_answers_and_their_replies_are_sent() -> None:
    def messages(**fields: Json) -> Json:
        reply, message = obj(*fields, **fields), obj(*fields, **fields)
        return document(
            {"ServerMessageHang": message, "ServerMessageResponseHang": reply, "Lonely": obj(*fields, **fields)}
        )

    old, new = messages(a="string"), messages(a="string", b="string")
    assert one(old, new, "ServerMessageHang.b") == {"added, required": INFO}
    assert one(old, new, "ServerMessageResponseHang.b") == {"added, required": BREAKING}
    assert one(old, new, "Lonely.b") == {"added, required": INFO}
    assert one(new, old, "Lonely.b") == {"removed": INFO}
    (gone,) = differences(document({"Lonely": obj(a="string")}), document()).changes
    assert (gone.rule, gone.level, gone.resources) == ("removed", WARNING, ("schemas of no operation",))


def test_who_meets_a_schema_is_whoever_met_it_in_the_old_document() -> None:
    old = document({"A": obj(a="string")}, {"/dog": {"get": operation(returns=ref("A"))}})
    new = document(
        {"A": obj("b", a="string", b="string")},
        {"/dog": {"get": operation(returns=ref("A"))}, "/cat": {"post": operation(body=ref("A"))}},
    )
    assert one(old, new, "A.b") == {"added, required": INFO}


# --- what makes no change


def shuffled(node: Json, chance: random.Random) -> Json:
    """The same document in another order, with other prose."""
    if isinstance(node, list):
        return [shuffled(item, chance) for item in node]
    if not isinstance(node, dict):
        return node
    items = [(key, shuffled(value, chance)) for key, value in node.items()]
    chance.shuffle(items)
    result = dict(items)
    for key in ("enum", "oneOf", "required"):
        if isinstance(result.get(key), list):
            chance.shuffle(result[key])
    if "type" in result or "oneOf" in result:
        result["description"] = f"Some prose, number {chance.random()}."
    return result


@pytest.mark.parametrize("seed", range(5))
def test_order_and_prose_make_no_change(seed: int) -> None:
    fields = obj(
        "kind",
        kind=const("a"),
        mode=enum("a", "b", "c"),
        nested=obj(deep=enum("x", "y"), other=array(ref("B"))),
        either=one_of(*refs("A", "B"), STRING, array(ref("A"))),
        free={"type": "object", "additionalProperties": enum("c", "b", "a")},
    )
    source = api(fields, parameter("limit"), parameter("page"), A=obj("id", id="string"), B=obj("at", at="number"))
    assert differences(source, shuffled(source, random.Random(seed))).changes == ()


@pytest.mark.parametrize(("words", "counts"), [(1, True), (8, True), (9, False), (20, False)])
@pytest.mark.parametrize("shape", [lambda text: text, lambda text: ["a", text], lambda text: {"deep": [text]}])
def test_a_long_text_as_default_is_prose(shape: Any, words: int, counts: bool) -> None:
    old, new = ({"default": shape(f"{word} " * words)} for word in ("one", "two"))
    expected = {"default": WARNING} if counts else {}
    assert one(api(obj(a=old)), api(obj(a=new)), "CreateThing.a") == expected
    assert bool(differences(api(obj(a=old)), api(obj(a=new))).changes) == counts


def test_every_rule_has_an_action_that_people_know() -> None:
    assert {action for action, _, _ in RULES.values()} == {"added", "removed", "renamed", "changed", "deprecated"}
