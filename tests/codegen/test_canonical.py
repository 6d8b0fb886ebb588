"""The canonical form itself: what counts as one enum, and which components are models."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from codegen.canonical import Canonical, CanonicalError, canonical
from codegen.document import main_media, referred
from codegen.ledger import Ledger
from codegen.naming import OperationName
from codegen.report import Report
from tests.codegen.mini import array, const, document, enum, obj, one_of, operation, parameter, ref


def made_of(schemas: Any) -> Canonical:
    return canonical(document(schemas, {}), {}, Report())


def test_enums_are_counted_by_type_and_values_whatever_their_order() -> None:
    fields = {
        "a": enum("x", "y"),
        "b": enum("y", "x", "x"),
        "c": enum(1, 2, kind="integer"),
        "d": enum(1, 2, kind="number"),
        "e": const("x"),
    }
    found = made_of({"Thing": obj(**fields)})
    assert (found.enums, found.distinct_enums) == (5, 4)
    assert found.kinds == {"Thing": "model", "ThingA": "enum", "ThingC": "enum", "ThingD": "enum"}


@pytest.mark.parametrize(
    "beside",
    [
        ref("Base"),
        one_of(ref("Base"), ref("Other")),
        {"anyOf": [ref("Base"), ref("Other")]},
        {"enum": ["a", "b"]},
    ],
    ids=["$ref", "oneOf", "anyOf", "enum"],
)
def test_what_has_properties_too_is_no_model_of_its_own(beside: Any) -> None:
    schemas = {"Base": obj(a="string"), "Other": obj(b="string"), "Odd": obj(x="string") | beside}
    found = made_of({**schemas, "Holder": obj(odd=ref("Odd"))})
    assert found.kinds.get("Odd") != "model"
    assert {name for name, kind in found.kinds.items() if kind == "model"} == {"Base", "Other", "Holder"}


# --- what a field becomes, and which components come of it

S, N = {"type": "string"}, {"type": "number"}
BASES = {"A": obj(a="string"), "B": obj("b", b="string")}


def model(*required: str, **fields: Any) -> Any:
    """An object as it stands in the canonical form."""
    return {**obj(**fields), "required": [*required]}


@pytest.mark.parametrize(
    ("field", "expected", "made"),
    [
        ({}, {}, {}),
        ({**S, "format": "uuid", "default": "x", "nullable": True, "minLength": 3, "title": "T", "example": "y"},
         {**S, "format": "uuid", "default": "x", "nullable": True, "minLength": 3}, {}),
        ({"type": "object"}, {"type": "object", "additionalProperties": {}}, {}),
        ({"type": "object", "additionalProperties": True}, {"type": "object", "additionalProperties": {}}, {}),
        ({"type": "object", "additionalProperties": {}}, {"type": "object", "additionalProperties": {}}, {}),
        ({"type": "object", "additionalProperties": False},
         {"type": "object", "additionalProperties": {}, "x-closed": True}, {}),
        ({"type": "object", "additionalProperties": obj(y="string")},
         {"type": "object", "additionalProperties": ref("ThingXValue")}, {"ThingXValue": model(y="string")}),
        (array(obj("y", y="string")), array(ref("ThingXItem")), {"ThingXItem": model("y", y="string")}),
        ({**obj("y", "gone", y="string"), "additionalProperties": False}, ref("ThingX"),
         {"ThingX": {**model("y", y="string"), "x-closed": True}}),
        ({**obj(y="string"), "additionalProperties": N}, ref("ThingX"),
         {"ThingX": {**model(y="string"), "additionalProperties": N}}),
        ({**obj(y="string"), "additionalProperties": {}}, ref("ThingX"), {"ThingX": model(y="string")}),
        # Enums
        (enum("b", "a", "b"), ref("ThingX"), {"ThingX": enum("b", "a")}),
        (enum(1, 2, kind="number"), ref("ThingX"), {"ThingX": enum(1, 2, kind="number")}),
        ({"enum": ["a", "b"]}, ref("ThingX"), {"ThingX": enum("a", "b")}),
        (const("a"), const("a"), {}),
        # Unions of no models stay where they are
        (one_of(S, N), one_of(S, N), {}),
        ({"anyOf": [S, N]}, one_of(S, N), {}),
        (one_of(S, S), S, {}),
        (one_of({**S, "nullable": True}, N), one_of(S, N, nullable=True), {}),
        (one_of({**S, "minLength": 2}, {**array({**N, "minimum": 1}), "maxItems": 3}, {**S, "format": "uuid"}),
         one_of(S, array({**N, "minimum": 1}), {**S, "format": "uuid"},
                **{"x-limits": {"string": {"format": "uuid"}, "array": {"maxItems": 3}, "array[]": {"minimum": 1}}}),
         {}),
        # Strings beside enums of strings
        (one_of(const("a"), const("b")), ref("ThingX"), {"ThingX": enum("a", "b")}),
        (one_of(const("a"), S), {**ref("ThingX"), "x-open": True}, {"ThingX": const("a")}),
        (one_of(S, enum("a", "b")), {**ref("ThingX"), "x-open": True}, {"ThingX": enum("a", "b")}),
        (one_of(enum("a", "b"), enum("c")), ref("ThingX"), {"ThingX": enum("a", "b", "c")}),
        (one_of({**S, "format": "uuid"}, {**S, "format": "email"}),
         {**S, "x-limits": {"string": {"format": "email"}}}, {}),
        (one_of(enum("a", "b"), N), one_of(ref("ThingX"), N), {"ThingX": enum("a", "b")}),
        # Unions of models
        (one_of(ref("A")), ref("A"), {}),
        (one_of(ref("A"), ref("B"), discriminator={"propertyName": "t"}), ref("ThingX"),
         {"ThingX": one_of(ref("A"), ref("B"), discriminator={"propertyName": "t"})}),
        (one_of(array(ref("A")), N), ref("ThingX"), {"ThingX": one_of(array(ref("A")), N)}),
        (one_of(obj(c="string"), N), ref("ThingX"),
         {"ThingX": one_of(ref("ThingXC"), N), "ThingXC": model(c="string")}),
        (one_of({"type": "object", "additionalProperties": ref("A")}, N), ref("ThingX"),
         {"ThingX": one_of({"type": "object", "additionalProperties": ref("A")}, N)}),
        (one_of(obj(c="string"), obj(c="string", d="number"), obj(t=const("cat"), c="string"), ref("A")), ref("ThingX"),
         {"ThingX": one_of(ref("ThingXObject"), ref("ThingXD"), ref("ThingXCat"), ref("A")),
          "ThingXObject": model(c="string"), "ThingXD": model(c="string", d="number"),
          "ThingXCat": model(t=const("cat"), c="string")}),
        (one_of(enum(1, 2, kind="number"), array(enum("a", "b")), ref("A")), ref("ThingX"),
         {"ThingX": one_of(ref("ThingXNumber"), array(ref("ThingXItem")), ref("A")),
          "ThingXNumber": enum(1, 2, kind="number"), "ThingXItem": enum("a", "b")}),
        # allOf
        ({"allOf": [ref("A")], "default": 1}, {**ref("A"), "default": 1}, {}),
        ({"allOf": [{}, ref("A")]}, ref("A"), {}),
        ({"allOf": [ref("A")], "properties": {"z": S}, "required": ["z", "gone"]}, ref("ThingX"),
         {"ThingX": model("z", a="string", z="string")}),
        ({"allOf": [ref("A"), ref("B")]}, ref("ThingX"), {"ThingX": model("b", a="string", b="string")}),
        ({"allOf": [ref("A"), {"additionalProperties": N}]}, ref("AMap"),
         {"AMap": {**model(a="string"), "additionalProperties": N}}),
        ({"allOf": [ref("A")], "additionalProperties": N}, ref("AMap"),
         {"AMap": {**model(a="string"), "additionalProperties": N}}),
        ({"allOf": [ref("A")], "additionalProperties": {}}, ref("A"), {}),
        ({"allOf": [ref("A"), {"additionalProperties": N, "required": ["a"]}]}, ref("ThingX"),
         {"ThingX": {**model("a", a="string"), "additionalProperties": N}}),
    ],
)  # fmt: skip
def test_what_a_field_becomes(field: Any, expected: Any, made: Any) -> None:
    report = Report()
    schemas = canonical(document({"Thing": obj(x=field), **BASES}, {}), {}, report).document["components"]["schemas"]
    assert report.lines == []
    assert schemas.pop("Thing") == model(x=expected)
    assert schemas == {"A": model(a="string"), "B": model("b", b="string"), **made}


@pytest.mark.parametrize(
    ("component", "kind", "stands"),
    [
        (obj(), "model", None),
        ({"type": "object"}, "model", None),
        ({"type": "object", "additionalProperties": False}, "model", None),
        ({"properties": {"a": S}}, "model", None),
        ({"allOf": [ref("A"), obj(z="string")]}, "model", None),
        ({"allOf": [ref("A")]}, None, ref("A")),
        ({"type": "object", "additionalProperties": N}, None, {"type": "object", "additionalProperties": N}),
        (ref("A"), None, ref("A")),
        (S, None, S),
        (array(ref("A")), None, array(ref("A"))),
        (enum("a", "b"), "enum", None),
        (one_of(ref("A"), ref("B")), "union", None),
        ({"anyOf": [ref("A"), ref("B")]}, "union", None),
    ],
)
def test_which_components_are_types_of_their_own(component: Any, kind: str | None, stands: Any) -> None:
    found = made_of({"Odd": component, "Thing": obj(x=ref("Odd")), **BASES})
    assert found.kinds.get("Odd") == kind
    expected = ref("Odd") if stands is None else stands
    assert found.document["components"]["schemas"]["Thing"] == model(x=expected)


def test_a_component_of_several_parts_has_the_fields_of_all() -> None:
    both = {"allOf": [ref("A"), obj("b", b="string")], **obj("z", z="string"), "additionalProperties": N}
    found = made_of({"Both": both, **BASES})
    expected = model("b", "z", a="string", b="string", z="string") | {"additionalProperties": N}
    assert found.document["components"]["schemas"]["Both"] == expected


@pytest.mark.parametrize("inner", [one_of(ref("B")), {"anyOf": [ref("B")]}])
def test_the_fields_of_a_union_within_all_of_are_optional_and_it_is_reported(inner: Any) -> None:
    report = Report()
    schemas = {"Thing": obj(x={"allOf": [ref("A"), inner]}), **BASES}
    found = canonical(document(schemas, {}), {}, report)
    assert found.document["components"]["schemas"]["ThingX"] == model(a="string", b="string")
    assert list(map(str, report.lines)) == ["ThingX: union within allOf, the fields of its variants read as optional"]


@pytest.mark.parametrize(
    "reach",
    [
        ref("U"),
        {"allOf": [ref("U")]},
        {"allOf": [{"allOf": [ref("U")]}]},
        one_of(ref("U")),
        one_of(ref("A"), ref("Alias"), ref("U")),
    ],
)
@pytest.mark.parametrize("nullable", [{}, {"nullable": True}])
def test_unions_within_unions_are_one(reach: Any, nullable: Any) -> None:
    schemas = {"U": one_of(ref("A"), ref("B")), "Alias": ref("U"), "Thing": obj(x=one_of({**reach, **nullable}, N))}
    found = made_of({**schemas, **BASES}).document["components"]["schemas"]
    assert found["ThingX"] == one_of(ref("A"), ref("B"), N)
    assert found["Thing"] == model(x={**ref("ThingX"), **nullable})


def test_unions_that_hold_each_other_are_one() -> None:
    loop = {"U": one_of(ref("V"), ref("A")), "V": one_of(ref("U"), ref("B"))}
    found = made_of({"Thing": obj(x=one_of(ref("U"), N)), **loop, **BASES}).document["components"]["schemas"]
    assert found["ThingX"] == one_of(ref("B"), ref("A"), N)


def test_references_in_a_circle_are_anything() -> None:
    report = Report()
    circle = {"One": ref("Two"), "Two": ref("One")}
    source = document({"Thing": obj(x=one_of(ref("One"), N)), **circle, **BASES}, {})
    found = canonical(source, {}, report).document["components"]["schemas"]
    assert found["Thing"] == model(x=one_of({}, N))
    assert "#/components/schemas/One: refers to itself without an object between, read as anything" in [
        *map(str, report.lines)
    ]


def test_components_that_are_one_union_keep_both_names() -> None:
    found = made_of({"U": one_of(ref("A"), ref("B")), "V": one_of(ref("B"), ref("A")), **BASES})
    assert {name for name, kind in found.kinds.items() if kind == "union"} == {"U"}
    assert found.aliases == {"V": ref("U")}


def test_a_name_that_was_given_leads_to_whatever_stands_in_its_place() -> None:
    ledger = Ledger({"Shade": ("Thing.shade",), "Tone": ("Thing.tone",), "Gone": ("Thing.gone",)})
    schemas = {"Thing": obj(shade={**S, "format": "uuid"}, tone=enum("a", "b"), other="number")}
    found = canonical(document(schemas, {}), {}, Report(), ledger=ledger)
    assert found.aliases == {"Shade": {**S, "format": "uuid"}}
    assert found.kinds == {"Thing": "model", "Tone": "enum"}


def test_a_union_that_may_be_null_makes_what_holds_it_so() -> None:
    schemas = {"U": one_of(ref("A"), ref("B"), nullable=True), "Thing": obj(x=one_of(ref("U"), N))}
    found = made_of({**schemas, **BASES}).document["components"]["schemas"]
    assert found["Thing"] == model(x={**ref("ThingX"), "nullable": True})


@pytest.mark.parametrize(
    ("loop", "stands"),
    [
        ({"U": one_of(ref("U"), ref("A"))}, one_of({}, ref("A"))),
        ({"U": one_of(array(ref("U")), ref("A"))}, one_of(array({}), ref("A"))),
    ],
)
def test_a_union_of_itself_ends(loop: Any, stands: Any) -> None:
    report = Report()
    found = canonical(document({"Thing": obj(x=ref("U")), **loop, **BASES}, {}), {}, report)
    assert found.document["components"]["schemas"]["U"] == stands
    line = "#/components/schemas/U: refers to itself without an object between, read as anything"
    assert {*map(str, report.lines)} == {line}


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (ref("Gone"), {"x-dangling": True}),
        (one_of(ref("Gone"), N), N),
        (one_of(ref("Gone")), {}),
        (one_of(ref("Gone"), ref("A")), ref("A")),
        (array(ref("Gone")), array({"x-dangling": True})),
    ],
)
def test_a_reference_that_leads_nowhere_is_an_error_or_anything(field: Any, expected: Any) -> None:
    source = document({"Thing": obj(x=field), **BASES}, {})
    with pytest.raises(CanonicalError, match="'#/components/schemas/Gone' leads to no schema of the document"):
        canonical(source, {}, Report())
    report = Report()
    found = canonical(source, {}, report, strict=False)
    assert found.document["components"]["schemas"]["Thing"] == model(x=expected)
    (line,) = map(str, report.lines)
    assert line.endswith("reference '#/components/schemas/Gone' leads to no schema of the document, read as anything")


def test_references_that_multiply_each_other_are_refused() -> None:
    chain = {f"U{n}": {"type": "object", "additionalProperties": one_of(array(ref(f"U{n + 1}")), ref(f"U{n + 1}"))}
             for n in range(40)}  # fmt: skip
    with pytest.raises(CanonicalError, match="references multiply each other beyond all measure"):
        made_of({**chain, "U40": N, "Thing": obj(x=ref("U0"))})


def test_equal_things_are_one_and_counted_once() -> None:
    fields = {
        "a": one_of(ref("A"), ref("B")),
        "b": one_of(ref("B"), ref("A")),
        "c": one_of(ref("A"), {**ref("B"), "default": 1}),
        "d": one_of(ref("A"), N),
        "e": obj(q="string", r="number"),
        "f": {**obj(r="number", q="string"), "additionalProperties": False},
    }
    found = made_of({"Thing": obj(**fields), **BASES})
    assert (found.unions, found.distinct_unions) == (4, 2)
    schemas = found.document["components"]["schemas"]
    assert schemas["Thing"]["properties"] == {
        **dict.fromkeys("abc", ref("ThingA")), "d": ref("ThingD"), **dict.fromkeys("ef", ref("ThingE")),
    }  # fmt: skip
    assert found.kinds == {
        **dict.fromkeys(("A", "B", "Thing", "ThingE"), "model"), "ThingA": "union", "ThingD": "union",
    }  # fmt: skip


def test_operations_are_brought_into_form_wherever_they_hold_schemas() -> None:
    listed = parameter("mode", schema=enum("a", "b"))
    post = operation(listed, body=obj(x=enum("a", "c")), returns=array(obj(y="string")))
    source = document(BASES, {"/thing": {"post": post}, "/plain": {"get": {"responses": {}}}})
    before = deepcopy(source)
    names = {
        ("post", "/thing"): OperationName("", "things", "create"),
        ("get", "/plain"): OperationName("", "plain", "list"),
    }
    found = canonical(source, names, Report())
    assert source == before
    made = found.document["paths"]["/thing"]["post"]
    shown = (made["parameters"][0]["schema"], main_media(made["requestBody"]), main_media(made["responses"]["200"]))
    assert all("$ref" in (node.get("items") or node) for node in shown)
    kinds = [found.kinds[referred((node.get("items") or node)["$ref"])] for node in shown]
    assert kinds == ["enum", "model", "model"]
    assert found.document["paths"]["/plain"] == {"get": {"responses": {}}}


@pytest.mark.parametrize(
    "fields",
    [
        obj(a="string"),
        {"properties": {"a": S}},
        {**obj(a="string"), "additionalProperties": N},
        {"allOf": [ref("A"), obj(z="string")]},
        {"allOf": [ref("A")], "properties": {"z": S}},
    ],
)
def test_components_stay_two_models_however_equal_they_are(fields: Any) -> None:
    found = made_of({"One": fields, "Two": deepcopy(fields), **BASES})
    assert {name for name, kind in found.kinds.items() if kind == "model"} == {"One", "Two", "A", "B"}
    assert found.aliases == {}


def test_a_large_document_has_room() -> None:
    fields = {f"field{number}": "string" for number in range(12_000)}
    assert len(made_of({"Thing": obj(**fields)}).document["components"]["schemas"]["Thing"]["properties"]) == 12_000
