"""Ways around an OpenAPI document as plain JSON: its operations, references, schemas and JSON pointers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias
from urllib.parse import unquote

from .report import printable

Json: TypeAlias = Any
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
#: What every reference to a schema begins with.
SCHEMAS = "#/components/schemas/"
#: What a body can be sent as, and the word in its media type that says so; the first ones go first.
ENCODINGS = {"json": "json", "multipart": "multipart/form-data", "form": "application/x-www-form-urlencoded"}
_PATH_PARAMETER = re.compile(r"{[^{}/]*}")


def pointer(*parts: object) -> str:
    """A JSON pointer for people, escaped as RFC 6901 has it."""
    return "#/" + "/".join(printable(str(part)).replace("~", "~0").replace("/", "~1") for part in parts)


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Every operation as (method, path, operation object)."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if isinstance(item.get(method), dict):
                yield method, path, item[method]


def anonymous(path: str) -> str:
    """A path without the names of its parameters: renaming one makes no other operation."""
    return _PATH_PARAMETER.sub("{}", path)


def referred(ref: str) -> str:
    """The name of the schema that a reference leads to; "" where it leads elsewhere."""
    name = ref.removeprefix(SCHEMAS)
    return unquote(name).replace("~1", "/").replace("~0", "~") if ref != name else ""


def reference(name: str) -> str:
    """The reference to a schema: the inverse of `referred`."""
    return SCHEMAS + name.replace("~", "~0").replace("/", "~1").replace("%", "%25")


def main_media(part: Json) -> Json | None:
    """The schema of a body or response that counts: that of its encoding."""
    encoded = encoding(part)
    content = part.get("content", {})
    return next((content[media]["schema"] for media in content if encoded and ENCODINGS[encoded] in media), None)


def encoding(part: Json) -> str | None:
    """How a body or response that counts is encoded: JSON, then multipart, then a form; None for anything else."""
    content = part.get("content", {})
    return next((kind for kind, media in ENCODINGS.items() if any(media in found for found in content)), None)


def subschemas(schema: Json, at: str) -> Iterator[tuple[Json, Any, str]]:
    """The schemas within a schema, one step down, each as (holder, key, pointer), so that it can be replaced."""
    properties = schema.get("properties", {})
    for name in properties:
        yield properties, name, f"{at}/properties/{name}"
    if "items" in schema:
        yield schema, "items", f"{at}/items"
    if isinstance(schema.get("additionalProperties"), dict):
        yield schema, "additionalProperties", f"{at}/additionalProperties"
    for key in ("oneOf", "anyOf", "allOf"):
        for index in range(len(schema.get(key, ()))):
            yield schema[key], index, f"{at}/{key}/{index}"
