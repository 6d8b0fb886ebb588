"""From JSON values to models: the small decoders that a model's `from_dict` is written with.

A decoder takes any JSON value and never raises: what it cannot use it returns unchanged, so the field holds the raw
value and nothing is lost. This goes for null too, and for what is nested deeper than the interpreter can follow.

Classes are named, not imported: a decoder imports the class it needs with the first value that needs it. The modules
of a payload are loaded, and no others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from .unions import Variants

Decoder: TypeAlias = Callable[[Any], Any]
Maker: TypeAlias = Callable[[Mapping[str, Any]], Any]

_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:\.[0-9]{1,6}0*)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
).fullmatch


def timestamp(value: Any) -> Any:
    """Return the aware datetime for an RFC 3339 string; anything that would lose something stays as it is."""
    if not isinstance(value, str):
        return value
    # 2026-01-31T12:00:00.000Z needs no regular expression; the W would be a week date.
    usual = len(value) == 24 and value[10] == "T" and value[19] == "." and value[23] == "Z" and value[5] != "W"
    try:
        return datetime.fromisoformat(value) if usual or _RFC3339(value) else value
    except ValueError:  # a day or an offset that does not exist
        return value


def nested(package: str, name: str) -> Decoder:
    """Return the decoder for objects of the model `name` of the models package `package`."""
    make: Maker | None = None

    def decode(value: Any) -> Any:
        nonlocal make
        if not isinstance(value, dict):
            return value
        try:
            if make is None:
                make = maker(package, name)
            return make(value)
        except RecursionError:
            return value

    return decode


def union(package: str, name: str) -> Decoder:
    """Return the decoder for values of the union `name` of the models package `package`."""
    direct: Decoder | None = None

    def decode(value: Any) -> Any:
        nonlocal direct
        if direct is None:
            if not isinstance(value, (dict, list)):
                return value
            direct = variants(package, name).decode
        return direct(value)

    return decode


def items(decoder: Decoder) -> Decoder:
    """Return the decoder for lists whose items `decoder` takes."""

    def decode(value: Any) -> Any:
        return [decoder(item) for item in value] if isinstance(value, list) else value

    return decode


def values(decoder: Decoder) -> Decoder:
    """Return the decoder for objects whose values `decoder` takes."""

    def decode(value: Any) -> Any:
        return {key: decoder(member) for key, member in value.items()} if isinstance(value, dict) else value

    return decode


def maker(package: str, name: str) -> Maker:
    """Return `from_dict` of the class `name` of the models package `package`, imported now if need be."""
    make: Maker = getattr(import_module(package), name).from_dict
    return make


def variants(package: str, name: str) -> Variants:
    """Return the `VARIANTS` of the union `name` of the models package `package`, imported now if need be."""
    module = import_module(package)._MODULES[name]
    found: Variants = import_module(f"{package}.{module}").VARIANTS
    return found
