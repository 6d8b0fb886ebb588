"""JSON values made from the schemas of a contract: valid ones, and valid ones that were then broken.

Random, but from a seed: the same seed makes the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

Schema = Mapping[str, Any]
Settle = Callable[[frozenset[str], str, Any], Any]

_NOTHING: Any = [None, True, 7, -1.5, "other", "", [], [[]], {}, {"unheard": {"of": 1}}, ["a", None]]


class Instances:
    """Makes values for the schemas of one contract.

    Args:
        schemas: name -> schema, OpenAPI 3.0.
        seed: of the random numbers.
        settle: called with the names of a union's variants, one of them, and an object that this one allows; returns
            the object so that it can be told which variant it is, None if it cannot.
    """

    def __init__(self, schemas: Mapping[str, Schema], seed: str, settle: Settle | None = None) -> None:
        self._schemas = schemas
        self._settle = settle
        self._random = Random(seed)

    def of(self, name: str, depth: int = 4) -> Any:
        """Return a value that the schema `name` allows, objects nested at most `depth` deep where it can be."""
        return self._value(self._schemas[name], depth)

    def broken(self, value: Any) -> Any:
        """Return a copy of a JSON value with a few places in it changed."""
        rate = self._random.choice((0.02, 0.1, 0.4))
        return self._broken(value, rate)

    def _value(self, schema: Schema, depth: int) -> Any:
        if "$ref" in schema:
            return self._value(self._schemas[_name(schema)], depth)
        if schema.get("nullable") and self._random.random() < 0.2:
            return None
        for key in ("oneOf", "anyOf", "allOf"):
            if key in schema:
                return self._one_of(schema[key], depth)
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        return self._plain(schema, depth)

    def _one_of(self, schemas: list[Schema], depth: int) -> Any:
        names = frozenset(_name(schema) for schema in schemas)
        while True:
            chosen = self._random.choice(schemas)
            value = self._value(chosen, depth)
            if self._settle is not None and len(names) > 1 and isinstance(value, dict):
                value = self._settle(names, _name(chosen), value)
            if value is not None:
                return value

    def _plain(self, schema: Schema, depth: int) -> Any:
        match schema.get("type"):
            case "object":
                return self._object(schema, depth)
            case "array":
                count = self._random.randrange(3) if depth > 0 else 0
                return [self._value(schema.get("items", {}), depth - 1) for _ in range(count)]
            case "string" if schema.get("format") == "date-time":
                return f"2026-01-{self._random.randint(1, 28):02d}T12:30:45.{self._random.randrange(1000):03d}Z"
            case "string":
                return self._random.choice(("text", "", "an é and more", "2026"))
            case "number":
                return self._random.choice((0, 12, -3, 1.5))
            case "integer":
                return self._random.randrange(10)
            case "boolean":
                return self._random.random() < 0.5
            case _:
                return self._random.choice(_NOTHING)

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        required = set(schema.get("required", ()))
        share = 0.3 if depth > 0 else 0.0
        made = {
            key: self._value(member, depth - 1)
            for key, member in schema.get("properties", {}).items()
            if key in required or self._random.random() < share
        }
        others = schema.get("additionalProperties")
        if isinstance(others, Mapping):
            made |= {key: self._value(others, depth - 1) for key in ("first", "second") if depth > 0}
        elif not schema.get("properties"):
            made["free"] = self._random.choice(_NOTHING)
        return made

    def _broken(self, value: Any, rate: float) -> Any:
        if self._random.random() < rate:
            return self._random.choice(_NOTHING)
        if isinstance(value, list):
            return [self._broken(member, rate) for member in value]
        if not isinstance(value, dict):
            return f"{value}-of-tomorrow" if isinstance(value, str) and self._random.random() < rate else value
        kept = {key: self._broken(member, rate) for key, member in value.items() if self._random.random() >= rate}
        return kept | ({"unheardOf": self._random.choice(_NOTHING)} if self._random.random() < rate else {})


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
