"""From JSON scalars to Python ones: strict about what is meant, lenient about how a language model spells it.

`"5"` and `5.0` are 5 where a whole number is wanted, `"true"` is true, a number is a text where one is wanted. What
would need a guess is refused: 5.5 is no whole number, true is no 1, "soon" is no date.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

# The lengths are bounded: the time that int() and Decimal() take grows faster than what a stranger sends.
_NUMBER = re.compile(r"\s*[+-]?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,4})?\s*")
_TRUTH = {"true": True, "false": False}


def to_text(value: Any) -> str:
    """Return a text as it is, a number as its digits."""
    if isinstance(value, str):
        return value
    return str(_finite(value))


def to_integer(value: Any) -> int:
    """Return a whole number, also one that is written as 5.0 or "5"."""
    number = to_number(value)
    if isinstance(number, float) and not number.is_integer():
        raise ValueError("has a fraction")
    return int(number)


def to_float(value: Any) -> float:
    """Return a finite number, also one that is written as a text."""
    return float(_finite(float(to_number(value))))


def to_decimal(value: Any) -> Decimal:
    """Return a finite number, to the digit as it is written."""
    return Decimal(str(value).strip()) if _is_numeral(value) else Decimal(str(_finite(value)))


def to_number(value: Any) -> int | float:
    """Return a finite number, whole if it is written without a fraction."""
    if not _is_numeral(value):
        return _finite(value)
    try:
        return int(value)
    except ValueError:
        return _finite(float(value))


def _is_numeral(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if not _NUMBER.fullmatch(value):
        raise ValueError("not a number")
    return True


def _finite(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError("not a number")
    return value


def to_boolean(value: Any) -> bool:
    """Return true or false, also as a text in any case."""
    if isinstance(value, str):
        value = _TRUTH.get(value.strip().lower())
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def to_date(value: Any) -> date:
    """Return a date; of a text with a time, its date."""
    return to_datetime(value).date()


def to_datetime(value: Any) -> datetime:
    """Return a date and time, aware if it has an offset."""
    return datetime.fromisoformat(_text(value))


def to_time(value: Any) -> time:
    """Return a time of day."""
    return time.fromisoformat(_text(value))


def to_uuid(value: Any) -> UUID:
    """Return a UUID."""
    return UUID(_text(value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value.strip()
