"""Copies of JSON values, so that a model and the mapping that it came from share nothing that can change."""

from __future__ import annotations

from typing import Any

_CONTAINERS = frozenset({dict, list})


def json_copy(value: Any) -> Any:
    """Return `value` with new lists and dicts all the way down, however deep; anything else stays the object it is."""
    if value.__class__ not in _CONTAINERS:
        return value
    root = [value]
    todo: list[tuple[Any, Any]] = [(root, 0)]
    copies: dict[int, Any] = {}  # what stands in two places, or within itself, does so in the copy
    while todo:
        holder, key = todo.pop()
        original = holder[key]
        copy = copies.get(id(original))
        if copy is None:
            copy = copies[id(original)] = original.copy()
            members = copy.items() if copy.__class__ is dict else enumerate(copy)
            todo.extend([(copy, key) for key, member in members if member.__class__ in _CONTAINERS])
        holder[key] = copy
    return root[0]
