"""What of an object is shown first, and what of many in a table: for `repr`, rich, notebooks and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

#: Fields by their path in the API's spelling: what one looks at an object for.
FIRST = (
    "id",
    "name",
    "status",
    "type",
    "provider",
    "number",
    "customer.number",
    "endedReason",
    "cost",
    "startedAt",
    "endedAt",
    "createdAt",
)
_FEW = 8
_RANK = {path.partition(".")[0]: rank for rank, path in enumerate(FIRST)}


def in_order(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the fields of a model, with what they are called in JSON: what matters first, the rest as it stands."""
    return sorted(fields.items(), key=lambda field: _RANK.get(field[1], len(FIRST)))


def columns_of(items: Iterable[Any]) -> list[str]:
    """Return the columns of a table of some objects, JSON values: those of `FIRST` that any has, else what there is."""
    objects = [item for item in items if isinstance(item, Mapping)]
    found = {path for item in objects for path in FIRST if pick(item, path) is not None}
    return [path for path in FIRST if path in found] or list(dict.fromkeys(chain.from_iterable(objects)))[:_FEW]


def pick(item: Any, path: str) -> Any:
    """Return a field of an object by its path, such as `customer.number`; None if there is none."""
    for name in path.split("."):
        item = item.get(name) if isinstance(item, Mapping) else None
    return item
