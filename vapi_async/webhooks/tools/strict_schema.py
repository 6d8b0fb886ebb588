"""OpenAI's strict mode: every object lists all its members as required and takes no others.

What may be left out may be null instead, which only this mode announces: the contract's schema of a schema knows no
null, and models in strict mode have no other way to leave a value out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LEFT_OUT = ("default",)  # a member that is always given has none


def strict_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema as strict mode wants it.

    Args:
        schema: the schema of a tool's parameters.

    Raises:
        TypeError: there is an object within it whose members are not known.
    """
    told = {key: value for key, value in schema.items() if key not in _LEFT_OUT}
    if "items" in told:
        told["items"] = strict_schema(told["items"])
    if told["type"] != "object":
        return told
    if "properties" not in told:
        raise TypeError("strict=True: an object whose members are not known, such as dict, cannot be announced")
    required = told.get("required", ())
    members = {name: strict_schema(member) for name, member in told["properties"].items()}
    told["properties"] = {name: member if name in required else _nullable(member) for name, member in members.items()}
    return {**told, "required": list(members), "additionalProperties": False}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    nullable = {**schema, "type": [schema["type"], "null"]}
    return {**nullable, "enum": [*schema["enum"], None]} if "enum" in schema else nullable
