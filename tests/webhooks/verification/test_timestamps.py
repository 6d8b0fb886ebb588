"""The ways in which a time of sending is written."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from tests.webhooks.verification.signed_deliveries import NOW
from vapi_async.webhooks.verification.timestamps import parse_timestamp


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1767225600", NOW),
        ("1767225600.5", NOW + 0.5),
        ("1767225600500", NOW + 0.5),
        ("99999999999", 99_999_999_999),
        ("100000000000", 100_000_000),
        ("2026-01-01T00:00:00Z", NOW),
        ("2026-01-01T00:00:00.5Z", NOW + 0.5),
        ("2026-01-01T00:00:00.123456789Z", NOW + 0.123456),
        ("2025-12-31T19:30:00-04:30", NOW),
    ],
)
def test_timestamps_that_are_read(text: str, seconds: float) -> None:
    assert parse_timestamp(text) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ["", " ", "now", "-5", "1e9", "nan", "inf", "0x10", "1767225600 ", "2026-01-01", "2026-01-01T00:00:00", "9" * 400],
)
def test_timestamps_that_are_not(text: str) -> None:
    assert parse_timestamp(text) is None


@given(st.text() | st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()))
def test_no_timestamp_raises(text: str) -> None:
    assert isinstance(parse_timestamp(text), float | None)


# --- secrets in headers
