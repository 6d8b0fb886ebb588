"""What to write instead of an argument that a method does not have."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from typing import TYPE_CHECKING, Any

from vapi_async._modeling.keyword_hints import advice, inside
from vapi_async._modeling.outdated_names import outdated_names

if TYPE_CHECKING:
    from .operation import Operation

REQUEST_OPTIONS = ("extra_headers", "extra_query", "extra_body")
_CLIENT_OPTIONS = ("timeout", "retry", "headers", "strict")

# Spellings of other clients, and of the API, for lists and what is deleted: name -> (a parameter that the method must
# have for the hint to make sense, the hint). The first that fits counts.
_OF_LISTS: dict[str, tuple[tuple[str, str], ...]] = {
    "created_after": (("created_at_gt", "created=after(...), or created_at_gt="),),
    "created_before": (("created_at_lt", "created=before(...), or created_at_lt="),),
    "updated_after": (("updated_at_gt", "updated=after(...), or updated_at_gt="),),
    "updated_before": (("updated_at_lt", "updated=before(...), or updated_at_lt="),),
    "ids": (("id", "one id here, and calls.delete_many(ids) for several calls"),),
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
    if name in _CLIENT_OPTIONS and name not in operation.aliases:
        return f"use with_options({name}=...) on the client"
    instead = {**outdated_names(operation.names, "extra_body"), **_outdated(operation.names), **operation.aliases}
    known = (*operation.names, *_list_parameters(operation), *REQUEST_OPTIONS)
    text = advice(name, known, instead, _inside(operation, name))
    lacks = operation.body == "json" and text.startswith("it has ")
    return f'{text}; what the contract lacks goes in extra_body={{"{_camel(name)}": ...}}' if lacks else text


def _inside(operation: Operation[object], name: str) -> list[str]:
    """What to write for a key of something that the body holds."""
    body: Any = (
        getattr(import_module(operation.models), operation.model) if operation.models and operation.model else None
    )
    wire = getattr(body, "_wire", None)  # a union has none
    if not wire:
        return []
    names = {field: key for field, key in wire.items() if field in operation.names}
    return inside(body.__module__.rsplit(".", 2)[0], body._schema, names, name)


def _list_parameters(operation: Operation[object]) -> Collection[str]:
    """Return what every list takes beside the contract's own parameters."""
    if not hasattr(operation, "walk"):
        return ()
    windows = [name for name in ("created", "updated") if f"{name}_at_gt" in operation.names]
    return (*windows, "max_items", "resume")


def _outdated(names: Collection[str]) -> dict[str, str]:
    fitting = {name: next((hint for needed, hint in hints if needed in names), "") for name, hints in _OF_LISTS.items()}
    return {name: hint for name, hint in fitting.items() if hint}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
