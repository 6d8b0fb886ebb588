"""Nested keys in Python's spelling: `{"voice": {"voice_id": ...}}` where the API wants `voiceId`.

The API would ignore or reject such a key, far from where it was written. So a body is decoded with its own model, and a
key that ended up among the additional properties of a model, although it is the Python name of one of its fields, is
the mistake. Dicts that are free-form in the contract never become models, so their keys are free.

Only a key with an underscore can be one, which is quickly seen: most bodies are not decoded at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from .decoding import nested, union


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
    found = getattr(import_module(package), name)
    decode = nested(package, name) if hasattr(found, "from_dict") else union(package, name)
    for path, wire in _misspelled(decode(body), ""):
        raise TypeError(f"{path}: this key is spelled {wire!r} (mappings are written as they go to the API)")


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
