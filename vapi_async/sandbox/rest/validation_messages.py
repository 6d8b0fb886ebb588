"""What is wrong with a value, in the API's words: "assistant.silenceTimeoutSeconds must not be less than 10".

A value that fits no variant of a union is measured against the variant that it comes closest to.
"""

from __future__ import annotations

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
    variants = [list(each) for each in error.kind.context]
    depth = len(error.instance_path)
    # A variant whose `type` is another's is not what the sender meant: its errors would only mislead.
    meant = [each for each in variants if not _discriminator_errors(each, depth)]
    if meant:
        # The fewest errors: what comes closest. Errors can be of unions again, so each becomes sentences of its own.
        return [sentence for each in min(meant, key=len) for sentence in _sentences(each)]
    return _discriminator_message(variants, depth) or [_sentence(error)]


def _discriminator_errors(errors: list[Any], depth: int) -> list[Any]:
    """Return the errors that say that another variant is meant: of a member that can have one value only."""
    return [
        e for e in errors if e.kind.name == "enum" and len(e.kind.options) == 1 and len(e.instance_path) == depth + 1
    ]


def _discriminator_message(variants: list[list[Any]], depth: int) -> list[str]:
    """Return what the member that names the variant may be."""
    wrong = [error for errors in variants for error in _discriminator_errors(errors, depth)[:1]]
    if not wrong:
        return []
    name = ".".join(str(part) for part in wrong[0].instance_path)
    options = dict.fromkeys(str(e.kind.options[0]) for e in wrong if e.instance_path == wrong[0].instance_path)
    return [f"{name} must be one of the following values: {_listed(list(options))}"]


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
