"""General repairs: what published documents get wrong by form, put right before anyone reads them.

Each rule is about a form, never about one schema, so it holds for any document; each repair leaves a report line with
the JSON pointer of the place. Newer spellings (OpenAPI 3.1) become their 3.0 equivalents here as well, so that the rest
of the pipeline knows one spelling only.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from .document import Json, operations, pointer, referred, subschemas
from .report import Report
from .shown_types import SHOWN, shown_type

#: Headers that an HTTP client sets itself: no parameter of a method.
CLIENT_HEADERS = frozenset(
    {"accept", "authorization", "connection", "content-length", "content-type", "host", "user-agent"}
)
_PATH_PARAMETER = re.compile(r"{([^{}/]+)}")
_JAVASCRIPT_REGEX = re.compile(r"^/(.*)/([a-z]*)$", re.DOTALL)


def repair(document: Json, report: Report) -> None:
    """Repair a document in place; all but its schemas is sound already (see `load`)."""
    schemas = document["components"]["schemas"]
    for name in schemas:
        _walk(schemas, name, pointer("components", "schemas", name), report)
    _open_constants(schemas, report)
    for method, path, operation in operations(document):
        at = pointer("paths", path, method)
        shared = document["paths"][path]["parameters"]
        operation["parameters"] = _parameters(path, operation["parameters"], shared, at, report)
        for place, media in _media_types(operation):
            _walk(media, "schema", f"{at}/{place}", report)
    for item in document["paths"].values():
        item.pop("parameters", None)


def drop_dangling(document: Json) -> None:
    """Take out references to schemas that there are not, so that a validator of JSON Schema can read the document."""
    schemas, pending = document["components"]["schemas"], [document["paths"], document["components"]]
    while pending:
        node = pending.pop()
        if isinstance(node, dict) and isinstance(node.get("$ref"), str) and referred(node["$ref"]) not in schemas:
            del node["$ref"]
        pending += [
            child for child in (node.values() if isinstance(node, dict) else node) if isinstance(child, dict | list)
        ]


def _media_types(operation: Json) -> Iterator[tuple[str, Json]]:
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        yield f"requestBody/{kind}", media
    for status, response in operation["responses"].items():
        for kind, media in response.get("content", {}).items():
            yield f"responses/{status}/{kind}", media


def _parameters(path: str, own: list[Json], shared: list[Json], at: str, report: Report) -> list[Json]:
    names = {(p["in"], p["name"]) for p in own}
    in_path = list(dict.fromkeys(_PATH_PARAMETER.findall(path)))
    kept: list[Json] = []
    for parameter in [*own, *(p for p in shared if (p["in"], p["name"]) not in names)]:
        name, place = parameter["name"], parameter["in"]
        if place == "header" and name.lower() in CLIENT_HEADERS:
            report.add(at, f"header {name} is set by the client itself, dropped")
        elif place == "path" and name not in in_path:
            report.add(at, f"path parameter {name} is not in the path, dropped")
        elif place == "cookie":
            report.add(at, f"cookie parameter {name} is not supported, dropped")
        elif place != "query" and any((p["in"], p["name"]) == (place, name) for p in kept):
            report.add(at, f"{place} parameter {name} is declared twice, one dropped")
        else:
            _walk(parameter, "schema", f"{at}/parameters/{name}", report)
            kept.append(parameter)
    declared = {p["name"] for p in kept if p["in"] == "path"}
    for name in in_path:
        if name not in declared:
            report.add(at, f"path parameter {name} was not declared, added as a string")
            kept.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
    kept.sort(key=lambda p: in_path.index(p["name"]) if p["in"] == "path" else len(in_path))
    return kept


def _walk(holder: Json, key: Any, at: str, report: Report) -> None:
    """Repair the schema in a place and all below it, without recursion: hostile documents are deep."""
    pending = [(holder, key, at)]
    while pending:
        holder, key, here = pending.pop()
        if not isinstance(holder[key], dict):
            if not isinstance(holder[key], bool):
                report.add(here, "no schema, read as anything")
            holder[key] = {}
        for rule in _RULES:
            rule(holder[key], here, report)
        pending.extend(subschemas(holder[key], here))


_NUMBERS = (
    *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"),
    *("minProperties", "maxProperties", "multipleOf"),
)
_VALID: dict[str, Callable[[Json], bool]] = {
    **dict.fromkeys(_NUMBERS, lambda value: isinstance(value, int | float) and not isinstance(value, bool)),
    **dict.fromkeys(("$ref", "format", "pattern"), lambda value: isinstance(value, str)),
    **dict.fromkeys(("deprecated", "nullable", "readOnly", "writeOnly"), lambda value: isinstance(value, bool)),
    **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum"), lambda value: isinstance(value, int | float)),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), lambda value: isinstance(value, list)),
    **dict.fromkeys(("enum", "required"), lambda value: isinstance(value, list) and not any(map(_is_container, value))),
    "additionalProperties": lambda value: isinstance(value, bool | dict),
    "discriminator": lambda value: (
        isinstance(value, dict)
        and isinstance(value.get("propertyName"), str)
        and isinstance(value.get("mapping", {}), dict)
    ),
    "properties": lambda value: isinstance(value, dict),
}


def _is_container(value: Json) -> bool:
    return isinstance(value, dict | list)


def _keyword_of_wrong_kind(schema: Json, at: str, report: Report) -> None:
    for key in [key for key in schema if key in _VALID and not _VALID[key](schema[key])]:
        del schema[key]
        report.add(at, f"{key} is not what it has to be, dropped")


#: What makes a schema say more than a note about the place that it stands in.
_STRUCTURE = frozenset(
    {"$ref", "additionalProperties", "allOf", "anyOf", "const", "enum", "items", "oneOf", "properties"}
)
_STRUCTURE |= {"required", "type"}


def _beside_each_other(schema: Json, at: str, report: Report) -> None:
    """A reference, a union, properties: where several stand side by side, all of them hold."""
    found = [key for key in ("$ref", "oneOf", "anyOf") if key in schema]
    # All of them hold, which is what allOf says: from here on, one of these keywords at most stands in a schema.
    if len(found) + bool(schema.get("properties") or schema.get("allOf")) > 1:
        parts = [
            {key: value} if key == "$ref" or len(value) > 1 else value[0] for key in found if (value := schema.pop(key))
        ]
        known = [part.get("$ref", "") for part in schema.setdefault("allOf", []) if isinstance(part, dict)]
        schema["allOf"] += [part for part in parts if not (isinstance(part, dict) and part.get("$ref") in known)]


def _notes_in_all_of(schema: Json, at: str, report: Report) -> None:
    """A part that says nothing of the shape, such as ``{nullable: true}``, is about the place."""
    parts = schema.get("allOf", [])
    notes = [part for part in parts if isinstance(part, dict) and _STRUCTURE.isdisjoint(part)]
    if notes:
        schema["allOf"] = [part for part in parts if part not in notes]
    for note in notes:
        for key, value in note.items():
            schema.setdefault(key, value)


def _type_list(schema: Json, at: str, report: Report) -> None:
    types = schema.get("type")
    if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
        return
    rest = [name for name in types if name != "null"]
    if len(rest) < len(types):
        schema["nullable"] = True
    if len(rest) == 1:
        schema["type"] = rest[0]
        return
    del schema["type"]
    # A list of types becomes a union, and each keyword goes with the type that it is about. An enum needs no union: its
    # values say which types they have.
    if rest and not schema.get("enum"):
        shared = {key: schema.pop(key) for keys in _OF_TYPE.values() for key in keys if key in schema}
        own = [{key: shared[key] for key in _OF_TYPE.get(name, ()) if key in shared} for name in rest]
        schema["oneOf"] = [{"type": name, **keys} for name, keys in zip(rest, own, strict=True)]


_OF_TYPE = {"array": ("items",), "object": ("additionalProperties", "properties", "required"), "string": ("format",)}


def _unknown_type(schema: Json, at: str, report: Report) -> None:
    if "type" in schema and not (isinstance(schema["type"], str) and schema["type"] in {*_OF_TYPES, "null"}):
        report.add(at, f"{str(schema.pop('type'))[:40]!r} is no type, read as anything")


def _const(schema: Json, at: str, report: Report) -> None:
    if "const" in schema:
        value = schema.pop("const")
        schema.setdefault("enum", [value])


def _null_member(schema: Json, at: str, report: Report) -> None:
    for key in ("oneOf", "anyOf"):
        members = schema.get(key)
        if members and any(map(_is_null, members)):
            schema[key] = [member for member in members if not _is_null(member)]
            schema["nullable"] = True
    if schema.get("type") == "null":
        del schema["type"]
        schema["nullable"] = True


def _is_null(member: Json) -> bool:
    return isinstance(member, dict) and member.get("type") == "null"


def _empty_enum(schema: Json, at: str, report: Report) -> None:
    if "enum" in schema and not schema["enum"]:
        del schema["enum"]
        report.add(at, "empty enum, read as any value")


def _null_in_enum(schema: Json, at: str, report: Report) -> None:
    if None in (schema.get("enum") or []):
        schema["enum"] = [value for value in schema["enum"] if value is not None]
        schema["nullable"] = True
        if not schema["enum"]:
            del schema["enum"]


def _enum_of_wrong_type(schema: Json, at: str, report: Report) -> None:
    values = schema.get("enum")
    if not values:
        return
    if schema.get("type") == "array":
        del schema["enum"]
        report.add(at, "enum on an array, where its items have it, dropped")
        items = schema.setdefault("items", {})
        if isinstance(items, dict) and not items.get("enum") and "$ref" not in items:
            items.update(type="string", enum=values)
    elif schema.get("type") == "object" and all(isinstance(value, str) for value in values):
        schema["type"] = "string"
        report.add(at, "object with strings as enum, read as a string")


def _shown_otherwise(schema: Json, at: str, report: Report) -> None:
    shown = schema.pop(SHOWN, "") or shown_type(schema)
    if shown.startswith("["):
        schema |= {"type": "array", "items": {"type": shown[1:-1]}}
        report.add(at, "objects whose own example is a list of plain values, read as that")
    elif shown:
        schema["type"] = shown
        report.add(at, f"object whose own example is a {shown}, read as that")


def _enum_beside_variants(schema: Json, at: str, report: Report) -> None:
    variants = [each for key in ("oneOf", "anyOf") for each in schema.get(key) or [] if isinstance(each, dict)]
    values = [value for variant in variants for value in variant.get("enum") or []]
    if any(value not in schema.get("enum", values) for value in values):
        del schema["enum"]
        report.add(at, "enum that contradicts the variants beside it, dropped")


def _default_of_a_list(schema: Json, at: str, report: Report) -> None:
    default, fits = schema.get("default"), _OF_TYPES.get(str(schema.get("type")))
    if fits is None or schema.get("type") in ("array", "object") or not default or not isinstance(default, list):
        return
    if all(fits(value) and value in schema.get("enum", default) for value in default):
        item = {key: schema.pop(key) for key in ("type", "format", "enum", "pattern") if key in schema}
        schema |= {"type": "array", "items": item}
        report.add(at, "value whose default is a list of such, read as a list")


def _open_constants(schemas: Json, report: Report) -> None:
    """Open the optional fields with a single known value, which has it until there is another one.

    Those that tell variants apart stay as they are, and those that have no other value where they are required.
    """
    fixed = {(name, value) for schema in schemas.values() for name, value in _constants(schema, required=True)}
    for owner, schema in schemas.items():
        for name, value in [*_constants(schema, required=False)]:
            if name not in _TAGS and (name, value) not in fixed:
                field = schema["properties"][name]
                field["anyOf"] = [{"type": "string", "enum": field.pop("enum")}, {"type": field.pop("type")}]
                report.add(
                    pointer("components", "schemas", owner, "properties", name),
                    "optional, with a single value, read as open to others",
                )


def _constants(schema: Json, *, required: bool) -> Iterator[tuple[str, str]]:
    wanted = schema.get("required") or ()
    for name, field in (schema.get("properties") or {}).items():
        if field.get("type") == "string" and len(field.get("enum") or ()) == 1 and (name in wanted) == required:
            yield name, field["enum"][0]


def _array_without_items(schema: Json, at: str, report: Report) -> None:
    if schema.get("type") == "array" and not isinstance(schema.get("items"), dict):
        schema["items"] = {}
        report.add(at, "array without items, read as an array of anything")


_OF_TYPES: dict[str, Callable[[Json], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def _default_of_wrong_type(schema: Json, at: str, report: Report) -> None:
    if "default" not in schema:
        return
    value, fits = schema["default"], _OF_TYPES.get(str(schema.get("type")))
    wrong_type = fits is not None and not fits(value) and not (value is None and schema.get("nullable"))
    wrong_value = bool(schema.get("enum")) and value not in schema["enum"] and value is not None
    if wrong_type or wrong_value:
        del schema["default"]
        report.add(at, "default that does not match its schema, dropped")


def _javascript_regex(schema: Json, at: str, report: Report) -> None:
    pattern = schema.get("pattern")
    if not isinstance(pattern, str):
        return
    literal = _JAVASCRIPT_REGEX.match(pattern)
    text = literal[1].replace("\\/", "/") if literal else pattern
    if not _compiles(text) or (literal and "i" in literal[2]):
        del schema["pattern"]
        report.add(at, "pattern that is no regular expression here, dropped")
        return
    if literal:
        schema["pattern"] = text
        report.add(at, "JavaScript regex literal, its delimiters dropped")


def _pattern_against_enum(schema: Json, at: str, report: Report) -> None:
    members = [schema, *(member for member in schema.get("oneOf") or [] if isinstance(member, dict))]
    values = [value for member in members for value in member.get("enum") or [] if isinstance(value, str)]
    if "pattern" in schema and not all(re.search(schema["pattern"], value) for value in values):
        del schema["pattern"]
        report.add(at, "pattern that its own enum does not match, dropped")


def _compiles(pattern: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


#: What tells variants apart: its single value is a constant.
_TAGS = frozenset({"on", "provider", "role", "type"})

#: In this order: each finds what those before it have put right, such as `null` as a type before types are compared.
_RULES = (
    _const,
    _keyword_of_wrong_kind,
    _type_list,
    _unknown_type,
    _null_member,
    _empty_enum,
    _null_in_enum,
    _enum_of_wrong_type,
    _enum_beside_variants,
    _shown_otherwise,
    _default_of_a_list,
    _array_without_items,
    _beside_each_other,
    _notes_in_all_of,
    _default_of_wrong_type,
    _javascript_regex,
    _pattern_against_enum,
)
