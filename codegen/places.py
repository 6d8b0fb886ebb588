"""Places in a document by the words that corrections use: `Call.webCallUrl`, `*Model.tools[]`, `GET /file?purpose`."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from .document import Json, operations, referred, subschemas


def find(document: Json, place: str) -> Iterator[tuple[Json, str]]:
    """The schemas in a place, each as (holder, key), so that it can be replaced.

    Args:
        document: A loaded document.
        place: A schema and its field, `[]` behind it for the items of a list; in the schema `*` stands for anything.
    """
    name, _, wire = place.removesuffix("[]").partition(".")
    for schema in matching(document, name):
        properties = schema.get("properties") or {}
        if wire in properties and not place.endswith("[]"):
            yield properties, wire
        elif "items" in properties.get(wire, {}):
            yield properties[wire], "items"


def matching(document: Json, pattern: str) -> list[Json]:
    """The schemas whose names match a pattern."""
    schemas = document["components"]["schemas"]
    return [schema for name, schema in schemas.items() if isinstance(schema, dict) and fnmatchcase(name, pattern)]


def operation(document: Json, key: str) -> Json | None:
    """The operation called `GET /call/{id}`; None where there is none."""
    method, _, path = key.partition(" ")
    found: Json | None = document["paths"].get(path, {}).get(method.lower())
    return found


def parameter(document: Json, key: str) -> Json | None:
    """The parameter called `GET /call?limit`; None where there is none."""
    owner, _, name = key.partition("?")
    parameters = (operation(document, owner) or {}).get("parameters", ())
    return next((each for each in parameters if each["name"] == name), None)


def holder_of_enum(schema: Json) -> Json | None:
    """The first schema with an enum of strings in a schema, itself included, through unions and lists."""
    pending = [schema]
    while pending:
        node = pending.pop(0)
        if not isinstance(node, dict):
            continue
        if node.get("enum") and all(isinstance(value, str) for value in node["enum"]):
            return node
        pending += [holder[key] for holder, key, _ in subschemas(node, "")]
    return None


def unions(document: Json) -> Iterator[list[Json]]:
    """The variants of every union of a document."""
    pending = [document["components"], *(operation for _, _, operation in operations(document))]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            yield from (node[key] for key in ("oneOf", "anyOf") if isinstance(node.get(key), list))
        inner = node.values() if isinstance(node, dict) else node
        pending += [child for child in inner if isinstance(child, dict | list)]


def target(schema: Json) -> str:
    """The schema that a reference leads to, also within an allOf of one; "" where it is no reference."""
    wrapped: list[Json] = schema.get("allOf") or []
    return target(wrapped[0]) if len(wrapped) == 1 else referred(str(schema.get("$ref", "")))
