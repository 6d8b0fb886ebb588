"""`mismatches`: where decoded models differ from the contract.

Decoding keeps no record of what did not fit, so that it costs nothing. This module finds it afterwards: it walks the
models beside the schemas of `contract.json`, which lies in the package that the models are of. What counts is what
decoding forgives: unknown and missing fields, wrong types, nulls, unknown enum values, unknown variants, strings that
are no timestamps. Limits (lengths, patterns, ranges) do not.

A value meets its schema if it meets one of the schema's leaves: what is left when references, `oneOf`, `anyOf` and
`allOf` are resolved. Which leaf a union's object is was decided when it was decoded, so its class is all that is looked
at. The walk keeps its own stack, so that it reaches what decoding reaches.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeAlias

from attrs import frozen

from vapi_async._lazy import exported_by

from .contract_document import contract_document, package_of
from .model import Model
from .representation import shorten
from .unions import json_type
from .unknown_variant import UnknownVariant

Schema: TypeAlias = Mapping[str, Any]
Leaves: TypeAlias = tuple[Schema, ...]  # without any nothing is known, so that anything meets them

_NULL: Final[Schema] = {"type": "null"}
_NOWHERE: Final[Leaves] = ({"not": {}},)  # what an unknown field has to meet
_NAMES_SHOWN = 5


@frozen
class Mismatch:
    """A place where a value does not match the contract.

    Attributes:
        path: names of the API and indexes, such as `messages[3].time`; empty for the value itself.
        reason: what is wrong there, such as `expected number, got string`.
    """

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


@exported_by("vapi_async")
def mismatches(value: Any) -> list[Mismatch]:
    """Return where `value` does not match the contract, in the order in which it is sent.

    Args:
        value: a model, or a list or dict with models in it. Nothing is known about anything else, so it matches.
    """
    found: list[Mismatch] = []
    todo: list[tuple[str, Any, _Contract, Leaves]] = [("", value, _Contract({}), ())]
    while todo:
        path, value, contract, leaves = todo.pop()
        if isinstance(value, Model):
            contract = _contract_of(value)
            leaves = leaves or contract.leaves_of(value)
        reason = contract.mismatch(value, leaves)
        if reason:
            found.append(Mismatch(path, reason))
            continue
        members = value._level() if isinstance(value, Model) else value
        if isinstance(members, dict):
            shape = contract.shape(value, leaves)
            absent = [key for key in shape.get("required", ()) if key not in members]
            found.extend(Mismatch(_joined(path, key), "missing") for key in absent)
            nodes = [(_joined(path, key), members[key], contract, contract.field(shape, key)) for key in members]
        elif isinstance(members, list):
            item = contract.item(leaves)
            nodes = [(f"{path}[{index}]", value, contract, item) for index, value in enumerate(members)]
        else:
            continue
        todo.extend(reversed(nodes))
    return found


class _Contract:
    """The schemas of a contract, and what they say about values."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas: Mapping[str, Schema] = document.get("components", {}).get("schemas", {})
        self._leaves: dict[int, Leaves] = {}  # by the id of a schema; all of them live as long as this object

    def leaves(self, schema: Schema) -> Leaves:
        """Return the alternatives of a schema: no references, unions or wrappers, all of them types."""
        found = self._leaves.get(id(schema))
        if found is None:
            found = self._leaves[id(schema)] = tuple(self._resolved(schema))
        return found

    def leaves_of(self, model: Model) -> Leaves:
        """Return the leaves of the model's own schema; none if the contract lacks it."""
        schema = self._schemas.get(model._schema)
        return () if schema is None else self.leaves(schema)

    def mismatch(self, value: Any, leaves: Leaves) -> str | None:
        """Return why `value` meets none of the leaves, whatever it contains; None if it meets one."""
        if leaves is _NOWHERE:
            return "unknown field"
        if not leaves or any(not leaf.keys() & {"type", "enum", "properties"} for leaf in leaves):
            return None
        fitting = tuple(leaf for leaf in leaves if _fits(value, leaf))
        if not fitting:
            expected = dict.fromkeys(_expected(leaf) for leaf in leaves)
            return f"expected {_either(expected)}, got {_json_type(value)}"
        if isinstance(value, UnknownVariant):
            return _unknown_variant(value.data, fitting)
        if isinstance(value, Model):
            return self._wrong_model(value, fitting)
        return _wrong_value(value, fitting)

    def shape(self, value: Any, leaves: Leaves) -> Schema:
        """Return the schema that tells the fields of an object; an empty one if that is open."""
        own = self.leaves_of(value) if isinstance(value, Model) else ()
        objects = [leaf for leaf in own or leaves if _fits(value, leaf)]
        return objects[0] if len(objects) == 1 else {}

    def field(self, shape: Schema, key: str) -> Leaves:
        """Return what the value under `key` of an object of that shape has to meet."""
        properties = shape.get("properties")
        if properties and key in properties:
            return self.leaves(properties[key])
        others = shape.get("additionalProperties", not properties)
        if isinstance(others, Mapping):
            return self.leaves(others)
        return () if others else _NOWHERE

    def item(self, leaves: Leaves) -> Leaves:
        """Return what the items of a list that meets `leaves` have to meet."""
        items = [leaf["items"] for leaf in leaves if "items" in leaf]
        return tuple(leaf for schema in items for leaf in self.leaves(schema))

    def _resolved(self, schema: Schema) -> Iterator[Schema]:
        if schema.get("nullable"):
            yield _NULL
        parts = schema.get("allOf", ())
        if "$ref" in schema:
            yield from self.leaves(self._schemas.get(schema["$ref"].rpartition("/")[2], {}))
        elif "oneOf" in schema or "anyOf" in schema:
            for member in schema.get("oneOf") or schema["anyOf"]:
                yield from self.leaves(member)
        elif len(parts) == 1 and "properties" not in schema:
            yield from self.leaves(parts[0])
        elif parts:
            yield _merged([schema, *(leaf for part in parts for leaf in self.leaves(part))])
        else:
            yield schema

    def _wrong_model(self, model: Model, leaves: Leaves) -> str | None:
        own = self.leaves_of(model)
        if not own or any(leaf is own[0] or "properties" not in leaf for leaf in leaves):
            return None
        known = {id(leaf) for leaf in leaves}
        names = [name for name, schema in self._schemas.items() if known & set(map(id, self.leaves(schema)))]
        return f"expected {_either(names)}, got {model._schema}"


