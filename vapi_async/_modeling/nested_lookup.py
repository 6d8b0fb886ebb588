"""Reading what may be a model of any package, a mapping, or neither."""

from __future__ import annotations

from typing import Any


def nested_value(holder: Any, *path: str) -> Any:
    """Return what is under a path of the API's names, None where it leads nowhere."""
    for name in path:
        holder = holder.get(name) if callable(getattr(holder, "get", None)) else None
    return holder
