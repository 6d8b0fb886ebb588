"""From JSON scalars to Python ones: strict about what is meant, lenient about how a language model spells it.

`"5"`, `"5."` and `5.0` are 5 where a whole number is wanted, `"true"` is true, a number is a text where one is wanted.
What would need a guess is refused: 5.5 is no whole number, true is no 1, "soon" is no date.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from vapi_async.webhooks.verification.secret_values import decode_base64

# The lengths are bounded: the time that int() and Decimal() take grows faster than what a stranger sends.
_NUMBER = re.compile(r"\s*[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,4})?\s*")
_DURATION = re.compile(
    r"(?P<sign>[+-])?P(?:(?P<weeks>\d{1,9})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,9})?)S)?)?"
)
_CLOCK = re.compile(r"(?P<hours>\d{1,9}):(?P<minutes>[0-5]\d)(?::(?P<seconds>[0-5]\d(?:\.\d{1,9})?))?")
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


def to_duration(value: Any) -> timedelta:
    """Return a duration: ISO 8601, hours and minutes as in 1:30, or a number of seconds."""
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return timedelta(seconds=to_float(value))
    match = _DURATION.fullmatch(value.strip().upper()) or _CLOCK.fullmatch(value.strip())
    parts = {} if match is None else {key: found for key, found in match.groupdict().items() if found}
    negative = parts.pop("sign", "+") == "-"
    if not parts:
        raise ValueError("not a duration")
    length = timedelta(**{name: float(number) for name, number in parts.items()})
    return -length if negative else length


def to_bytes(value: Any) -> bytes:
    """Return what Base64 stands for, in the standard or the URL-safe alphabet."""
    return decode_base64("".join(_text(value).split()).encode())


def to_uuid(value: Any) -> UUID:
    """Return a UUID."""
    return UUID(_text(value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value.strip()
