"""OpenAI's strict mode: every object lists all its members as required and takes no others, in the API's own terms.

What may be left out may be null there, which OpenAI's own schemas say with a list of types. The API takes one type, so
it is announced as a text, which is "null" where there is none: what tools are given is converted either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LEFT_OUT = ("default",)  # a member that is always given has none
_OF_TEXTS = ("title", "description")  # what is said of a value, whatever its type


def strict_parameters(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a tool's parameters as strict mode wants it.

    At the top it does not say that there are no other members: the API refuses that there, and takes it below.

    Args:
        schema: the schema.

    Raises:
        TypeError: there is an object within it whose members are not known, or a member that may be left out and is
            a list or an object.
    """
    told = _strict(schema)
    del told["additionalProperties"]
    return told


def _strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in schema.items() if key not in _LEFT_OUT}
    if "items" in told:
        told["items"] = _strict(told["items"])
    if told["type"] != "object":
        return told
    if "properties" not in told:
        raise TypeError("strict=True: an object whose members are not known, such as dict, cannot be announced")
    required = told.get("required", ())
    told["properties"] = {
        name: _strict(member) if name in required else _text_or_null(name, member)
        for name, member in told["properties"].items()
    }
    return {**told, "required": list(told["properties"]), "additionalProperties": False}


def _text_or_null(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    kind = schema["type"]
    if kind in ("array", "object"):
        raise TypeError(f"strict=True: {name} is an {kind} that may be left out, which cannot be announced: require it")
    form = schema.get("format", kind)
    note = '"null" if there is none' if form == "string" else f'{form}, or "null" if there is none'
    told = {key: schema[key] for key in _OF_TEXTS if key in schema}
    told["description"] = f"{told['description']} ({note})" if "description" in told else note
    # Bounds and patterns hold of what is not "null": they are not announced, and enforced all the same.
    return {"type": "string", **told} | ({"enum": [*map(str, schema["enum"]), "null"]} if "enum" in schema else {})
