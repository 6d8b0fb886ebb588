"""Windows of time for lists: what `created=` and `updated=` take.

    vapi.calls.list(created=since(days=7))
    vapi.calls.list(created=between(monday, friday), updated=after(lunch))
    vapi.calls.list(created=on(date(2026, 3, 29), tz="Europe/Madrid"))

A window is half-open, as ranges are in Python: its start is inside, its end is not, so windows that meet share nothing
and miss nothing. `before` and `after` leave out the moment they name; `inclusive=True` takes the named end (of
`between`) or moment in.

Every moment must carry a time zone. Days are days of a named zone, 23 to 25 hours long as its clocks change. Windows
hold UTC, since Python compares two moments of one zone by their wall clocks, which is wrong where clocks change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from vapi_async._lazy import exported_by

__all__ = ["Window", "after", "before", "between", "on", "since"]


@exported_by("vapi_async")
class Window:
    """A window of time, made by `since`, `between`, `before`, `after` or `on`.

    Attributes:
        bounds: the limits in UTC by the suffix of their query parameters: `Ge`, `Gt`, `Le`, `Lt`.
        name: how it was made, as code.
        relative: whether it was counted back from now, so that the same code means another window tomorrow.
    """

    __slots__ = ("bounds", "name", "relative")

    def __init__(self, bounds: Mapping[str, datetime], name: str, *, relative: bool = False) -> None:
        self.bounds: dict[str, datetime] = dict(bounds)
        self.name: str = name
        self.relative: bool = relative

    def __repr__(self) -> str:
        return f"<{self.name}: {', '.join(f'{key} {value.isoformat()}' for key, value in self.bounds.items())}>"

    def __eq__(self, other: object) -> bool:
        return self.bounds == other.bounds if isinstance(other, Window) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.bounds.items())))


@exported_by("vapi_async")
def since(
    moment: datetime | None = None,
    *,
    weeks: float = 0,
    days: float = 0,
    hours: float = 0,
    minutes: float = 0,
    seconds: float = 0,
    now: datetime | None = None,
) -> Window:
    """Return the window from a moment on (that moment included), without an end.

    Args:
        moment: an aware datetime; or give a time span instead, which is counted back from now, once, here.
        weeks: part of the span.
        days: part of the span; a day is 24 hours.
        hours: part of the span.
        minutes: part of the span.
        seconds: part of the span.
        now: the aware datetime to count the span back from. Default: the clock of this machine.

    Raises:
        TypeError: neither or both of moment and span are given, or moment or now is not a datetime.
        ValueError: moment or now is naive, or the span is not positive or reaches back too far.
    """
    parts = {"weeks": weeks, "days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
    given = {name: value for name, value in parts.items() if value != 0}
    if moment is not None and given:
        raise TypeError(f"since() takes a moment or a time span, not both: moment and {', '.join(given)}")
    if moment is not None:
        return Window({"Ge": utc(moment, "moment")}, "since(moment)")
    if not given:
        raise TypeError("since() needs a moment or a time span above zero, such as days=7")
    name = f"since({', '.join(f'{part}={value!r}' for part, value in given.items())})"
    return Window({"Ge": _ago(name, given, _now() if now is None else utc(now, "now"))}, name, relative=True)


@exported_by("vapi_async")
def between(start: datetime, end: datetime, *, inclusive: bool = False) -> Window:
    """Return the window from `start` (included) to `end` (not included, unless `inclusive`).

    Raises:
        TypeError: one of them is not a datetime.
        ValueError: one of them is naive, or end is not after start.
    """
    first, last = utc(start, "start"), utc(end, "end")
    if last < first or (last == first and not inclusive):
        fault = "empty" if last == first else "inverted"
        raise ValueError(f"between(): the window is {fault}: end ({last.isoformat()}) must be after start")
    return Window({"Ge": first, "Le" if inclusive else "Lt": last}, "between(start, end)")


@exported_by("vapi_async")
def before(moment: datetime, *, inclusive: bool = False) -> Window:
    """Return the window of all time before `moment`, with `inclusive` that moment too.

    Raises:
        TypeError: moment is not a datetime.
        ValueError: moment is naive.
    """
    return Window({"Le" if inclusive else "Lt": utc(moment, "moment")}, "before(moment)")


@exported_by("vapi_async")
def after(moment: datetime, *, inclusive: bool = False) -> Window:
    """Return the window of all time after `moment`, with `inclusive` that moment too.

    Raises:
        TypeError: moment is not a datetime.
        ValueError: moment is naive.
    """
    return Window({"Ge" if inclusive else "Gt": utc(moment, "moment")}, "after(moment)")


@exported_by("vapi_async")
def on(day: date, tz: str | tzinfo) -> Window:
    """Return the window of one day of the calendar: from its first moment to the first of the next day.

    Args:
        day: a date (not a datetime).
        tz: whose day it is: a name of the IANA time zone database, such as "Europe/Madrid", or a tzinfo.

    Raises:
        TypeError: day is not a date, or tz is neither a name nor a tzinfo.
        ValueError: there is no such time zone, or it skipped that day.
    """
    _check_day(day)
    zone = _zone(tz)
    try:
        start, end = (_midnight(each, zone) for each in (day, day + timedelta(days=1)))
    except OverflowError:
        raise ValueError(f"day is out of range: {day.isoformat()}") from None
    if end <= start:
        raise ValueError(f"day: {day.isoformat()} did not take place in {tz}")
    return Window({"Ge": start, "Lt": end}, f"on({day.isoformat()}, {tz})")


def utc(value: Any, argument: str) -> datetime:
    """Return an aware datetime in UTC.

    Raises:
        TypeError: it is not a datetime.
        ValueError: it is naive, or out of range. Both name `argument`.
    """
    if not isinstance(value, datetime):
        raise TypeError(f"{argument} must be a datetime with a time zone, not {type(value).__name__}")
    if value.utcoffset() is None:
        raise ValueError(f"{argument} is naive: give it a time zone, such as tzinfo=timezone.utc or ZoneInfo(...)")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{argument} is out of range: {value.isoformat()}") from None


def _now() -> datetime:
    return datetime.now(UTC)


def _ago(name: str, span: Mapping[str, float], now: datetime) -> datetime:
    try:
        length = timedelta(**span)
        start = now - length
    except (OverflowError, ValueError):
        raise ValueError(f"{name} reaches back too far") from None
    if length <= timedelta(0):
        raise ValueError(f"{name}: the time span must be above zero")
    return start


def _midnight(day: date, zone: tzinfo) -> datetime:
    # Where clocks jump over midnight this is the moment of the jump; where it comes twice, its first coming (fold=0).
    # So days meet each other without gap or overlap, whatever the clocks do.
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _check_day(day: Any) -> None:
    if not isinstance(day, date) or isinstance(day, datetime):
        raise TypeError(f"day must be a date, not {type(day).__name__}")


def _zone(tz: str | tzinfo) -> tzinfo:
    if isinstance(tz, tzinfo):
        return tz
    if not isinstance(tz, str):
        raise TypeError(f"tz must be the name of a time zone or a tzinfo, not {type(tz).__name__}")
    if tz == "UTC":  # needs no database
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(tz)
    except (LookupError, ValueError, OSError):  # OSError: the name of a folder of the database
        raise ValueError(f"tz: there is no time zone {tz!r} (or no database of them: pip install tzdata)") from None
