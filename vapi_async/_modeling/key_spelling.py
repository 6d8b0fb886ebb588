"""Nested keys in Python's spelling: `{"voice": {"voice_id": ...}}` where the API wants `voiceId`.

The API would ignore or reject such a key, far from where it was written. So a body is decoded with its own model, and a
key that ended up among the additional properties of a model, although it is the Python name of one of its fields, is
the mistake. Dicts that are free-form in the contract never become models, so their keys are free.

Only a key with an underscore can be one, which is quickly seen: most bodies are not decoded at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .decoding import nested, union
from .encoding import encode
from .unset import UNSET

if TYPE_CHECKING:
    from .class_loading import Decoder


def check_spelling(package: str, name: str, body: Any) -> None:
    """Raise if a key is spelled as in Python.

    Args:
        package: the models package.
        name: the name of the body's model or union.
        body: the body as JSON values.

    Raises:
        TypeError: says where the key is, and how it is spelled.
    """
    if not _has_underscore(body):  # decoding a body costs more than sending it
        return
    for path, wire in _misspelled(_decoder(package, name)(body), ""):
        raise TypeError(f"{path}: this key is spelled {wire!r} (mappings are written as they go to the API)")


def respelled(package: str, name: str, body: Any) -> tuple[Any, list[tuple[str, str]]]:
    """Return a body with its keys as the API spells them, and each that was not: where it is, and how it is spelled.

    Args:
        package: the models package.
        name: the name of the body's model or union.
        body: the body as JSON values.
    """
    decode, found = _decoder(package, name), list[tuple[str, str]]()
    # Each round sees one level deeper: what stands below a wrong key is only known for what it is below the right one.
    while _has_underscore(body) and (wrong := list(_misspelled(decoded := decode(body), ""))):
        found += wrong
        body = _renamed(decoded)
    return body, found


def _renamed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renamed(member) for member in value]
    if isinstance(value, dict):
        return {key: _renamed(member) for key, member in value.items()}
    wire = getattr(value, "_wire", None)
    if not wire:
        return encode(value)
    rest = value.additional_properties
    fields = {wire[field]: _renamed(getattr(value, field)) for field in wire if getattr(value, field) is not UNSET}
    return {wire.get(key, key): member for key, member in rest.items()} | fields


def _decoder(package: str, name: str) -> Decoder:
    found = getattr(import_module(package), name)
    return nested(package, name) if hasattr(found, "from_dict") else union(package, name)


def _has_underscore(value: Any) -> bool:
    if isinstance(value, dict):
        return any((isinstance(key, str) and "_" in key) or _has_underscore(member) for key, member in value.items())
    return isinstance(value, list) and any(_has_underscore(member) for member in value)


def _misspelled(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the right spelling of each such key in a decoded value."""
    if isinstance(value, list):
        for index, member in enumerate(value):
            yield from _misspelled(member, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _misspelled(member, _joined(path, key))
    elif wire := getattr(value, "_wire", None):
        for key in value.additional_properties:
            if wire.get(key, key) != key:
                yield _joined(path, key), wire[key]
        for name in wire:
            yield from _misspelled(getattr(value, name), _joined(path, wire[name]))


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
