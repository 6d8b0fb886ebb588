"""From JSON values to models: the small decoders that a model's `_decoders` are written with.

A decoder takes any JSON value and never raises: what it cannot use it returns as it is, so the field holds the raw
value and nothing is lost. This goes for null too. Lists and dicts it copies, since its input is not the model's own.

Classes are named, not imported: a decoder loads the class it needs with the first value that needs it, so that the
modules of a payload are loaded, and no others.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from .class_loading import Decoder, Factory, load_factory, load_variants
from .json_copy import json_copy

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:\.[0-9]{1,6}0*)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
).fullmatch


def timestamp(value: Any) -> Any:
    """Return the aware datetime for an RFC 3339 string; anything that would lose something stays as it is."""
    if not isinstance(value, str):
        return json_copy(value)
    # 2026-01-31T12:00:00.000Z needs no regular expression; the W would be a week date.
    usual = len(value) == 24 and value[10] == "T" and value[19] == "." and value[23] == "Z" and value[5] != "W"
    try:
        return datetime.fromisoformat(value) if usual or _RFC3339(value) else value
    except ValueError:  # a day or an offset that does not exist
        return value


def nested(package: str, name: str) -> Decoder:
    """Return the decoder for objects of the model `name` of the models package `package`."""
    factory: Factory | None = None

    def decode(value: Any) -> Any:
        nonlocal factory
        if not isinstance(value, dict):
            return json_copy(value)
        if factory is None:
            factory = load_factory(package, name)
        return factory(value)

    return decode


def union(package: str, name: str) -> Decoder:
    """Return the decoder for values of the union `name` of the models package `package`."""
    direct: Decoder | None = None

    def decode(value: Any) -> Any:
        nonlocal direct
        if direct is None:
            if not isinstance(value, (dict, list)):  # a union's module is not loaded for a mere string or null
                return value
            direct = load_variants(package, name).decode
        return direct(value)

    return decode


def items(decoder: Decoder) -> Decoder:
    """Return the decoder for lists whose items `decoder` takes."""

    def decode(value: Any) -> Any:
        return [decoder(item) for item in value] if isinstance(value, list) else json_copy(value)

    return decode


def values(decoder: Decoder) -> Decoder:
    """Return the decoder for objects whose values `decoder` takes."""

    def decode(value: Any) -> Any:
        if not isinstance(value, dict):
            return json_copy(value)
        return {key: decoder(member) for key, member in value.items()}

    return decode
