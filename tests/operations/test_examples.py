"""The examples that other tests build from the contract conform to it themselves."""

from __future__ import annotations

import pytest

from tests.contract import own_contract

CONTRACT = own_contract()


@pytest.mark.parametrize("full", [False, True])
def test_examples_conform_to_their_schema(full: bool) -> None:
    broken = {}
    for name in CONTRACT.schemas:
        schema = {"$ref": f"#/components/schemas/{name}"}
        errors = CONTRACT.errors(CONTRACT.example(schema, full=full), schema)
        if errors:
            broken[name] = errors[0]
    assert broken == {}


def test_the_validator_finds_what_breaks_the_contract() -> None:
    call = CONTRACT.example({"$ref": "#/components/schemas/Call"})
    assert CONTRACT.errors({**call, "id": 1}, {"$ref": "#/components/schemas/Call"})
    assert CONTRACT.errors({**call, "createdAt": "yesterday"}, {"$ref": "#/components/schemas/Call"})
    assert CONTRACT.errors({}, {"$ref": "#/components/schemas/Call"})
