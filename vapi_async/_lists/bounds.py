"""The bounds of one time field of a list request: read from what the user gave, checked, narrowed, written out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, NamedTuple

from vapi_async._modeling.unset import Unset

from .windows import Window, utc

LOWER, UPPER = ("Ge", "Gt"), ("Le", "Lt")


class Bound(NamedTuple):
    """One end of a window: a moment in UTC, and whether that moment itself is outside (`strict`)."""

    moment: datetime
    strict: bool


class Bounds(NamedTuple):
    """Both ends of a window, None where it is open."""

    lower: Bound | None = None
    upper: Bound | None = None

    def query(self, field: str) -> dict[str, datetime]:
        """Return the query parameters for `field` ("createdAt" or "updatedAt")."""
        query = {}
        if self.lower is not None:
            query[f"{field}{LOWER[self.lower.strict]}"] = self.lower.moment
        if self.upper is not None:
            query[f"{field}{UPPER[self.upper.strict]}"] = self.upper.moment
        return query

    def not_before(self, bound: Bound) -> Bounds:
        """Return these bounds with the lower one at least `bound`."""
        # Bounds compare by moment, then by `strict`, and of two lower ones at one moment the strict one is tighter.
        return self._replace(lower=bound if self.lower is None else max(self.lower, bound))

    def not_after(self, bound: Bound) -> Bounds:
        """Return these bounds with the upper one at most `bound`."""
        tighter = self.upper is None or (bound.moment, not bound.strict) < (self.upper.moment, not self.upper.strict)
        return self._replace(upper=bound) if tighter else self


def take_bounds(query: dict[str, Any], field: str, window: Window | Unset | None, known: Collection[str]) -> Bounds:
    """Take the bounds of `field` out of `query`, put those of `window` to them, and check the lot.

    Args:
        query: wire names to values; raw bounds (`createdAtGe` and so on) are removed from it.
        field: "createdAt" or "updatedAt".
        window: what the user gave as `created=` or `updated=`; None and UNSET mean nothing.
        known: the wire names of the operation's query parameters.

    Raises:
        TypeError: the window is not a Window, a bound is not a datetime.
        ValueError: the operation has no such filter, a bound is naive or given twice, the bounds hold nothing.
    """
    given: dict[str, datetime] = {}
    source: dict[str, str] = {}
    for suffix in (*LOWER, *UPPER):
        value = query.pop(f"{field}{suffix}", None)
        if value is not None:
            source[suffix] = argument = python_name(f"{field}{suffix}")
            given[suffix] = utc(_parsed(value, argument), argument)
    if window is not None and not isinstance(window, Unset):
        _merge(given, source, field, window, known)
    bounds = Bounds(_one(LOWER, given, source), _one(UPPER, given, source))
    _check_room(bounds, " and ".join(dict.fromkeys(source.values())))
    return bounds


def python_name(wire: str) -> str:
    """Return the name of a query parameter as an argument: `createdAtGe` is `created_at_ge`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in wire)


def _parsed(value: Any, argument: str) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{argument} is not a timestamp: {value!r}") from None


def _merge(given: dict[str, datetime], source: dict[str, str], field: str, window: Any, known: Collection[str]) -> None:
    argument = field.removesuffix("At")
    if not isinstance(window, Window):
        raise TypeError(f"{argument} takes since(), between(), before(), after() or on(), not {type(window).__name__}")
    for suffix, moment in window.bounds.items():
        if f"{field}{suffix}" not in known:
            raise ValueError(f"{argument}: this list has no {python_name(field + suffix)} filter")
        if suffix in given:
            raise ValueError(f"{argument} and {source[suffix]} set the same bound: give one of them")
        given[suffix] = moment
        source[suffix] = argument


def _one(suffixes: tuple[str, str], given: dict[str, datetime], source: dict[str, str]) -> Bound | None:
    both = [suffix for suffix in suffixes if suffix in given]
    if len(both) == 2:
        raise ValueError(f"{source[both[0]]} and {source[both[1]]} set the same bound: give one of them")
    return Bound(given[both[0]], both[0] == suffixes[1]) if both else None


def _check_room(bounds: Bounds, arguments: str) -> None:
    lower, upper = bounds
    if lower is None or upper is None:
        return
    if upper.moment < lower.moment:
        raise ValueError(f"{arguments}: the window is inverted, it ends before it starts")
    if upper.moment == lower.moment and (upper.strict or lower.strict):
        raise ValueError(f"{arguments}: the window is empty, it ends where it starts")


def wire_time(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
