"""Values that conform to a schema of a corrected contract: one with every field, one with the required ones only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = Any
_REF = "#/components/schemas/"
_DEPTH = 4
_STRINGS = {
    "date-time": "2026-08-18T01:02:03.456Z",
    "date": "2026-08-18",
    "uuid": "3e35a1a8-9a3b-4a2f-8f5e-0d2f6a6f3c11",
}


class Samples:
    """Values for the schemas of a contract.

    Args:
        contract: A corrected contract, as ``contract.json`` holds it.
    """

    def __init__(self, contract: Json) -> None:
        self.schemas: dict[str, Json] = contract["components"]["schemas"]

    def of(self, name: str) -> Iterator[Json]:
        """Values for a component: with all fields for each variant of its unions, then with the required ones only."""
        for turn in range(3):
            yield self._value({"$ref": _REF + name}, _DEPTH, turn)
        yield self._value({"$ref": _REF + name}, 0, 0)

    def _value(self, schema: Json, depth: int, turn: int) -> Json:
        if "$ref" in schema:
            return self._value(self.schemas[schema["$ref"].removeprefix(_REF)], depth, turn)
        if schema.get("allOf"):
            return self._merged(schema, depth, turn)
        members = schema.get("oneOf") or schema.get("anyOf")
        if members:
            return self._value(members[turn % len(members)], depth, turn)
        if schema.get("enum"):
            return schema["enum"][turn % len(schema["enum"])]
        return self._of_type(schema, depth, turn)

    def _merged(self, schema: Json, depth: int, turn: int) -> Json:
        parts = [*schema["allOf"], {key: value for key, value in schema.items() if key != "allOf"}]
        values = [
            self._value(part, depth, turn) for part in parts if part.keys() & {"$ref", "allOf", "oneOf", "properties"}
        ]
        if len(values) == 1:
            return values[0]
        return {key: value for found in values for key, value in found.items()}

    def _of_type(self, schema: Json, depth: int, turn: int) -> Json:
        kind = schema.get("type", "object" if "properties" in schema else None)
        if kind == "object":
            return self._object(schema, depth, turn)
        if kind == "array":
            return [self._value(schema["items"], depth - 1, turn + index) for index in range(2 if depth > 0 else 0)]
        if kind == "string":
            return _STRINGS.get(schema.get("format", ""), f"text {turn}")
        return {"number": 1.5, "integer": 7, "boolean": True, None: {"anything": [None]}}[kind]

    def _object(self, schema: Json, depth: int, turn: int) -> Json:
        fields, required = schema.get("properties", {}), schema.get("required", ())
        wanted = [name for name in fields if depth > 0 or (name in required and depth > -_DEPTH)]
        made = {name: self._value(fields[name], depth - 1, turn) for name in wanted}
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict) and depth > 0:
            made["more"] = self._value(extra, depth - 1, turn)
        return made
