"""Names of fields, classes and modules: whatever the document calls things, none hides another or what made it."""

from __future__ import annotations

import keyword
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings, strategies as st

from codegen.document import reference, referred
from codegen.errors import BuildError
from codegen.identifiers import class_name, pascal, plural, singular, snake, unique
from tests.codegen.conftest import Make
from tests.codegen.mini import array, const, enum, obj, one_of, operation, parameter, ref, refs

AWKWARD = [
    *("list", "self", "cls", "to_dict", "from_dict", "get", "additional_properties", "additionalProperties", "data"),
    *("str", "int", "float", "bool", "dict", "bytes", "datetime", "classmethod", "Any", "Literal", "UNSET", "Unset"),
    *("from", "class", "async", "None", "True", "match", "type", "_", "__init__", "__class__", "_wire", "__slots__"),
    *(
        "fooBar",
        "foo_bar",
        "FooBar",
        "foo-bar",
        "foo bar",
        "foo__bar",
        "",
        "ж",
        "1st",
        "é",
        "rest",
        "take",
        "timestamp",
    ),
    *("nested", "items", "union", "values", "define", "Model", "Mapping", "ClassVar", "Self", "super", "property"),
]


def test_fields_of_any_name_are_kept_apart(make: Make) -> None:
    stamp = {"type": "string", "format": "date-time"}
    fields: dict[str, Any] = dict.fromkeys(AWKWARD, "string") | {"timestamp": stamp, "items": array(ref("Call"))}
    model = make({"Call": obj(*AWKWARD[:3], **fields)}).model("Call")
    assert list(model._wire.values()) == AWKWARD
    data = {name: f"<{name}>" for name in AWKWARD} | {"items": [{"list": "x"}]}
    made = model.from_dict(data)
    assert made.to_dict() == data
    assert (made.foo_bar, made.foo_bar_, made.foo_bar_2) == ("<fooBar>", "<foo_bar>", "<FooBar>")
    assert made.additional_properties == {}
    assert made.list_ == made["list"] == "<list>"
    assert type(made.items[0]) is model


def test_a_field_that_takes_the_place_of_another_key_loses_nothing(make: Make) -> None:
    model = make({"Call": obj(**{"from": "string"})}).model("Call")
    data = {"from": "1", "from_": "2", "additional_properties": {"a": 3}}
    assert model.from_dict(data).to_dict() == data


TAKEN = [
    *("Unknown", "Model", "Any", "Literal", "Mapping", "Resource", "Self", "TypeAlias", "Unset", "UNSET"),
    *("VARIANTS", "Tagged", "Case", "Cases", "Scored", "Operation", "ListOperation", "Pager", "Window", "Sequence"),
    *("Unpack", "RequestOptions", "FileInput", "UnknownVariant", "Namespace", "Resources", "TYPE_CHECKING"),
]


@pytest.mark.parametrize("name", TAKEN)
def test_a_schema_never_takes_a_name_that_generated_code_uses(make: Make, name: str) -> None:
    schemas = {
        name: obj("x", x="string"),
        "Other": obj("y", y="string"),
        "Call": obj(a=ref(name), b=one_of(*refs(name, "Other"))),
    }
    paths = {
        "/thing": {
            "get": operation(
                parameter("at", schema={"type": "string", "format": "date-time"}), returns=array(ref(name))
            )
        },
        "/thing/{id}": {"patch": operation(body=ref("Call"), returns=ref(name))},
    }
    api = make(schemas, paths)
    made = api.model("Call").from_dict({"a": {"x": "1"}, "b": {"x": "2"}})
    assert type(made.a) is type(made.b) is api.model(f"{name}_")
    assert made.a._schema == name
    assert api.decode("CallB", {}).__class__.__name__ == "Unknown"
    assert len(api.resource("things").list(at=None)) == 2


def test_a_schema_that_attrs_would_take_for_a_class_variable(make: Make) -> None:
    names = ["ClassVar", "ClassVariable"]
    api = make({**{name: obj("x", x="string") for name in names}, "Call": obj(**{name: ref(name) for name in names})})
    assert api.names() == {"Call", "SchemaClassVar", "SchemaClassVariable"}
    made = api.model("Call").from_dict({name: {"x": name} for name in names})
    assert (made.class_var.x, made.class_variable.x) == ("ClassVar", "ClassVariable")


