"""What is wrong with a value, in the API's words: "assistant.silenceTimeoutSeconds must not be less than 10".

A value that fits no variant of a union is measured against the variant that it comes closest to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

_TYPES = {
    "string": "a string",
    "number": "a number",
    "integer": "an integer number",
    "boolean": "a boolean value",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
_FORMATS = {"date-time": "a valid ISO 8601 date string", "uuid": "a UUID", "uri": "a URL address"}
_LIMIT = 30


def validation_messages(errors: Iterable[Any], limit: int = _LIMIT) -> list[str]:
    """Return a sentence for each error of a validator, at most `limit`.

    Args:
        errors: the `ValidationError`s of jsonschema-rs.
        limit: how many.
    """
    found = (sentence for error in errors for sentence in _sentences(error))
    return list(dict.fromkeys(found))[:limit]


def _sentences(error: Any) -> list[str]:
    if error.kind.name != "anyOf":
        return [_sentence(error)]
    depth = len(error.instance_path)
    variants = [list(each) for each in error.kind.context]
    variants = [each for each in variants if not _has_other_type(each, depth)] or variants
    # A variant whose `type` is another's is not what the sender meant: its errors would only mislead.
    tag = _tag(variants, depth)
    meant = [each for each in variants if not _enum_errors(each, depth, tag)]
    if not meant:
        return [_tag_message(variants, depth, tag)]
    # The fewest errors: what comes closest. Errors can be of unions again, so each becomes sentences of its own.
    closest = min(meant, key=len)
    if all(len(each.instance_path) == depth and each.kind.name == "type" for each in closest):
        return [_type_message(error, variants)]
    return [sentence for each in closest for sentence in _sentences(each)]


def _has_other_type(errors: list[Any], depth: int) -> bool:
    """Whether a variant is of another JSON type than the value."""
    return any(each.kind.name == "type" and len(each.instance_path) == depth for each in errors)


def _type_message(error: Any, variants: list[list[Any]]) -> str:
    # A variant may say no more than which values there are: it has no type to name.
    typed = [each for errors in variants for each in errors if each.kind.name == "type"]
    types = dict.fromkeys(json_type for each in typed for json_type in each.kind.types)
    named = [_TYPES.get(str(each), str(each)) for each in types if str(each) != "null"]
    return f"{'.'.join(map(str, error.instance_path)) or 'body'} must be {' or '.join(named)}"


def _tag(variants: list[list[Any]], depth: int) -> str:
    """Return the member that tells the variants apart: the one that is wrong in most of them."""
    counts = Counter(name for errors in variants for name in {e.instance_path[-1] for e in _enum_errors(errors, depth)})
    return str(counts.most_common(1)[0][0]) if counts else ""


def _enum_errors(errors: list[Any], depth: int, tag: str | None = None) -> list[Any]:
    """Return the errors of members that can have one value only, or of one such member."""
    single = [e for e in errors if e.kind.name == "enum" and len(e.kind.options) == 1]
    members = [e for e in single if len(e.instance_path) == depth + 1]
    return [e for e in members if tag is None or e.instance_path[-1] == tag]


def _tag_message(variants: list[list[Any]], depth: int, tag: str) -> str:
    """Return what the member that names the variant may be."""
    wrong = [error for errors in variants for error in _enum_errors(errors, depth, tag)[:1]]
    name = ".".join(str(part) for part in wrong[0].instance_path)
    options = dict.fromkeys(str(error.kind.options[0]) for error in wrong)
    return f"{name} must be one of the following values: {_listed(list(options))}"


def _sentence(error: Any) -> str:
    kind, path = error.kind, ".".join(str(part) for part in error.instance_path)
    name = path or "body"
    match kind.name:
        case "required":
            return f"{path + '.' if path else ''}{kind.property} should not be null or undefined"
        case "type":
            return f"{name} must be {' or '.join(_TYPES.get(str(each), str(each)) for each in kind.types)}"
        case "enum":
            return f"{name} must be one of the following values: {_listed(kind.options)}"
        case "format":
            return f"{name} must be {_FORMATS.get(kind.format, kind.format)}"
        case "pattern":
            return f"{name} must match /{kind.pattern}/ regular expression"
        case _:
            return f"{name} {_bound(kind) or 'is not valid: ' + error.message[:200]}"


def _bound(kind: Any) -> str | None:
    limit = getattr(kind, "limit", None)
    return {
        "minimum": f"must not be less than {_plain(limit)}",
        "maximum": f"must not be greater than {_plain(limit)}",
        "minLength": f"must be longer than or equal to {limit} characters",
        "maxLength": f"must be shorter than or equal to {limit} characters",
        "minItems": f"must contain at least {limit} elements",
        "maxItems": f"must contain no more than {limit} elements",
        "anyOf": "must be one of the variants of the contract",
    }.get(kind.name)


def _plain(limit: Any) -> Any:
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit


def _listed(options: list[Any]) -> str:
    shown = ", ".join(str(option) for option in options[:_LIMIT])
    return shown if len(options) <= _LIMIT else f"{shown} and {len(options) - _LIMIT} more"
