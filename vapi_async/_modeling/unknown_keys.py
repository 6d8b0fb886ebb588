"""Keys that the contract lacks, read as attributes: under the API's name, and in its Python spelling.

One rule for models and for unknown variants. A type checker sees none of it: what the contract lacks has no type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from vapi_async._did_you_mean import did_you_mean

#: What other libraries call it: name -> what does it here.
_ELSEWHERE = {
    "dict": "to_dict()",
    "json": "to_json()",
    "model_dump": "to_dict()",
    "model_dump_json": "to_json()",
    "copy": "attrs.evolve(model, field=value), or copy.copy(model)",
    "model_copy": "attrs.evolve(model, field=value), or copy.copy(model)",
    "parse_obj": "from_dict(data)",
    "model_validate": "from_dict(data)",
}
_SHOWN = 8


def find(data: Mapping[str, Any], name: str, default: Any) -> Any:
    """Return the value of the key that an attribute stands for; `default` if there is none.

    Args:
        data: an object as the API sent it.
        name: the attribute: the key itself, or the key in snake_case.
        default: what to return where neither is there.
    """
    key = key_of(data, name)
    return default if key is None else data[key]


def key_of(keys: Iterable[str], name: str) -> str | None:
    """Return the key that an attribute stands for; None if there is none."""
    found = None
    for key in keys:
        if key == name:
            return key
        if found is None and snake(key) == name:
            found = key
    return found


@lru_cache(1000)  # looking for what is not there asks for each key again
def snake(key: str) -> str:
    """Return a key of the API as Python spells it: `durationSeconds` is `duration_seconds`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+", "_", key).lower().strip("_")


def hint(name: str, fields: Mapping[str, str], extra: Mapping[str, Any]) -> str:
    """Return what to read instead of an attribute that is not there; "" if nothing is like it.

    Args:
        name: the attribute.
        fields: the object's fields, each with its name in the JSON.
        extra: what came beside them.
    """
    if name in _ELSEWHERE:
        return f"use {_ELSEWHERE[name]}"
    spelled = next((field for field, wire in fields.items() if wire == name), "")
    if spelled:
        return f"it is spelled {spelled!r} here"
    beside = ", ".join(map(snake, list(extra)[:_SHOWN]))
    return did_you_mean(name, [*fields, *map(snake, extra)]) or (f"beside its fields it has {beside}" if beside else "")
