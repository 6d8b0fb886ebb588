"""What a response asks the client to wait, out of the header fields that say so.

`retry-after-ms` counts milliseconds; `retry-after` counts seconds or names a date. A value that makes no sense is as
good as none: not a number, infinite, negative, a date that is none (the calendar here ends with the year 9999). So is
one that asks for no wait at all, a date in the past included, so that a client never answers a refusal at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that a response asks to wait, None if it does not, or not sensibly.

    Args:
        headers: its header fields, read by lower-case name.
        now: the time, as seconds since the epoch.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    return _until(value, now) if seconds is None else seconds


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if isfinite(number) and number > 0 else None


def _until(text: str | None, now: float) -> float | None:
    if not text:
        return None
    from email.utils import parsedate_to_datetime

    try:
        seconds = parsedate_to_datetime(text).timestamp() - now
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return seconds if seconds > 0 else None