@cache
def _contract(package: str) -> _Contract:
    return _Contract(contract_document(package))


def _contract_of(model: Model) -> _Contract:
    """Return the contract of the package that the model was generated into."""
    package = package_of(model)
    return _contract(package) if package else _Contract({})


def _merged(parts: list[Schema]) -> Schema:
    properties = {key: schema for part in parts for key, schema in part.get("properties", {}).items()}
    required = dict.fromkeys(key for part in parts for key in part.get("required", ()))
    return {"type": "object", "properties": properties, "required": list(required)}


def _json_type(value: Any) -> str:
    if isinstance(value, (Model, UnknownVariant)):
        return "object"
    if isinstance(value, datetime):
        return "string"
    return json_type(value) or type(value).__name__


def _types(leaf: Schema) -> list[str]:
    declared = leaf.get("type", [])
    return [declared] if isinstance(declared, str) else list(declared)


def _expected(leaf: Schema) -> str:
    return _either(_types(leaf)) or "another type"


def _fits(value: Any, leaf: Schema) -> bool:
    """Return whether the JSON type of `value` is one of the leaf's."""
    types, actual = _types(leaf), _json_type(value)
    whole = actual == "number" and "integer" in types and value % 1 == 0
    return not types or actual in types or whole


def _wrong_value(value: Any, leaves: Leaves) -> str | None:
    """Return what is wrong with a value of the right type."""
    if all("enum" in leaf for leaf in leaves) and not any(value in leaf["enum"] for leaf in leaves):
        return f"unknown value {shorten(repr(value))}"
    if isinstance(value, str) and all(leaf.get("format") == "date-time" for leaf in leaves):
        return f"expected a timestamp with its offset, got {shorten(repr(value))}"
    return None


def _unknown_variant(data: Mapping[str, Any], leaves: Leaves) -> str | None:
    if any("properties" not in leaf for leaf in leaves):
        return None
    tags = [key for key in data if all("enum" in leaf["properties"].get(key, ()) for leaf in leaves)]
    return "unknown variant" + "".join(f", {tag} is {shorten(repr(data[tag]))}" for tag in tags)


def _either(names: Any) -> str:
    listed = [*names]
    more = [f"{len(listed) - _NAMES_SHOWN} others"] if len(listed) > _NAMES_SHOWN else []
    return " or ".join(listed[:_NAMES_SHOWN] + more)


def _joined(path: str, key: str) -> str:
    if not re.fullmatch(r"[\w$-]+", key):
        return f"{path}[{json.dumps(key)}]"
    return f"{path}.{key}" if path else key
