"""Published document to contract: the facts stay, the prose goes.

A contract says what the API accepts and returns. Sentences about it change more often than it does and are their
authors' own, so a diff of the contract without them is a change of the API and of nothing else.

The only thing to know about a key is whether it is a keyword or a name: ``description`` below ``properties`` is a
field of the API, ``description`` below a schema is a sentence. So the document is walked as two kinds of objects. A
*node* (schema, operation, parameter, response ...) has keywords; its ``PROSE`` is dropped, its ``DATA`` is kept as it
is, and its ``NAMES`` hold an object of the second kind, whose keys are free names of the API and whose values are
nodes again. Any other keyword is kept, unless its value is a text with blanks: a sentence behind an unknown keyword
is still a sentence.

It is a pure function of the document, keeps its order, and gives a contract back unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .document import METHODS, Json
from .shown_types import SHOWN, SHOWN_TYPES, shown_type

SOURCE_KEY = "x-source-sha256"
LONGEST_DEFAULT = 8
"""Words of a default value; a longer text is a prompt that somebody wrote, not a setting."""

# fmt: off
PROSE = frozenset({
    "$comment", "contact", "description", "example", "examples", "externalDocs", "license", "summary", "termsOfService",
})
DATA = frozenset({
    "$ref", "const", "dependentRequired", "enum", "format", "in", "mapping", "name", "operationId", "pattern",
    "propertyName", "required", "security", "tags", "type", "url",
})
NAMES = frozenset({
    "$defs", "callbacks", "content", "definitions", "dependentSchemas", "encoding", "headers", "links", "parameters",
    "pathItems", "paths", "patternProperties", "properties", "requestBodies", "responses", "schemas", "scopes",
    "securitySchemes", "variables", "webhooks",
})
# fmt: on

_IDENTIFIER = re.compile(r"[A-Za-z0-9_.-]+")


def extract(document: Mapping[str, Json], source_sha256: str) -> dict[str, Json]:
    """Return the facts of an OpenAPI 3.x document.

    Args:
        document: the parsed document, published or already a contract.
        source_sha256: hex digest of the bytes the document was read from, recorded unless it is a contract, which
            keeps the one it records.
    """
    facts = {"openapi": document["openapi"], SOURCE_KEY: document.get(SOURCE_KEY)} | _node(document)
    if "info" in document:
        facts["info"] = _info(document["info"])
    if "tags" in document:
        facts["tags"] = list(_items(document["tags"]))
    if facts != document:
        facts[SOURCE_KEY] = source_sha256
    return facts


def operations(document: Mapping[str, Json]) -> list[str]:
    """Return the operations of a document, like ``GET /call/{id}``, in its order."""
    return [
        f"{method.upper()} {path}"
        for path, item in _pairs(document.get("paths"))
        for method, operation in _pairs(item)
        if method in METHODS and isinstance(operation, dict)
    ]


def schemas(document: Mapping[str, Json]) -> list[str]:
    """Return the names of the schemas that a document shares, in its order."""
    components = dict(_pairs(document.get("components")))
    return [name for name, _ in _pairs(components.get("schemas"))]


def _pairs(value: Json) -> Iterator[tuple[str, Json]]:
    yield from value.items() if isinstance(value, dict) else ()


def _info(info: Json) -> dict[str, Json]:
    """Keep what OpenAPI requires; a title with blanks is the API's name here."""
    return {key: value for key, value in _pairs(info) if key in ("title", "version")}


def _node(node: Mapping[str, Json]) -> dict[str, Json]:
    facts = {key: fact for key, value in node.items() for fact in _keyword(key, value)}
    shown = shown_type(node) if "example" in node else ""
    return {**facts, SHOWN: shown} if shown else facts


def _keyword(key: str, value: Json) -> Iterator[Json]:
    """Yield the fact that a keyword states, or nothing."""
    if key in PROSE:
        return
    if key.startswith("x-"):
        kept = isinstance(value, (int, float)) or (key == SHOWN and value in SHOWN_TYPES)
    elif key == "title":
        kept = isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None
    elif key == "default":
        kept = _longest_text(value) <= LONGEST_DEFAULT
    elif key in DATA:
        kept = True
    else:
        yield from _named(key, value) if key in NAMES and isinstance(value, dict) else _value(value)
        return
    if kept:
        yield value


def _named(key: str, members: Mapping[str, Json]) -> Iterator[Json]:
    if key == "scopes":
        yield dict.fromkeys(members, "")
    else:
        complete = _response if key == "responses" else _value
        yield {name: fact for name, member in members.items() for fact in complete(member)}


def _response(response: Json) -> Iterator[Json]:
    """Keep the key that OpenAPI requires of a response, without its text."""
    for fact in _value(response):
        yield {"description": ""} | fact if isinstance(fact, dict) and "$ref" not in fact else fact


def _value(value: Json) -> Iterator[Json]:
    if isinstance(value, dict):
        yield _node(value)
    elif isinstance(value, list):
        yield list(_items(value))
    elif not isinstance(value, str) or len(value.split()) < 2:
        yield value


def _items(values: Json) -> Iterator[Json]:
    for value in values if isinstance(values, list) else ():
        yield from _value(value)


def _longest_text(value: Json) -> int:
    """Return the number of words of the longest text in a value."""
    if isinstance(value, str):
        return len(value.split())
    if isinstance(value, dict):
        value = list(value.values())
    return max(map(_longest_text, value), default=0) if isinstance(value, list) else 0
