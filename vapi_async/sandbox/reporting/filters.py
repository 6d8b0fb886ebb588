"""Filters of insights on the columns of calls."""

from __future__ import annotations

from typing import Any

from vapi_async.sandbox.rest.comparators import compares
from vapi_async.sandbox.rest.store import instant

from .figures import value

Json = dict[str, Any]

_DATES = ("startedAt", "endedAt")


def passes(row: Json, condition: Json) -> bool:
    """Return whether a call passes a filter."""
    found, wanted = value(row, condition["column"]), condition["value"]
    match condition["operator"]:
        case "in" | "not_in" as operator:
            return bool((found in wanted) == (operator == "in"))
        case "contains" | "not_contains" as operator:
            return bool((str(wanted) in str(found or "")) == (operator == "contains"))
        case "is_empty" | "is_not_empty" as operator:
            return bool((found in (None, "", [])) == (operator == "is_empty"))
        case operator if found is None:
            return bool(operator == "!=")
        case operator if condition["column"] in _DATES:
            return compares(instant(found), operator, instant(wanted))
        case operator:
            return compares(found, operator, wanted)
