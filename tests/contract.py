"""The contract as tests use it: a validator (jsonschema) and examples of schemas, both from vapi_async/contract.json.

OpenAPI 3.0 spells two things its own way: `nullable` becomes a null beside the type here, and `oneOf` becomes `anyOf`,
since the contract's own variants overlap (an enum of strings beside any string).
"""

from __future__ import annotations

import json
import re
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry
from referencing.jsonschema import DRAFT202012

Json = Any
PATH = Path(__file__).parents[1] / "vapi_async" / "contract.json"
_REF = "#/components/schemas/"
_TEXTS = ("text", "A", "org-a")
_FORMATS = {
    "date-time": "2026-01-02T03:04:05.678Z",
    "uuid": "3f2b7c1e-9d4a-4b6f-8a51-0c2d3e4f5a6b",
    "uri": "https://example.com/a",
}


class Contract:
    """One contract document.

    Args:
        document: An OpenAPI 3.0 document.
    """

    def __init__(self, document: Json) -> None:
        self.document = document
        self.schemas: dict[str, Json] = document["components"]["schemas"]

    def operations(self) -> list[tuple[str, str, Json]]:
        """Every operation as (METHOD, path, operation object)."""
        return [
            (method.upper(), path, operation)
            for path, item in self.document["paths"].items()
            for method, operation in item.items()
        ]

    @cached_property
    def _registry(self) -> Registry[Any]:
        root = {"components": {"schemas": {name: _standard(schema) for name, schema in self.schemas.items()}}}
        return Registry().with_resource("contract:", DRAFT202012.create_resource(root))

    def errors(self, value: Json, schema: Json) -> list[str]:
        """Where and how a JSON value breaks a schema of the contract; empty when it does not."""
        validator = jsonschema.Draft202012Validator(
            _standard(schema),
            registry=self._registry,
            format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
        )
        return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]

    def example(self, schema: Json, *, full: bool = False, variant: int = 0, depth: int = 0) -> Json:
        """A value that conforms to a schema.

        Args:
            schema: A schema of the contract.
            full: Whether optional fields are there too, down to a few levels.
            variant: Which variant of a union to take, counted round.
            depth: How deep inside the value this is.
        """
        if "$ref" in schema:
            return self.example(
                self.schemas[schema["$ref"].removeprefix(_REF)], full=full, variant=variant, depth=depth
            )
        variants = schema.get("oneOf") or schema.get("anyOf")
        if variants:
            return self.example(variants[variant % len(variants)], full=full, variant=variant, depth=depth)
        if schema.get("allOf"):
            parts = [self.example(part, full=full, variant=variant, depth=depth) for part in schema["allOf"]]
            return {key: value for part in parts for key, value in part.items()} if len(parts) > 1 else parts[0]
        if schema.get("enum"):
            return schema["enum"][variant % len(schema["enum"])]
        if schema.get("type") == "array":
            count = max(int(schema.get("minItems", 0)), 1 if full and depth < 4 else 0)
            return [
                self.example(schema["items"], full=full, variant=variant + i, depth=depth + 1) for i in range(count)
            ]
        if schema.get("type") == "object" or "properties" in schema:
            return self._object(schema, full=full, variant=variant, depth=depth)
        return _scalar(schema)

    def _object(self, schema: Json, *, full: bool, variant: int, depth: int) -> Json:
        properties = schema.get("properties", {})
        wanted = properties if full and depth < 3 else [key for key in schema.get("required", ()) if key in properties]
        return {key: self.example(properties[key], full=full, variant=variant, depth=depth + 1) for key in wanted}


def _scalar(schema: Json) -> Json:
    match schema.get("type"):
        case "boolean":
            return True
        case "integer" | "number":
            return min(max(1, schema.get("minimum", 1)), schema.get("maximum", 1e9))
        case "string":
            return _text(schema)
        case _:
            return {"any": "thing"}


def _text(schema: Json) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    pattern = schema.get("pattern", "")
    text = next(text for text in (*_TEXTS, pattern) if re.search(pattern, text))
    return text[: int(schema.get("maxLength", 1000))].ljust(int(schema.get("minLength", 0)), "x")


def _standard(node: Json) -> Json:
    """A schema of OpenAPI 3.0 as JSON Schema 2020-12."""
    if isinstance(node, list):
        return [_standard(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": "contract:" + node["$ref"]}
    schema = {
        key: _standard(value) if key != "enum" else value for key, value in node.items() if key != "discriminator"
    }
    if "properties" in node:
        schema["properties"] = {key: _standard(value) for key, value in node["properties"].items()}
    if isinstance(schema.get("oneOf"), list):
        schema["anyOf"] = schema.pop("oneOf")
    if schema.pop("nullable", False) is True:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema


@cache
def own_contract() -> Contract:
    """The contract of vapi_async itself."""
    return Contract(json.loads(PATH.read_text(encoding="utf-8")))
