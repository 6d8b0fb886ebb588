"""Comparators as the contract writes them: scorecards, evaluations and filters have the same."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

_COMPARATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "gt": operator.gt,
}


def compares(found: Any, comparator: str, wanted: Any) -> bool:
    """Return whether a value stands to another one as a comparator says; values of two types are only unequal."""
    if isinstance(found, bool) != isinstance(wanted, bool):
        return comparator == "!="
    try:
        return bool(_COMPARATORS[comparator](found, wanted))
    except TypeError:
        return False
