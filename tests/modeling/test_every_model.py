"""Every model and union of the contract: what it allows decodes to the right classes, what it does not is kept."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from typing import Any

import pytest

from tests import fresh
from tests.modeling.instances import Instances
from vapi_async import models
from vapi_async._modeling.conformance import mismatches
from vapi_async._modeling.decoding import timestamp, union
from vapi_async._modeling.encoding import to_json
from vapi_async._modeling.unions import Tagged, Variants

CONTRACT = json.loads((fresh.ROOT / "vapi_async" / "contract.json").read_bytes())
SCHEMAS: dict[str, Any] = CONTRACT["components"]["schemas"]
OBJECTS = [name for name, schema in SCHEMAS.items() if "oneOf" not in schema]


# What the contract calls any string, and only its prose says what it starts with.
PROSE = {"CallHookCustomerSpeechTimeout": {"on": "customer.speech.timeout[maxTriggerCount=3]"}}


@cache
def unions() -> dict[str, Variants]:
    """Return the unions by their names."""
    modules = {name: import_module(f"{models.__name__}.{module}") for name, module in models._MODULES.items()}
    return {name: modules[name].VARIANTS for name in sorted(modules) if hasattr(modules[name], "VARIANTS")}


@cache
def unions_by_members() -> dict[frozenset[str], Variants]:
    return {frozenset(variants.names): variants for variants in unions().values()}


def told_apart(names: frozenset[str], name: str, value: Any) -> Any:
    """Return the object with the tag that the contract may leave open; None if it is taken for another variant."""
    variants = unions_by_members().get(names)
    if variants is None:
        return value
    if isinstance(variants, Tagged):
        own = [tag for tag, variant in variants.by_tag.items() if variant == name]
        own += [tag for tag, cases in variants.shared.items() if name in {case.name for case in cases}]
        value = value | {variants.tag: own[0]}
    value = value | PROSE.get(name, {})
    return value if variants.name_of(value) == name else None


def instants(value: Any) -> Any:
    """Return the JSON value with every timestamp as its instant, so that two spellings are equal."""
    if isinstance(value, dict):
        return {key: instants(member) for key, member in value.items()}
    if isinstance(value, list):
        return [instants(member) for member in value]
    return timestamp(value)


@pytest.mark.parametrize("name", OBJECTS)
def test_what_the_contract_allows(name: str) -> None:
    cls = getattr(models, name)
    made = Instances(SCHEMAS, name, told_apart)
    for _ in range(3):
        data = made.of(name)
        model = cls.from_dict(data)
        assert instants(model.to_dict()) == instants(data)
        assert json.loads(to_json(model)) == model.to_dict()
        assert [str(mismatch) for mismatch in mismatches(model)] == []


@pytest.mark.parametrize("name", OBJECTS)
def test_what_it_does_not_allow(name: str) -> None:
    cls = getattr(models, name)
    made = Instances(SCHEMAS, f"{name}, broken")
    for _ in range(5):
        data = made.broken(made.of(name))
        if isinstance(data, dict):
            model = cls.from_dict(data)
            assert instants(model.to_dict()) == instants(data)
            assert len(repr(model)) < 3000
            assert all(mismatch.reason for mismatch in mismatches(model))


@pytest.mark.parametrize("name", unions())
def test_every_variant_of_every_union(name: str) -> None:
    variants = unions()[name]
    for variant in SCHEMAS.keys() & {*variants.names}:
        made = Instances(SCHEMAS, f"{name} {variant}")
        candidates = (told_apart(frozenset(variants.names), variant, made.of(variant)) for _ in range(100))
        data = next(candidate for candidate in candidates if candidate is not None)
        for decode in (variants.decode, union(models.__name__, name)):
            decoded = decode(data)
            assert type(decoded).__name__ == variant
            assert isinstance(decoded, getattr(models, name))


@pytest.mark.parametrize("name", [name for name, variants in unions().items() if isinstance(variants, Tagged)])
def test_another_tag_is_unknown_and_no_neighbour(name: str) -> None:
    variants = unions()[name]
    assert isinstance(variants, Tagged)
    for variant in variants.names:
        data = Instances(SCHEMAS, f"{name} {variant}").of(variant)
        for tag in ("of-tomorrow", "", None, 1, [], {}):
            decoded = variants.decode({**data, variants.tag: tag})
            assert type(decoded).__name__ == "Unknown"
            assert decoded.to_dict() == {**data, variants.tag: tag}
