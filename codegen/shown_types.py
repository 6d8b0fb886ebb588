"""What a field's own example, or default, shows of its type where the document only says that it is an object.

Documents are made from code, and a type that their generator cannot spell becomes an object. The example beside it was
written by somebody who knew. Prose is dropped when a document is pulled, so what its examples show is kept as a fact.
"""

from __future__ import annotations

from collections.abc import Mapping

Json = object

#: The key under which a contract keeps what an example shows: a type of JSON, or `[type]` for a list of it.
SHOWN = "x-shown-type"
_TYPES: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}
SHOWN_TYPES = frozenset({*_TYPES.values(), *(f"[{name}]" for name in _TYPES.values())})
#: What makes an object more than a bare one.
_SHAPE = frozenset({"$ref", "additionalProperties", "allOf", "anyOf", "enum", "oneOf", "properties"})


def shown_type(schema: Mapping[str, Json]) -> str:
    """What the example or default of a bare object, or of a list of them, shows; "" where it shows nothing else."""
    lists = schema.get("type") == "array"
    if not _is_bare_object(schema.get("items") if lists else schema):
        return ""
    shown = next(filter(None, (_shown(schema[key]) for key in ("example", "default") if key in schema)), "")
    # A text may be that of a list; a list can only be shown by one.
    return shown if not lists or shown.startswith("[") else ""


def _is_bare_object(schema: Json) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") == "object" and _SHAPE.isdisjoint(schema)


def _shown(value: Json) -> str:
    if isinstance(value, list):
        names = {_TYPES.get(type(item), "") for item in value}
        return f"[{names.pop()}]" if len(names) == 1 and "" not in names else ""
    # The text of an object or a list shows just that.
    if isinstance(value, str) and value.lstrip("\"'` ").startswith(("{", "[")):
        return ""
    return _TYPES.get(type(value), "")
