"""What to write instead of an argument that a method does not have."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from vapi_async._modeling.did_you_mean import close_matches, folded

if TYPE_CHECKING:
    from .operation import Operation

REQUEST_OPTIONS = ("extra_headers", "extra_query", "extra_body")
_CLIENT_OPTIONS = ("timeout", "retry", "headers", "strict")

# Spellings of other clients and of older versions of the API: name -> (a parameter that the method must have for the
# hint to make sense, the hint). The first that fits counts; None fits always.
_OUTDATED: dict[str, tuple[tuple[str | None, str], ...]] = {
    "to": (("customer", 'customer={"number": "+1..."}'),),
    "webhook_url": (
        ("server", 'server={"url": "https://..."}'),
        (None, 'server={"url": "https://..."} on the assistant'),
    ),
    "system_prompt": (
        ("model", 'model={..., "messages": [{"role": "system", "content": "..."}]}'),
        (None, '"messages": [{"role": "system", "content": "..."}] in the model of the assistant'),
    ),
    "number": (("customer", 'customer={"number": "+1..."}'),),
    "prompt": (("model", 'model={..., "messages": [{"role": "system", "content": "..."}]}'),),
    "messages": (("model", 'model={..., "messages": [...]}'),),
    "tools": (("model", 'model={..., "tools": [...]}, or "toolIds" there'),),
    "created_after": (("created_at_gt", "created=after(...), or created_at_gt="),),
    "created_before": (("created_at_lt", "created=before(...), or created_at_lt="),),
    "updated_after": (("updated_at_gt", "updated=after(...), or updated_at_gt="),),
    "updated_before": (("updated_at_lt", "updated=before(...), or updated_at_lt="),),
    "page": (("created_at_lt", "async for, which walks all pages"),),
    "cursor": (("created_at_lt", "async for, which walks all pages"),),
    "offset": (
        ("page", "page=, or async for, which walks all pages"),
        ("created", "created=, or async for, which walks all pages"),
        ("created_at_lt", "created_at_lt=, or async for, which walks all pages"),
    ),
}


def unexpected(operation: Operation[object], name: str) -> TypeError:
    """Return the error for a parameter `name` that the method of `operation` does not have."""
    return TypeError(f"{operation.method} {operation.path} has no parameter {name!r}: {_advice(operation, name)}")


def _advice(operation: Operation[object], name: str) -> str:
    instead = operation.aliases.get(name) or _outdated(operation.names, name)
    if instead:
        return f"use {instead}"
    if name in _CLIENT_OPTIONS:
        return f"use with_options({name}=...) on the client"
    known = (*operation.names, *_list_parameters(operation), *REQUEST_OPTIONS)
    close = close_matches(name, known)
    if not close:
        return f"it has {', '.join(known)}"
    return f"it is spelled {close[0]!r} here" if folded(close[0]) == folded(name) else f"did you mean {close[0]!r}?"


def _list_parameters(operation: Operation[object]) -> Collection[str]:
    """Return what every list takes beside the contract's own parameters."""
    if not hasattr(operation, "walk"):
        return ()
    windows = [name for name in ("created", "updated") if f"{name}_at_gt" in operation.names]
    return (*windows, "max_items", "resume")


def _outdated(names: Collection[str], name: str) -> str | None:
    return next((hint for needed, hint in _OUTDATED.get(name, ()) if needed is None or needed in names), None)
