"""The canonical form itself: what counts as one enum, and which components are models."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.canonical import Canonical, canonical
from codegen.report import Report
from tests.codegen.mini import const, document, enum, obj, one_of, ref


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
