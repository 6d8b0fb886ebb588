"""Unions: how their variants are told apart, what is written once, and what stops the build."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from codegen.errors import BuildError
from codegen.unions import AmbiguousUnion
from tests.codegen.conftest import Make
from tests.codegen.mini import array, const, enum, obj, one_of, operation, ref, refs

CAT = obj("type", type=const("cat"), name="string")
DOG = obj("type", type=const("dog"), name="string")
STRANGER = {"type": "bird", "wings": {"left": 1}}


def kind(value: Any) -> str:
    return type(value).__name__


def test_a_tag_is_inferred_from_constants(make: Make) -> None:
    api = make({"Cat": CAT, "Dog": DOG, "Home": obj(pet=one_of(*refs("Cat", "Dog")))})
    assert 'Tagged(_MODELS, "type"' in api.text("models/home_pet.py")
    for data, expected in (
        ({"type": "cat"}, "Cat"),
        ({"type": "dog", "x": 1}, "Dog"),
        (STRANGER, "Unknown"),
        ({}, "Unknown"),
    ):
        made = api.model("Home").from_dict({"pet": data})
        assert (kind(made.pet), made.to_dict()) == (expected, {"pet": data})
    for raw in ("cat", None, 5, [STRANGER]):
        assert api.model("Home").from_dict({"pet": raw}).to_dict() == {"pet": raw}


def test_the_tag_is_a_closed_literal_with_its_default_and_unknown_has_another(make: Make) -> None:
    api = make({"Cat": CAT, "Dog": DOG, "Home": obj(pet=one_of(*refs("Cat", "Dog")))})
    assert api.annotations("Cat")["type"] == "Literal['cat']"
    assert api.model("Cat")().to_dict() == {"type": "cat"}
    assert 'type: Literal["(unknown)"]' in api.text("models/unknown.py")
    assert set(get_args(api.model("HomePet"))) == {api.model(name) for name in ("Cat", "Dog", "Unknown")}


@pytest.mark.parametrize(("tag", "other"), [("type", "alpha"), ("provider", "kind"), ("role", "name"), ("on", "id")])
def test_of_several_tags_the_usual_one_is_taken(make: Make, tag: str, other: str) -> None:
    variants = {name: obj(**{other: const(name), tag: const(name)}) for name in ("A", "B")}
    api = make({**variants, "Home": obj(x=one_of(*refs("A", "B")))})
    assert api.contract.unions[0].dispatch.tag == tag


def test_a_tag_may_have_several_values_and_be_of_any_type(make: Make) -> None:
    api = make(
        {
            "Low": obj("level", level=enum(1, 2, kind="integer")),
            "High": obj("level", level=enum(3, kind="integer")),
            "On": obj("on", on={"type": "boolean", "enum": [True]}),
            "Off": obj("on", on={"type": "boolean", "enum": [False]}),
            "Home": obj(a=one_of(*refs("Low", "High")), b=one_of(*refs("On", "Off"))),
        }
    )
    for level, expected in ((1, "Low"), (2, "Low"), (3, "High"), (4, "Unknown"), ("1", "Unknown")):
        assert kind(api.decode("HomeA", {"level": level})) == expected
    assert [kind(api.decode("HomeB", {"on": on})) for on in (True, False, None)] == ["On", "Off", "Unknown"]
    assert api.annotations("Low") == {"level": "Literal[1, 2]"}


def test_a_tag_that_python_cannot_spell(make: Make) -> None:
    variants = {name: obj("from", **{"from": const(name), "data": const(name)}) for name in ("A", "B")}
    more = {name: obj("data", data=const(name)) for name in ("C", "D")}
    api = make({**variants, **more, "Home": obj(x=one_of(*refs("A", "B")), y=one_of(*refs("C", "D")))}, overlay={})
    assert kind(api.decode("HomeY", {"data": "D"})) == "D"
    assert api.decode("HomeY", {"data": "E"}).data == {"data": "E"}
    text = api.text("models/unknown.py")
    assert "data: Literal" not in text  # `Unknown.data` is the object itself


# --- declared discriminators


def test_a_mapping_goes_before_constants_and_is_completed_by_them(make: Make) -> None:
    plain = obj("type", type="string")
    mapping = {"kitty": "#/components/schemas/Cat", "wolf": "Wolf", "gone": "#/components/schemas/Gone"}
    pets = one_of(*refs("Cat", "Dog", "Wolf"), discriminator={"propertyName": "type", "mapping": mapping})
    api = make({"Cat": CAT, "Dog": DOG, "Wolf": plain, "Home": obj(pet=pets)})
    found = {tag: kind(api.decode("HomePet", {"type": tag})) for tag in ("kitty", "cat", "dog", "wolf", "gone")}
    assert found == {"kitty": "Cat", "cat": "Cat", "dog": "Dog", "wolf": "Wolf", "gone": "Unknown"}


def test_a_mapping_that_stays_incomplete_is_not_used(make: Make) -> None:
    mapping = {"cat": "#/components/schemas/Cat"}
    members = {"Cat": obj("claws", type="string", claws="number"), "Dog": obj("tail", type="string", tail="number")}
    pets = one_of(*refs("Cat", "Dog"), discriminator={"propertyName": "type", "mapping": mapping})
    api = make({**members, "Home": obj(pet=pets)})
    assert kind(api.decode("HomePet", {"type": "?", "tail": 1})) == "Dog"


def test_without_a_mapping_the_value_is_the_name_of_the_schema(make: Make) -> None:
    members = {name: obj("kind", kind="string") for name in ("Cat", "big dog")}
    pets = one_of(*refs("Cat", "big dog"), discriminator={"propertyName": "kind"})
    api = make({**members, "Home": obj(pet=pets)})
    assert [kind(api.decode("HomePet", {"kind": name})) for name in ("Cat", "big dog", "BigDog")] == [
        "Cat",
        "BigDog",
        "Unknown",
    ]


@pytest.mark.parametrize("broken", ["type", {}, {"propertyName": 5}, {"propertyName": "type", "mapping": ["Cat"]}])
def test_a_broken_discriminator_is_left_out(make: Make, broken: Any) -> None:
    api = make({"Cat": CAT, "Dog": DOG, "Home": obj(pet=one_of(*refs("Cat", "Dog"), discriminator=broken))})
    assert kind(api.decode("HomePet", {"type": "dog"})) == "Dog"


# --- rows, required keys, and nothing


def row(**cases: Any) -> Any:
    return {"unions": [{"why": "because", "cases": cases}]}


def test_required_keys_that_only_one_has(make: Make) -> None:
    api = make(
        {
            "A": obj("a", a="string"),
            "B": obj("b", "c", b="string", c="string"),
            "C": obj(x="string"),
            "Home": obj(u=one_of(*refs("A", "B", "C"))),
        }
    )
    found = [kind(api.decode("HomeU", data)) for data in ({"a": 1}, {"c": 1}, {"x": 1}, {})]
    assert found == ["A", "B", "C", "C"]


SAME = {name: obj(x="string", y="number") for name in ("A", "B", "C")}


def test_a_row_tells_apart_what_else_nothing_does(make: Make) -> None:
    overlay = row(A={"has": ["x"]}, B={"equals": {"y": [1, 2]}, "kinds": {"y": "number"}}, C={})
    api = make({**SAME, "Home": obj(u=one_of(*refs("A", "B", "C")))}, overlay=overlay)
    assert [kind(api.decode("HomeU", data)) for data in ({"x": 1}, {"y": 2}, {"y": 3}, {})] == ["A", "B", "C", "C"]


def test_a_row_holds_for_fewer_variants_too(make: Make) -> None:
    overlay = row(Gone={"has": ["z"]}, A={"starts": {"x": "a."}}, B={}, C={"has": ["y"]})
    api = make({**SAME, "Home": obj(u=one_of(*refs("A", "B")))}, overlay=overlay)
    assert [kind(api.decode("HomeU", data)) for data in ({"x": "a.1"}, {"x": "b", "z": 1})] == ["A", "B"]


def test_a_row_with_a_tag(make: Make) -> None:
    overlay = {"unions": [{"why": "because", "tag": "x", "cases": {"A": ["a", "aa"], "B": ["b"], "C": ["c"]}}]}
    api = make({**SAME, "Home": obj(u=one_of(*refs("A", "B")))}, overlay=overlay)
    assert [kind(api.decode("HomeU", {"x": tag})) for tag in ("a", "aa", "b", "c")] == ["A", "A", "B", "Unknown"]
    assert api.annotations("A")["x"] == "Literal['a', 'aa'] | None | Unset"


def test_what_nothing_tells_apart_stops_the_build_or_is_scored(make: Make) -> None:
    members = {"A": obj("x", "y", x="string", y="string"), "B": obj("x", x="string", y="string"), "C": obj(x="string")}
    schemas = {**members, "Home": obj(u=one_of(*refs("A", "B", "C")))}
    with pytest.raises(
        AmbiguousUnion, match=r"#/components/schemas/HomeU: nothing tells its variants apart .A, B, C.; add a row"
    ):
        make(schemas)
    api = make(schemas, strict=False)
    assert (
        "#/components/schemas/HomeU: nothing tells its variants apart, scored by required keys" in api.contract.report
    )
    for data, expected in (({"x": 1}, "B"), ({"x": 1, "y": 2}, "Unknown"), ({}, "Unknown")):
        made = api.model("Home").from_dict({"u": data})
        assert (kind(made.u), made.to_dict()) == (expected, {"u": data})


def test_a_row_that_matches_nothing_is_stale(make: Make) -> None:
    schemas = {"Cat": CAT, "Dog": DOG, "Home": obj(pet=one_of(*refs("Cat", "Dog")))}
    with pytest.raises(BuildError, match=r"overlay.yaml: unions/0 \(Gone, Lost\) matches nothing"):
        make(schemas, overlay=row(Gone={"has": ["x"]}, Lost={}))
    api = make(schemas, overlay=row(Gone={"has": ["x"]}, Lost={}), strict=False)
    assert "overlay.yaml: unions/0 (Gone, Lost) matches nothing" in api.contract.report


# --- what is one union


def test_equal_unions_in_any_order_are_written_once(make: Make) -> None:
    one, two = one_of(*refs("Cat", "Dog")), {"anyOf": refs("Dog", "Cat"), "title": "Pet"}
    api = make({"Cat": CAT, "Dog": DOG, "Home": obj(pet=one, pets=array(two)), "Zoo": obj(animal=two)})
    assert [union.name for union in api.contract.unions] == ["HomePet"]
    assert (api.contract.counts["unions"], api.contract.counts["distinct unions"]) == (3, 1)
    made = api.model("Home").from_dict({"pet": {"type": "cat"}, "pets": [{"type": "dog"}, STRANGER]})
    assert [kind(pet) for pet in (made.pet, *made.pets)] == ["Cat", "Dog", "Unknown"]


@pytest.mark.parametrize(
    "nested",
    [
        one_of(one_of(*refs("Cat")), {"anyOf": [ref("Dog"), one_of(ref("Cat"))]}),
        one_of(ref("Pet"), ref("Cat")),
        one_of({"allOf": [ref("Pet")]}, {"allOf": [ref("Pet"), {"description": "Prose."}]}),
        ref("Alias"),
        one_of(ref("Alias")),
    ],
)
def test_unions_of_unions_are_flat(make: Make, nested: Any) -> None:
    schemas = {"Cat": CAT, "Dog": DOG, "Pet": one_of(*refs("Cat", "Dog")), "Alias": ref("Pet"), "Home": obj(pet=nested)}
    api = make(schemas)
    assert [(union.name, len(union.members)) for union in api.contract.unions] == [("Pet", 2)]
    assert [kind(api.model("Home").from_dict({"pet": {"type": tag}}).pet) for tag in ("cat", "dog")] == ["Cat", "Dog"]


def test_one_member_twice_is_one_member(make: Make) -> None:
    nullable = {"allOf": [ref("Cat")], "nullable": True}
    api = make({"Cat": CAT, "Home": obj("a", a=one_of(ref("Cat"), ref("Cat")), b=one_of(ref("Cat"), nullable))})
    assert api.annotations("Home") == {"a": "Cat", "b": "Cat | None | Unset"}


def test_a_union_of_one_is_its_member(make: Make) -> None:
    api = make({"Cat": CAT, "Home": obj("pet", pet={"anyOf": [ref("Cat")]})})
    assert api.annotations("Home") == {"pet": "Cat"}


def test_members_that_are_no_models(make: Make) -> None:
    mixed = one_of(ref("Cat"), {"type": "string"}, enum("a", "b"), array(ref("Cat")), {"type": "number"}, ref("Dog"))
    api = make({"Cat": CAT, "Dog": DOG, "Home": obj(pet=mixed)})
    for value in ("x", "a", 1.5, None, {"type": "cat"}, {"type": "?"}, [{"type": "cat"}, 5], []):
        made = api.model("Home").from_dict({"pet": value})
        assert made.to_dict() == {"pet": value}
    assert kind(api.decode("HomePet", [{"type": "cat"}])[0]) == "Cat"
    assert "HomePet: TypeAlias = Cat | str | HomePetValue | list[Cat] | float | Dog | Unknown" in api.text(
        "models/home_pet.py"
    )


def test_a_model_or_an_enum(make: Make) -> None:
    api = make({"Cat": CAT, "Home": obj(pet=one_of(ref("Cat"), enum("none", "any")))})
    made = api.model("Home").from_dict({"pet": {"type": "cat"}})
    assert kind(made.pet) == "Cat"
    assert api.model("Home").from_dict({"pet": "none"}).pet == "none"
    assert api.model("HomePet") == api.model("Cat") | api.model("Unknown")


def test_several_lists_stay_as_they_are(make: Make) -> None:
    api = make({"Cat": CAT, "Dog": DOG, "Home": obj(pets=one_of(array(ref("Cat")), array(ref("Dog"))))})
    value = [{"type": "dog"}]
    made = api.model("Home").from_dict({"pets": value})
    assert made.pets == value
    assert "list[Cat] | list[Dog]" in api.text("models/home_pets.py")


def test_primitives_need_no_name(make: Make) -> None:
    api = make({"Home": obj("a", a=one_of({"type": "string"}, {"type": "number"}, array({"type": "string"})))})
    assert api.annotations("Home") == {"a": "str | float | list[str]"}
    assert api.names() == {"Home"}


def test_inline_members_are_named_by_their_constant_or_by_what_only_they_have(make: Make) -> None:
    tagged = one_of(obj("type", type=const("phone")), obj("type", type=const("web")))
    untagged = one_of(
        obj("both", "left", both="string", left="string"), obj("both", "right", both="string", right="string")
    )
    api = make({"Call": obj(a=tagged, b=untagged)})
    assert api.names() == {"Call", "CallA", "CallAPhone", "CallAWeb", "CallB", "CallBLeft", "CallBRight"}
    assert kind(api.decode("CallB", {"both": "", "right": ""})) == "CallBRight"


def test_unions_in_operations(make: Make) -> None:
    either = one_of(*refs("Cat", "Dog"))
    paths = {"/pet": {"post": operation(body=either, returns=either)}, "/pet/{id}": {"get": operation(returns=either)}}
    api = make({"Cat": CAT, "Dog": DOG}, paths)
    assert [union.name for union in api.contract.unions] == ["Pet"]
    operation_ = api.module("api.pets")._CREATE
    assert kind(operation_.returns({"type": "dog"})) == "Dog"
    assert operation_.model == "Pet"
    assert list(api.signature("pets.create")) == ["request"]


def test_variants_narrow_for_mypy(make: Make) -> None:
    api = make({"Cat": CAT, "Dog": DOG, "Home": obj("pet", pet=one_of(*refs("Cat", "Dog")))})
    assert "HomePet: TypeAlias = Cat | Dog | Unknown" in api.text("models/home_pet.py")
    assert api.annotations("Home") == {"pet": "HomePet"}
