"""When items were created: read from their JSON, with the order they are in and the precision they are printed to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

Order: TypeAlias = Literal[-1, 1]
"""Newest first, or oldest first."""

_FRACTION = re.compile(r"[.,]([0-9]{1,6})").search


def created_at(item: Any) -> datetime | None:
    """Return when an item was created; None if it does not say, or not with a time zone."""
    try:
        moment = datetime.fromisoformat(item["createdAt"])
    except (LookupError, TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else None


def precision(items: Sequence[Any]) -> timedelta:
    """Return the finest step that createdAt of these items is printed in: a second to a microsecond."""
    fraction = _FRACTION(max((item["createdAt"] for item in items), key=len))
    return timedelta(microseconds=10 ** (6 - len(fraction[1]))) if fraction else timedelta(seconds=1)


def sort_order(moments: Sequence[datetime]) -> Order | Literal[0] | None:
    """Return the order that moments are in; 0 if they are all the same one, None if they are in no order."""
    ascending = sorted(moments)
    if ascending[0] == ascending[-1]:
        return 0
    if moments == ascending:
        return 1
    return -1 if moments == ascending[::-1] else None
