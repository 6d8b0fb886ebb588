"""Enums: one name for equal values, open to other values, and never two things under one name."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from tests.codegen.conftest import Make
from tests.codegen.mini import array, enum, obj, one_of, operation, parameter, ref


def test_an_enum_is_named_by_its_place_and_open(make: Make) -> None:
    api = make({"Call": obj("status", status=enum("queued", "ended"))})
    assert api.annotations("Call") == {"status": "CallStatus"}
    literal, other = get_args(api.model("CallStatus"))
    assert (get_args(literal), other) == (("queued", "ended"), str)
    assert api.model("Call").from_dict({"status": "new"}).status == "new"


def test_equal_values_in_any_order_are_one_enum(make: Make) -> None:
    kinds = [enum("a", "b"), enum("b", "a"), array(enum("a", "b"))]
    api = make({"Call": obj(one=kinds[0], two=kinds[1]), "Squad": obj(many=kinds[2])})
    assert api.names() == {"Call", "Squad", "CallOne"}
    assert api.annotations("Squad") == {"many": "list[CallOne] | None | Unset"}


def test_two_enums_that_want_one_name_get_two(make: Make) -> None:
    api = make({"Call": obj(fooBar=enum("a", "b"), foo_bar=enum("c", "d"))})
    assert {*get_args(get_args(api.model("CallFooBar"))[0])} == {"a", "b"}
    assert {*get_args(get_args(api.model("CallFooBarValue"))[0])} == {"c", "d"}


def test_any_number_of_things_may_want_one_name(make: Make) -> None:
    fields = {f"foo{'-' * index}bar": enum(f"x{index}", "y") for index in range(30)}
    assert len(make({"Call": obj(**fields)}).names()) == 31


def test_an_enum_never_takes_the_name_of_a_schema(make: Make) -> None:
    api = make({"Call": obj(status=enum("a", "b")), "CallStatus": obj(x="string")})
    assert api.names() == {"Call", "CallStatus", "CallStatusValue"}
    assert api.model("CallStatus").from_dict({"x": "1"}).x == "1"


def test_an_enum_named_like_a_schema_that_is_no_identifier(make: Make) -> None:
    api = make({"Call": obj(status=enum("a", "b")), "call-status": obj(x="string")})
    assert api.names() == {"Call", "CallStatus", "CallStatusValue"}


def test_of_many_owners_the_preferred_one_lends_its_name(make: Make) -> None:
    schemas = {"Ab": obj(k=enum("x", "y")), "Assistant": obj(k=enum("x", "y"))}
    assert "AbK" in make(schemas).names()
    assert "AssistantK" in make(schemas, overlay={"owners": ["Assistant"]}).names()


def test_an_enum_beside_any_string_is_that_enum(make: Make) -> None:
    api = make({"Call": obj("voice", voice=one_of(enum("a", "b"), {"type": "string"}))})
    assert api.annotations("Call") == {"voice": "CallVoice"}


def test_several_enums_of_strings_are_one(make: Make) -> None:
    either = {"anyOf": [enum("c", "d"), {"type": "string"}, enum("e")]}
    api = make({"Call": obj("a", a=enum("a", "b"), b=one_of(enum("a", "b"), either))})
    assert api.names() == {"Call", "CallA", "CallB"}
    assert get_args(get_args(api.model("CallB"))[0]) == ("a", "b", "c", "d", "e")


def test_an_enum_merged_into_another_stays_where_it_is_used_as_it_is(make: Make) -> None:
    merged = {"foo_bar": one_of(enum("a", "b"), enum("c", "d"))}
    api = make({"Call": obj("fooBar", "foo_bar", fooBar=enum("a", "b"), **merged)})
    values = {name: get_args(get_args(api.model(name))[0]) for name in api.annotations("Call").values()}
    assert sorted(values.values()) == [("a", "b"), ("a", "b", "c", "d")]


@pytest.mark.parametrize(
    ("kind", "values", "spelled"),
    [
        ("integer", [1, 2], "Literal[1, 2] | float | str"),
        ("boolean", [True, False], "Literal[True, False] | float | str"),
        ("number", [0.5, 1.5], "float | float | str"),
        ("number", [1, 1.5], "Literal[1] | float | str"),
        ("string", ["1", "2"], "Literal['1', '2'] | str"),
    ],
)
def test_values_that_are_no_strings(make: Make, kind: str, values: list[Any], spelled: str) -> None:
    api = make({"Call": obj("k", k=enum(*values, kind=kind))})
    assert f"CallK: TypeAlias = {spelled}\n".replace("'", '"') in api.text("models/call.py")
    for value in [*values, 7]:
        assert api.model("Call").from_dict({"k": value}).to_dict() == {"k": value}


def test_one_and_true_are_two_values(make: Make) -> None:
    api = make({"Call": obj("k", k={"enum": [1, True, "1"]})})
    assert [(type(value), value) for value in get_args(get_args(api.model("CallK"))[0])] == [
        (int, 1),
        (bool, True),
        (str, "1"),
    ]


def test_enums_of_different_types_in_one_place_are_told_apart_by_their_type(make: Make) -> None:
    api = make({"Call": obj("v", v=one_of(enum(1, 2, kind="number"), enum("1", "latest")))})
    assert api.annotations("Call") == {"v": "CallVNumber | CallV"}


def test_an_enum_on_an_array_belongs_to_its_items(make: Make) -> None:
    api = make({"Call": obj("all", all={"type": "array", "items": {"type": "string"}, "enum": ["a", "b"]})})
    assert api.annotations("Call") == {"all": "list[CallAllItem]"}


def test_strings_as_enum_of_an_object_are_strings(make: Make) -> None:
    api = make({"Call": obj("p", p={"type": "object", "enum": ["a", "b"]})})
    assert api.annotations("Call") == {"p": "CallP"}


def test_an_enum_of_objects_is_anything(make: Make) -> None:
    api = make({"Call": obj("p", "q", p={"enum": [{"a": 1}, [2]]}, q={"const": {"a": 1}})})
    assert api.annotations("Call") == {"p": "Any", "q": "Any"}


def test_enums_of_parameters_have_a_module_of_their_own(make: Make) -> None:
    wanted = parameter("order", schema=enum("up", "down"))
    api = make({"Call": obj(x="string")}, {"/call": {"get": operation(wanted, returns=array(ref("Call")))}})
    assert api.names() == {"Call", "ListCallOrder"}
    assert get_args(api.module("models.parameters").ListCallOrder)[1] is str


def test_values_keep_every_character(make: Make) -> None:
    values = [
        "it's",
        'a "b"',
        "back\\slash",
        "new\nline",
        "emoji 😀",
        "ü",
        "\u202e",
        "\x1b[31m",
        "{x}",
        "\ud800",
        "'''",
        '"""',
    ]
    api = make({"Call": obj("k", k=enum(*values), one=enum(values[4]))})
    assert list(get_args(get_args(api.model("CallK"))[0])) == values
    assert api.text("models/call.py").isascii()
