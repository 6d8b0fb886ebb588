"""What becomes of each form of schema: the class, its fields and types, and that nothing is lost on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from codegen.canonical import CanonicalError
from tests.codegen.conftest import Make
from tests.codegen.mini import array, const, content, enum, obj, one_of, operation, ref, refs

EMPTY: dict[str, Any] = {"type": "object", "properties": {}}


def all_of(*parts: Any, **more: Any) -> Any:
    return {"allOf": [*parts], **more}


def same(model: Any, data: Any) -> Any:
    """Decode, encode, and find what went in."""
    made = model.from_dict(data)
    assert made.to_dict() == data
    return made


# --- allOf


def test_all_of_one_reference_is_that_model(make: Make) -> None:
    api = make({"Server": obj(url="string"), "Call": obj(server=all_of(ref("Server")))})
    assert api.annotations("Call") == {"server": "Server | None | Unset"}
    assert isinstance(same(api.model("Call"), {"server": {"url": "u"}}).server, api.model("Server"))


@pytest.mark.parametrize(
    "note", [{"nullable": True}, {"description": "Prose."}, {"default": {}}, {"deprecated": True}, {"title": "Server"}]
)
def test_a_note_beside_one_reference_makes_no_new_model(make: Make, note: Any) -> None:
    api = make(
        {"Server": obj(url="string"), "Call": obj(a=all_of(ref("Server"), note), b=all_of(ref("Server"), **note))}
    )
    assert api.names() == {"Server", "Call"}
    assert api.annotations("Call") == dict.fromkeys("ab", "Server | None | Unset")


def test_all_of_several_has_the_fields_and_required_names_of_all(make: Make) -> None:
    parts = [ref("Base"), obj("b", b="boolean"), {"required": ["a"]}]
    api = make({"Base": obj(a="string"), "Call": all_of(*parts)})
    assert api.annotations("Call") == {"a": "str", "b": "bool"}
    same(api.model("Call"), {"a": "x", "b": True, "c": 1})


def test_all_of_beside_properties_of_its_own(make: Make) -> None:
    api = make({"Base": obj("a", a="string"), "Call": all_of(ref("Base"), **obj("own", own="string"))})
    assert set(api.annotations("Call")) == {"a", "own"}


def test_nested_all_of_is_flattened_and_a_later_part_wins(make: Make) -> None:
    deep = all_of(all_of(ref("Base"), obj(a="boolean")), obj(c="string"))
    api = make({"Base": obj("a", a="string", b="string"), "Call": deep})
    assert api.annotations("Call") == {"a": "bool", "b": "str | None | Unset", "c": "str | None | Unset"}


def test_all_of_inline_becomes_a_model_named_by_its_place(make: Make) -> None:
    api = make({"Base": obj(a="string"), "Call": obj(plan=all_of(ref("Base"), obj(b="string")))})
    assert set(api.annotations("CallPlan")) == {"a", "b"}
    assert type(same(api.model("Call"), {"plan": {"a": "1", "b": "2"}}).plan).__name__ == "CallPlan"


def test_all_of_a_map_and_a_model_keeps_both(make: Make) -> None:
    extra = {"type": "object", "additionalProperties": ref("Base")}
    api = make({"Base": obj(a="string"), "Call": all_of(obj("id", id="string"), extra)})
    made = same(api.model("Call"), {"id": "1", "x": {"a": "2"}})
    assert made.additional_properties["x"].a == "2"


def test_all_of_an_enum_and_a_limit_is_the_enum(make: Make) -> None:
    api = make({"Kind": enum("a", "b"), "Call": obj(kind=all_of(ref("Kind"), {"maxLength": 5}))})
    assert api.annotations("Call") == {"kind": "Kind | None | Unset"}


def test_a_union_within_all_of_gives_its_fields_as_optional_ones(make: Make) -> None:
    either = one_of(obj("x", x="string"), ref("Other"))
    api = make({"Other": obj("y", y="string"), "Call": all_of(obj("id", id="string"), either)}, strict=False)
    assert api.annotations("Call") == {"id": "str", "x": "str | None | Unset", "y": "str | None | Unset"}
    same(api.model("Call"), {"id": "1", "x": "2"})


def test_all_of_that_contains_itself_ends(make: Make) -> None:
    api = make({"A": all_of(ref("B"), obj(a="string")), "B": all_of(ref("A"), obj(b="string"))})
    assert set(api.annotations("A")) == set(api.annotations("B")) == {"a", "b"}


# --- null


@pytest.mark.parametrize(
    "spelling",
    [
        {"type": "string", "nullable": True},
        {"type": ["string", "null"]},
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"oneOf": [{"type": "null", "description": "Prose."}, {"type": "string"}]},
        {"anyOf": [{"type": "string", "nullable": True}]},
    ],
)
def test_null_in_every_spelling(make: Make, spelling: Any) -> None:
    api = make({"Call": obj("needed", needed=spelling, other=spelling)})
    assert api.annotations("Call") == {"needed": "str | None", "other": "str | None | Unset"}
    same(api.model("Call"), {"needed": None, "other": None})


@pytest.mark.parametrize(
    "spelling",
    [
        {"anyOf": [ref("Server"), {"type": "null"}]},
        {"allOf": [ref("Server")], "nullable": True},
        {"oneOf": [{"allOf": [ref("Server")], "nullable": True}]},
    ],
)
def test_null_beside_a_model(make: Make, spelling: Any) -> None:
    api = make({"Server": obj(url="string"), "Call": obj("server", server=spelling)})
    assert api.annotations("Call") == {"server": "Server | None"}
    assert same(api.model("Call"), {"server": None}).server is None


def test_null_among_the_values_of_an_enum(make: Make) -> None:
    api = make({"Call": obj("kind", "none", kind=enum("a", "b", None), none={"enum": [None]})})
    assert api.annotations("Call") == {"kind": "CallKind | None", "none": "Any"}
    assert api.contract_json()["components"]["schemas"]["Call"]["properties"]["none"].get("enum") != []


def test_a_nullable_component_is_nullable_wherever_it_is_used(make: Make) -> None:
    api = make({"Name": {"type": "string", "nullable": True}, "Call": obj("name", name=ref("Name"))})
    assert api.annotations("Call") == {"name": "str | None"}


# --- OpenAPI 3.1


def test_lists_of_types(make: Make) -> None:
    both = {"type": ["string", "integer"]}
    several = {
        "type": ["array", "object", "null"],
        "items": {"type": "string"},
        "properties": {"a": {"type": "string"}},
    }
    api = make({"Call": obj("both", both=both, several=several)})
    assert api.annotations("Call")["both"] == "str | int"
    same(api.model("Call"), {"both": 5, "several": ["a"]})
    same(api.model("Call"), {"both": "5", "several": {"a": "b"}})


def test_a_constant_is_a_closed_literal_with_its_value_as_default(make: Make) -> None:
    api = make({"Call": obj("kind", kind={"const": "call"}, other={"const": "x"})})
    assert api.annotations("Call")["kind"] == "Literal['call']"
    assert api.model("Call")().to_dict() == {"kind": "call"}


def test_a_schema_that_is_true_is_anything(make: Make) -> None:
    api = make({"Call": obj("any", any=True, none=False, list={"type": "array", "items": True}), "All": True})
    assert api.annotations("Call")["any"] == "Any"
    same(api.model("Call"), {"any": {"x": [1]}, "list": [1, "2"]})


# --- recursion


def test_a_model_of_itself(make: Make) -> None:
    api = make(
        {
            "Node": obj(
                next=ref("Node"),
                children=array(ref("Node")),
                named={"type": "object", "additionalProperties": ref("Node")},
            )
        }
    )
    made = same(api.model("Node"), {"next": {"next": {}}, "children": [{"children": []}], "named": {"x": {"next": {}}}})
    assert {type(node).__name__ for node in (made.next.next, made.children[0], made.named["x"].next)} == {"Node"}


def test_a_model_of_itself_through_a_union(make: Make) -> None:
    api = make(
        {
            "Leaf": obj("type", type=const("leaf")),
            "Branch": obj("type", type=const("branch"), left=one_of(*refs("Leaf", "Branch"))),
        }
    )
    made = same(api.model("Branch"), {"type": "branch", "left": {"type": "branch", "left": {"type": "leaf"}}})
    assert type(made.left.left).__name__ == "Leaf"


def test_models_of_each_other(make: Make) -> None:
    api = make({"A": obj(b=ref("B")), "B": obj(a=ref("A"))})
    assert type(same(api.model("A"), {"b": {"a": {"b": {}}}}).b.a.b).__name__ == "B"


@pytest.mark.parametrize(
    "loop",
    [
        {"A": ref("A")},
        {"A": ref("B"), "B": ref("A")},
        {"A": all_of(ref("A"))},
        {"A": one_of(ref("A"))},
        {"A": one_of(ref("A"), {"type": "string"})},
        {"A": array(ref("A"))},
        {"A": array(ref("B")), "B": one_of(*refs("A", "Leaf")), "Leaf": obj("x", x="string")},
        {"A": {"type": "object", "additionalProperties": ref("A")}},
    ],
    ids="-".join,
)
def test_aliases_that_never_reach_an_object_are_read_as_anything(make: Make, loop: Any) -> None:
    api = make({**loop, "Call": obj(a=ref("A"))})
    assert any("refers to itself" in line for line in api.contract.report)
    for value in ("x", ["x"], {"x": ["y"]}, None):
        same(api.model("Call"), {"a": value})


# --- lists, maps, inline objects, nothing at all


def test_an_array_without_items_is_one_of_anything(make: Make) -> None:
    api = make({"Call": obj("all", all={"type": "array"})})
    assert api.annotations("Call") == {"all": "list[Any]"}
    assert "array without items" in "".join(api.contract.report)
    same(api.model("Call"), {"all": [1, {"a": None}, []]})


def test_an_empty_enum_is_any_value(make: Make) -> None:
    api = make({"Call": obj("kind", kind=enum())})
    assert api.annotations("Call") == {"kind": "str"}
    assert "empty enum" in "".join(api.contract.report)
    assert "enum" not in api.contract_json()["components"]["schemas"]["Call"]["properties"]["kind"]


def test_lists_and_maps_nest(make: Make) -> None:
    maps = {"type": "object", "additionalProperties": array({"type": "object", "additionalProperties": ref("Leaf")})}
    api = make({"Leaf": obj(at={"type": "string", "format": "date-time"}), "Call": obj("all", all=maps)})
    assert api.annotations("Call") == {"all": "dict[str, list[dict[str, Leaf]]]"}
    made = same(api.model("Call"), {"all": {"x": [{"y": {"at": "2026-01-02T03:04:05.000Z"}}]}})
    assert made.all["x"][0]["y"].at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_model_whose_other_keys_are_models(make: Make) -> None:
    api = make({"Leaf": obj(x="string"), "Call": obj("id", id="string") | {"additionalProperties": ref("Leaf")}})
    made = same(api.model("Call"), {"id": "1", "more": {"x": "2"}})
    assert type(made.additional_properties["more"]).__name__ == "Leaf"


def test_inline_objects_are_models_named_by_their_place(make: Make) -> None:
    inner = obj(deep=obj(x="string"))
    api = make({"Call": obj(plan=inner, plans=array(obj(y="string")))})
    assert api.names() == {"Call", "CallPlan", "CallPlanDeep", "CallPlansItem"}
    made = same(api.model("Call"), {"plan": {"deep": {"x": "1"}}, "plans": [{"y": "2"}]})
    assert (type(made.plan.deep).__name__, type(made.plans[0]).__name__) == ("CallPlanDeep", "CallPlansItem")


def test_equal_inline_objects_are_one_model(make: Make) -> None:
    api = make({"Call": obj(plan=obj(x="string", y="string")), "Squad": obj(plan=obj(y="string", x="string"))})
    assert api.names() == {"Call", "Squad", "CallPlan"}


@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"type": "object", "additionalProperties": True}, None])
def test_what_says_nothing_is_anything(make: Make, schema: Any) -> None:
    api = make({"Call": obj("free", free=schema or {})})
    assert api.annotations("Call")["free"] in ("Any", "dict[str, Any]")
    same(api.model("Call"), {"free": {"a": {"b": None}}})


def test_components_that_are_no_objects_keep_their_names(make: Make) -> None:
    api = make(
        {
            "Color": enum("red", "green"),
            "Pet": one_of(*refs("Cat", "Dog")),
            "Cat": obj("type", type=const("cat"), a=ref("Color")),
            "Dog": obj("type", type=const("dog")),
            "C": obj(p=ref("Pet"), x=ref("Color")),
        }
    )
    assert api.names() == {"Color", "Pet", "Cat", "Dog", "C"}
    assert api.annotations("C") == {"p": "Pet | None | Unset", "x": "Color | None | Unset"}


def test_components_that_nothing_uses_are_there_as_well(make: Make) -> None:
    api = make(
        {
            "Color": enum("a", "b"),
            "Pet": one_of(*refs("Cat", "Dog")),
            "Cat": obj("c", c="string"),
            "Dog": obj("d", d="string"),
        }
    )
    assert api.names() == {"Color", "Pet", "Cat", "Dog"}
    assert type(api.decode("Pet", {"d": "1"})).__name__ == "Dog"


def test_a_reference_that_leads_nowhere(make: Make) -> None:
    schemas = {
        "Call": obj(plan=ref("Gone"), other={"$ref": "elsewhere.json#/X"}, part=all_of(ref("Gone"), obj(a="string")))
    }
    with pytest.raises(CanonicalError, match="CallPlan: reference '#/components/schemas/Gone' leads to no schema"):
        make(schemas)
    api = make(schemas, strict=False)
    assert sum("leads to no schema" in line for line in api.contract.report) == 3
    same(api.model("Call"), {"plan": {"x": 1}, "other": [2], "part": {"a": "b"}})


def test_a_reference_is_unescaped(make: Make) -> None:
    paths = {"/call": {"get": operation(returns={"$ref": "#/components/schemas/a~1b%20c~0d"})}}
    api = make({"a/b c~d": obj(x="string"), "Call": obj(a=array({"$ref": "#/components/schemas/a~1b%20c~0d"}))}, paths)
    assert same(api.model("Call"), {"a": [{"x": "1"}]}).a[0].x == "1"


def test_types_that_json_schema_does_not_know_are_read_as_anything(make: Make) -> None:
    api = make({"Call": obj("a", a={"type": "file"}, b={"type": "any"}, c=content(None))})
    assert api.annotations("Call")["a"] == "Any"
    assert sum("is no type" in line for line in api.contract.report) == 2
    same(api.model("Call"), {"a": [1], "b": {"c": 2}})


def test_formats(make: Make) -> None:
    kinds = {"date-time": "datetime", "date": "str", "uuid": "str", "uri": "str", "email": "str", "x'\"": "str"}
    fields = {f"f{index}": {"type": "string", "format": kind} for index, kind in enumerate(kinds)}
    numbers = {
        "i": {"type": "integer", "format": "int64"},
        "n": {"type": "number", "format": "double"},
        "b": {"type": "boolean"},
    }
    api = make({"Call": obj(*fields, *numbers, **fields, **numbers)})
    assert list(api.annotations("Call").values()) == [*kinds.values(), "int", "float", "bool"]
