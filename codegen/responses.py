"""What an operation answers: the schema that counts among its successes, and whether that is a list or a file."""

from __future__ import annotations

from .document import Json, main_media, referred


def successes(operation: Json) -> list[tuple[str, Json]]:
    """The 2xx responses with a schema, as (status, schema); those that say more than "an object" first."""
    found = [(s, main_media(r)) for s, r in sorted(operation.get("responses", {}).items()) if s.startswith("2")]
    return sorted(((s, schema) for s, schema in found if schema), key=lambda pair: _is_bare_object(pair[1]))


def main_schema(operation: Json) -> Json | None:
    """The schema of the success that counts."""
    return next((schema for _, schema in successes(operation)), None)


def is_list(document: Json, schema: Json | None) -> bool:
    """Whether a schema is a list, bare or in pages, or a union with one among its variants."""
    if not schema:
        return False
    if "$ref" in schema:
        target = document["components"]["schemas"].get(referred(schema["$ref"]), {})
        results = target.get("properties", {}).get("results", {})
        return bool(results.get("type") == "array")
    members = schema.get("oneOf") or schema.get("anyOf") or []
    return schema.get("type") == "array" or any(is_list(document, member) for member in members)


def is_file(operation: Json) -> bool:
    """Whether a success is answered with something, and never with JSON."""
    answers = [answer.get("content", {}) for status, answer in operation["responses"].items() if status.startswith("2")]
    return any(answers) and not any("json" in media for content in answers for media in content)


def _is_bare_object(schema: Json) -> bool:
    return all((key, value) == ("type", "object") for key, value in schema.items() if value)