def test_builtins_and_lower_case_names_become_class_names(make: Make) -> None:
    names = ["str", "list", "dict", "property", "id", "call", "foo_bar", "class", "None", "datetime"]
    api = make({**{name: obj("id", id=ref("id"), list=ref(name)) for name in names}, "id": obj(x="string")})
    assert api.names() == {"Str", "List", "Dict", "Property", "Id", "Call", "FooBar", "Class", "None_", "Datetime"}
    for name in names:
        made = api.model(class_name(name)).from_dict({"id": {"x": "1"}, "list": {"id": {}}})
        assert made.to_dict() == {"id": {"x": "1"}, "list": {"id": {}}}


def test_schema_names_that_are_no_identifiers(make: Make) -> None:
    names = ["call list", "Call.Item", "Foo<Bar>", "9lives", "../../etc", "a-b-c", "Ünder"]
    api = make(
        {**{name: obj(x="string") for name in names}, "All": obj(**{f"f{i}": ref(n) for i, n in enumerate(names)})}
    )
    assert api.names() == {"All", "CallList", "CallItem", "FooBar", "N9Lives", "Etc", "ABC", "Under"}
    assert api.model("CallList")._schema == "call list"
    made = api.model("All").from_dict({f"f{index}": {"x": "1"} for index in range(len(names))})
    assert {type(getattr(made, f"f{index}"))._schema for index in range(len(names))} == {*names}


def test_schemas_that_would_be_one_class_stop_the_build(make: Make) -> None:
    with pytest.raises(BuildError, match="#/components/schemas/call-item: is class CallItem, like another"):
        make({"call-item": obj(x="string"), "CallItem": obj(x="string")})


def test_module_names_are_kept_apart(make: Make) -> None:
    names = ["ToolCall", "Toolcall", "Tool_Call", "TOOLCALL", "Unknown_", "Parameters", "Init"]
    api = make({name: obj("x", x=const(name)) for name in names})
    files = sorted(path.name for path in (api.folder / "models").glob("*.py"))
    assert len({name.lower() for name in files}) == len(files)
    assert {api.model(name)().x for name in names} == {*names}


@pytest.mark.parametrize("name", ["Getattr", "ImportModule", "Globals", "Hasattr", "Sorted", "Str", "Annotations"])
def test_a_module_never_hides_what_its_package_is_written_with(make: Make, name: str) -> None:
    api = make({name: obj(x="string"), "Call": obj(a=ref(name)), "Later": obj(x="string")})
    assert type(api.model("Call").from_dict({"a": {"x": "1"}}).a) is api.model(name)
    assert api.model("Later")().to_dict() == {}
    assert {name, "Later"} <= {*dir(api.models)}


def test_a_list_of_one_model_is_not_another_model(make: Make) -> None:
    schemas = {
        "Call": obj("x", x="string"),
        "CallList": obj("calls", calls=array(ref("Call"))),
        "CallMap": obj(x="string"),
        "Foo_Bar": obj(x="string"),
        "FooBar": obj(x="string"),
        "All": obj(
            a=ref("CallList"),
            b=array(ref("Call")),
            c=ref("CallMap"),
            d={"additionalProperties": ref("Call"), "type": "object"},
        )
        | {},
        "Both": obj(a=ref("Foo_Bar"), b=ref("FooBar")),
    }
    api = make(schemas)
    made = api.model("All").from_dict({"a": {"calls": [{}]}, "b": [{}], "c": {}, "d": {"x": {}}})
    kinds = [type(thing).__name__ for thing in (made.a, made.a.calls[0], made.b[0], made.c, made.d["x"])]
    assert kinds == ["CallList", "Call", "Call", "CallMap", "Call"]
    both = api.model("Both").from_dict({"a": {}, "b": {}})
    assert (type(both.a).__name__, type(both.b).__name__) == ("Foo_Bar", "FooBar")


