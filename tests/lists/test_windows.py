"""Windows of time: what they cover, days of odd length, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from vapi_async._lists import windows as filters
from vapi_async._lists.windows import Window, after, before, between, on, since

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE = datetime(2026, 3, 1, 13, tzinfo=UTC)
NAIVE = datetime(2026, 3, 1, 12)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("window", "bounds"),
    [
        (since(NOON), {"Ge": NOON}),
        (before(NOON), {"Lt": NOON}),
        (before(NOON, inclusive=True), {"Le": NOON}),
        (after(NOON), {"Gt": NOON}),
        (after(NOON, inclusive=True), {"Ge": NOON}),
        (between(NOON, ONE), {"Ge": NOON, "Lt": ONE}),
        (between(NOON, ONE, inclusive=True), {"Ge": NOON, "Le": ONE}),
        (between(NOON, NOON, inclusive=True), {"Ge": NOON, "Le": NOON}),
        (on(date(2026, 3, 1), "UTC"), {"Ge": NOON - timedelta(hours=12), "Lt": NOON + timedelta(hours=12)}),
    ],
)
def test_what_windows_cover(window: Window, bounds: dict[str, datetime]) -> None:
    assert window.bounds == bounds
    assert not window.relative


def test_since_counts_back_from_the_instant_it_is_given() -> None:
    assert since(days=7, now=NOON).bounds == {"Ge": NOON - timedelta(days=7)}
    assert since(days=7, now=NOON).relative
    with pytest.raises(ValueError, match="now is naive"):
        since(days=7, now=NOON.replace(tzinfo=None))


def test_since_counts_back_from_now_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "_now", lambda: NOON)
    window = since(weeks=1, days=1.5, hours=2, minutes=3, seconds=4)
    assert window.bounds == {"Ge": NOON - timedelta(days=8.5, hours=2, minutes=3, seconds=4)}
    assert window.relative
    assert repr(since(days=7)) == "<since(days=7): Ge 2026-02-22T12:00:00+00:00>"


def test_bounds_are_in_utc() -> None:
    east = timezone(timedelta(hours=5))
    assert between(NOON.astimezone(east), ONE.astimezone(ZoneInfo("Europe/Madrid"))) == between(NOON, ONE)
    assert {bound.tzinfo for bound in since(NOON.astimezone(east)).bounds.values()} == {UTC}
    assert hash(between(NOON, ONE)) == hash(between(NOON.astimezone(east), ONE))
    assert since(NOON) != "since"


def test_clock_times_that_come_twice_are_told_apart() -> None:
    """One wall clock, an hour apart: compared as they are, Python takes them for equal."""
    madrid = ZoneInfo("Europe/Madrid")
    first = datetime(2026, 10, 25, 2, 30, tzinfo=madrid)
    second = first.replace(fold=1)
    assert between(first, second).bounds["Lt"] - first.astimezone(UTC) == timedelta(hours=1)
    with pytest.raises(ValueError, match="inverted"):
        between(second, first)


@pytest.mark.parametrize(
    ("day", "tz", "hours"),
    [
        # Days that are over: which days to come are longer is not the same in every version of the zones.
        (date(2024, 3, 30), "Europe/Madrid", 24),
        (date(2024, 3, 31), "Europe/Madrid", 23),
        (date(2024, 10, 27), "Europe/Madrid", 25),
        (date(2024, 4, 26), "Africa/Cairo", 23),  # the clocks jump over midnight
        (date(2024, 10, 31), "Africa/Cairo", 25),  # and back to before it
        (date(2018, 11, 4), "America/Sao_Paulo", 23),
        (date(2024, 3, 10), "America/Havana", 23),
        (date(2024, 11, 3), "America/Havana", 25),  # midnight comes twice
        (date(2024, 4, 7), "Australia/Lord_Howe", 24.5),
    ],
)
def test_days_are_as_long_as_they_are(day: date, tz: str, hours: float) -> None:
    bounds = on(day, tz=tz).bounds
    assert (bounds["Lt"] - bounds["Ge"]) / timedelta(hours=1) == hours


@settings(deadline=None)
@given(st.dates(date(1990, 1, 1), date(2035, 1, 1)), st.sampled_from(["Europe/Madrid", "Africa/Cairo", "America/Lima"]))
def test_days_meet_each_other(day: date, tz: str) -> None:
    today, tomorrow = on(day, tz), on(day + timedelta(days=1), ZoneInfo(tz))
    assert today.bounds["Lt"] == tomorrow.bounds["Ge"]
    middle = datetime.combine(day, time(12), tzinfo=ZoneInfo(tz))
    assert today.bounds["Ge"] < middle < today.bounds["Lt"]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: since(NAIVE), ValueError, "moment is naive"),
        (lambda: before(NAIVE), ValueError, "moment is naive"),
        (lambda: after(NAIVE), ValueError, "moment is naive"),
        (lambda: between(NAIVE, NOON), ValueError, "start is naive"),
        (lambda: between(NOON, NAIVE), ValueError, "end is naive"),
        (lambda: between(ONE, NOON), ValueError, "inverted"),
        (lambda: between(NOON, NOON), ValueError, "empty"),
        (lambda: since("2026-03-01"), TypeError, "moment must be a datetime"),
        (lambda: since(date(2026, 3, 1)), TypeError, "moment must be a datetime"),
        (since, TypeError, "needs a moment or a time span"),
        (lambda: since(days=0), TypeError, "needs a moment or a time span"),
        (lambda: since(NOON, days=1), TypeError, "not both: moment and days"),
        (lambda: since(days=-1), ValueError, r"since\(days=-1\): the time span"),
        (lambda: since(days=1e9), ValueError, "too far"),
        (lambda: since(hours=float("nan")), ValueError, "too far"),
        (lambda: since(weeks=float("inf")), ValueError, "too far"),
        (lambda: since(datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))), ValueError, "out of range"),
        (lambda: on(NOON, "UTC"), TypeError, "day must be a date, not datetime"),
        (lambda: on("2026-03-01", "UTC"), TypeError, "day must be a date, not str"),
        (lambda: on(date.max, "UTC"), ValueError, "day is out of range"),
        (lambda: on(date(2011, 12, 30), "Pacific/Apia"), ValueError, "did not take place in Pacific/Apia"),
        (lambda: on(date(2026, 3, 1), 3), TypeError, "tz must be"),
        (lambda: on(date(2026, 3, 1), "Europe/Atlantis"), ValueError, "tz: there is no time zone 'Europe/Atlantis'"),
        (lambda: on(date(2026, 3, 1), "Europe"), ValueError, "no time zone 'Europe'"),
        (lambda: on(date(2026, 3, 1), "../etc/passwd"), ValueError, "no time zone"),
        (lambda: on(date(2026, 3, 1), ""), ValueError, "no time zone"),
    ],
)
def test_what_is_refused(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()
