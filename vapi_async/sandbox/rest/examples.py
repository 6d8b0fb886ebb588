"""Values that conform to schemas of the contract: what a response must have and nobody gave, and whole answers.

A plain value has what is required, and the least of it: the first of an enum, zero, an empty list. A varied one also
has optional members, and chooses by a seed; the same seed gives the same value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from .contract import ApiContract

Json = Any

_INSTANT = "2026-01-01T00:00:00.000Z"
_URL = "https://example.com/"
_TEXTS = ("text", "A", "org-a")
_LIKELY = {"number": "+14155550123"}
_OPTIONAL_DEPTH = 1
_DEEPEST = 12


class Examples:
    """Makes values.

    Args:
        contract: where the schemas are.
        seed: what the values follow from; None for plain ones.
    """

    def __init__(self, contract: ApiContract, seed: str | None = None) -> None:
        self._contract = contract
        self._varied = seed is not None
        self._random = Random(seed or 0)

    def value(self, schema: Json, name: str = "text", depth: int = 0) -> Json:
        """Return a value that conforms to a schema.

        Args:
            schema: a schema of the contract.
            name: what the value is a member as; text is that name where it fits.
            depth: how deep inside the whole value this is.
        """
        schema = self._contract.resolve(schema)
        if schema.get("enum"):
            return self._choice(schema["enum"], depth)
        variants = schema.get("oneOf") or schema.get("anyOf")
        if variants:
            # Beside any string, the values that are known are what other places take as well.
            known = [each for each in variants if each.get("enum")]
            return self.value(self._choice(known or variants, depth), name, depth)
        if "allOf" in schema:
            parts = [self.value(part, name, depth) for part in schema["allOf"]]
            return {key: member for part in parts for key, member in part.items()}
        if schema.get("type") == "array":
            return self._array(schema, name, depth)
        if schema.get("type") == "object" or "properties" in schema:
            return self._object(schema, depth)
        return self._scalar(schema, name)

    def _choice(self, options: list[Json], depth: int) -> Json:
        # Schemas refer to themselves: from some depth on the first variant, the one that ends, is taken.
        return self._random.choice(options) if self._varied and depth < _DEEPEST else options[0]

    def _array(self, schema: Json, name: str, depth: int) -> Json:
        count = max(int(schema.get("minItems", 0)), 1 if self._varied and depth <= _OPTIONAL_DEPTH else 0)
        return [self.value(schema.get("items", {}), name, depth + 1) for _ in range(count)]

    def _object(self, schema: Json, depth: int) -> Json:
        properties = schema.get("properties", {})
        # Optional members only near the top: deeper, they would multiply into megabytes.
        every = self._varied and depth <= _OPTIONAL_DEPTH
        names = properties if every else [name for name in schema.get("required", ()) if name in properties]
        return {name: self.value(properties[name], name, depth + 1) for name in names}

    def _scalar(self, schema: Json, name: str) -> Json:
        json_type = schema.get("type")
        if json_type == "boolean":
            return self._varied and self._random.random() < 0.5
        if json_type in ("number", "integer"):
            return self._number(schema)
        return self._text(schema, name) if json_type == "string" else {}

    def _number(self, schema: Json) -> Json:
        low, high = schema.get("minimum", 0), schema.get("maximum", 1e9)
        if not self._varied:
            return min(max(0, low), high)
        first = int(-(-low // 1))
        last = int(min(high, first + 100))
        return self._random.randint(first, last) if first <= last else low

    def _text(self, schema: Json, name: str) -> str:
        text_format = schema.get("format")
        if text_format == "uuid":
            return str(UUID(int=self._random.getrandbits(128), version=4))
        if text_format in ("date-time", "uri"):
            return _INSTANT if text_format == "date-time" else _URL + name
        name = _LIKELY.get(name, name)
        pattern = schema.get("pattern", "")
        text = next((text for text in (name, *_TEXTS) if re.search(pattern, text)), name)
        return text[: int(schema.get("maxLength", 1000))].ljust(int(schema.get("minLength", 0)), "x")


def complete(contract: ApiContract, value: Json, schema: Json) -> Json:
    """Return an object with plain values for what a schema requires and it has not, on every level.

    What does not conform is left as it is.

    Args:
        contract: where the schemas are.
        value: a JSON value.
        schema: a schema of the contract.
    """
    schema = _variant(contract, schema, value)
    if isinstance(value, list) and "items" in schema:
        return [complete(contract, item, schema["items"]) for item in value]
    if not isinstance(value, dict):
        return value
    properties: Mapping[str, Json] = schema.get("properties", {})
    plain = Examples(contract)
    missing = [name for name in schema.get("required", ()) if name not in value and name in properties]
    present = {
        name: complete(contract, member, properties[name])
        if isinstance(member, dict | list) and name in properties
        else member
        for name, member in value.items()
    }
    return present | {name: plain.value(properties[name], name, 1) for name in missing}


def _variant(contract: ApiContract, schema: Json, value: Json) -> Json:
    """Return the schema of an object, of a union the variant that its members name."""
    schema = contract.resolve(schema)
    variants = schema.get("oneOf") or schema.get("anyOf")
    while variants:
        resolved = [contract.resolve(variant) for variant in variants]
        fitting = [each for each in resolved if _fits(contract, each, value)] or resolved[:1]
        # Of a stored object and the one that makes it, the one that lacks nothing.
        schema = next((each for each in fitting if _is_whole(each, value)), fitting[0])
        variants = schema.get("oneOf") or schema.get("anyOf")
    return schema


def _is_whole(schema: Json, value: Json) -> bool:
    return not isinstance(value, dict) or value.keys() >= set(schema.get("required", ()))


def _fits(contract: ApiContract, schema: Json, value: Json) -> bool:
    """Return whether a value has the type of a variant, and has none of the values that only others have."""
    if "oneOf" in schema or "anyOf" in schema:
        return any(_fits(contract, contract.resolve(each), value) for each in schema.get("oneOf") or schema["anyOf"])
    if not isinstance(value, dict):
        return bool(schema.get("type") == {list: "array", str: "string", bool: "boolean"}.get(type(value), "number"))
    if "properties" not in schema and schema.get("type") != "object":
        return False
    properties: Mapping[str, Json] = schema.get("properties", {})
    return all(
        name not in value or value[name] in options
        for name, each in properties.items()
        if len(options := contract.resolve(each).get("enum", ())) == 1
    )