@pytest.mark.parametrize("order", [1, -1])
def test_names_do_not_depend_on_the_order_of_schemas(make: Make, order: int) -> None:
    schemas = {
        "ToolCall": obj(kind=enum("a", "b"), of=one_of(*refs("Leaf", "Tool_Call"))),
        "Tool_Call": obj("y", y="string", kind=enum("a", "b"), plan=obj(x="string")),
        "Leaf": obj("z", z="string", kind=enum("c", "d"), plan=obj(x="string")),
    }
    api = make(dict(list(schemas.items())[::order]))
    assert dict(api.models._MODULES) == {
        "Leaf": "leaf",
        "LeafKind": "leaf",
        "LeafPlan": "leaf_plan",
        "ToolCall": "tool_call",
        "ToolCallKind": "tool_call",
        "ToolCallOf": "tool_call_of",
        "Tool_Call": "tool_call_",
        "Unknown": "unknown",
    }


def test_long_names_are_cut_and_still_apart(make: Make) -> None:
    long = "Name" * 2_500
    fields = {f"{long}{index}": enum(f"{index}", "x") for index in range(40)}
    deep: Any = obj(x="string")
    for _ in range(20):
        deep = obj(**{long: deep})
    api = make({long: obj(**fields), "Deep": deep})
    assert all(len(name) < 140 for name in api.names())
    assert all(len(path.name) < 140 for path in api.folder.rglob("*"))
    data = dict.fromkeys(fields, "1")
    assert api.model(class_name(long)).from_dict(data).to_dict() == data


@pytest.mark.parametrize(
    ("wire", "attribute", "class_"),
    [
        ("createdAtGe", "created_at_ge", "CreatedAtGe"),
        ("phoneNumberId", "phone_number_id", "PhoneNumberId"),
        ("serverUrlSecret", "server_url_secret", "ServerUrlSecret"),
        ("numberE164CheckEnabled", "number_e164_check_enabled", "NumberE164CheckEnabled"),
        ("messagesOpenAIFormatted", "messages_open_ai_formatted", "MessagesOpenAIFormatted"),
        ("URLs", "urls", "URLs"),
        ("X-Custom-Header", "x_custom_header", "XCustomHeader"),
        ("11labs", "n11_labs", "N11Labs"),
        ("from", "from_", "From"),
        ("___", "unnamed", "N"),
    ],
)
def test_words(wire: str, attribute: str, class_: str) -> None:
    assert (snake(wire), pascal(wire)) == (attribute, class_)


@pytest.mark.parametrize("name", [*keyword.kwlist, *keyword.softkwlist])
def test_no_identifier_is_a_keyword(name: str) -> None:
    assert not {snake(name), pascal(name), class_name(name)} & {*keyword.kwlist}


def test_unique_names_cost_no_more_than_their_number() -> None:
    names = unique(["x"] * 20_000, frozenset({"x"}))
    assert (len({*names}), names[:3], names[-1]) == (20_000, ["x_", "x_2", "x_3"], "x_20000")


@pytest.mark.parametrize("word", ["call", "box", "bus", "branch", "policy", "key", "s", "analysis", "series"])
def test_the_plural_of_a_plural_is_itself(word: str) -> None:
    assert plural(singular(plural(word))) == plural(word)
    assert singular(word)


@settings(derandomize=True, database=None, deadline=None)
@given(name=st.text() | st.lists(st.sampled_from(["~", "/", "%", "~1", "%20", "%2F", "a", "\ud800"])).map("".join))
def test_a_reference_leads_to_its_schema_whatever_its_name(name: str) -> None:
    """A reader that follows RFC 6901 in a URI's fragment finds the schema, and so does ours."""
    node: Any = {"components": {"schemas": {name: "found"}}}
    for token in unquote(reference(name)).removeprefix("#/").split("/"):
        node = node[token.replace("~1", "/").replace("~0", "~")]
    assert node == "found"
    assert referred(reference(name)) == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("#/components/schemas/Call", "Call"),
        ("#/components/schemas/a~1b~0c%25", "a/b~c%"),
        ("#/components/schemas/~01", "~1"),
        ("#/components/schemas/a%20b%C3%A9", "a b\u00e9"),
        ("#/components/parameters/Call", ""),
        ("other.json#/components/schemas/Call", ""),
        ("", ""),
    ],
)
def test_which_schema_a_reference_names(written: str, name: str) -> None:
    assert referred(written) == name
