"""The decision table, the waits, and what Retry-After may look like; no I/O."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from vapi_async._http.retry import LOST, UNSENT, RetryPolicy, decide, may_have_happened, reads_only
from vapi_async._http.retry_after import retry_after
from vapi_async._http.retry_budget import RetryBudget

NOW = 1_800_000_000.0


def http_date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=seconds), usegmt=True)


RETRY_AFTER: list[tuple[dict[str, str], float | None]] = [
    ({}, None),
    ({"retry-after": "3"}, 3.0),
    ({"retry-after": " 3 "}, 3.0),
    ({"retry-after": "0.25"}, 0.25),
    ({"retry-after": "1e1"}, 10.0),
    ({"retry-after": "86400"}, 86400.0),
    ({"retry-after": "0"}, None),
    ({"retry-after": "-1"}, None),
    ({"retry-after": "nan"}, None),
    ({"retry-after": "inf"}, None),
    ({"retry-after": "-inf"}, None),
    ({"retry-after": "1e400"}, None),
    ({"retry-after": ""}, None),
    ({"retry-after": "soon"}, None),
    ({"retry-after": "1, 2"}, None),
    ({"retry-after": http_date(20)}, 20.0),
    ({"retry-after": http_date(-20)}, None),
    ({"retry-after": http_date(0)}, None),
    (
        {"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"},
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp() - NOW,
    ),
    ({"retry-after": "Fri, 31 Dec 100000 23:59:59 GMT"}, None),
    ({"retry-after": "Zun, 29 Sep 2026 10:00:00 GMT"}, None),
    ({"retry-after": "Fri, 32 Dec 2026 23:59:59 GMT"}, None),
    ({"retry-after": "Fri, 01 Jan 1 00:00:00 +2359"}, None),
    ({"retry-after": "2026-12-31T00:00:00Z"}, None),
    ({"retry-after-ms": "1500"}, 1.5),
    ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
    ({"retry-after-ms": "nan", "retry-after": "9"}, 9.0),
    ({"retry-after-ms": "-5", "retry-after": "9"}, 9.0),
    ({"retry-after-ms": "0", "retry-after": "9"}, 9.0),
    ({"retry-after-ms": "x"}, None),
]


@pytest.mark.parametrize(("headers", "seconds"), RETRY_AFTER, ids=str)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_a_date_within_the_second_counts() -> None:
    assert retry_after({"retry-after": http_date(1)}, NOW + 0.5) == 0.5


@given(st.text(max_size=40), st.text(max_size=40))
def test_retry_after_never_raises(seconds: str, milliseconds: str) -> None:
    found = retry_after({"retry-after": seconds, "retry-after-ms": milliseconds}, NOW)
    assert found is None or found > 0


def verdict(method: str, outcome: Any, **options: Any) -> bool:
    policy = RetryPolicy(retry_unsafe=options.pop("retry_unsafe", False))
    return decide(method, outcome, 1, {}, NOW, policy=policy, **options) is not None


REPEATABLE = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"]


@pytest.mark.parametrize("method", [*REPEATABLE, "POST"])
@pytest.mark.parametrize("outcome", [UNSENT, 429])
def test_what_was_not_looked_at_is_always_sent_again(method: str, outcome: Any) -> None:
    assert verdict(method, outcome)
    assert verdict(method, outcome, safety="unsafe")


@pytest.mark.parametrize("outcome", [LOST, 408, 500, 501, 502, 503, 504, 520, 599])
def test_an_unknown_outcome_is_only_repeated_where_that_is_harmless(outcome: Any) -> None:
    assert all(verdict(method, outcome) for method in REPEATABLE)
    assert not any(verdict(method, outcome, safety="unsafe") for method in REPEATABLE)
    assert not verdict("POST", outcome)
    assert verdict("POST", outcome, safety="repeatable")
    assert verdict("POST", outcome, retry_unsafe=True)
    assert verdict("PATCH", outcome, safety="unsafe", retry_unsafe=True)


@pytest.mark.parametrize("status", [200, 204, 301, 302, 304, 400, 401, 402, 403, 404, 409, 410, 413, 422, 425, 451])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_is_an_answer(status: int, method: str) -> None:
    assert not verdict(method, status, retry_unsafe=True)


@pytest.mark.parametrize(
    ("outcome", "may"),
    [
        (UNSENT, False),
        (LOST, True),
        (200, True),
        (302, True),
        (400, False),
        (404, False),
        (408, True),
        (409, False),
        (429, False),
        (500, True),
        (503, True),
    ],
)
def test_what_may_have_happened(outcome: Any, may: bool) -> None:
    assert may_have_happened(outcome) is may


@pytest.mark.parametrize(
    ("method", "safety", "reads"),
    [
        ("GET", None, True),
        ("POST", None, False),
        ("POST", "repeatable", True),
        ("PATCH", None, False),
        ("PATCH", "repeatable", False),
        ("DELETE", None, False),
    ],
)
def test_what_only_reads(method: str, safety: Any, reads: bool) -> None:
    assert reads_only(method, safety) is reads


def test_attempts_end() -> None:
    policy = RetryPolicy(2)
    delays = [decide("GET", 500, attempt, {}, NOW, policy=policy) for attempt in (1, 2, 3)]
    assert delays == [0.5, 1.0, None]
    assert decide("GET", UNSENT, 1, {}, NOW, policy=RetryPolicy(0)) is None


def test_the_wait_doubles_up_to_its_limit() -> None:
    policy = RetryPolicy(5000, backoff=(1.0, 10.0))
    delays = [decide("GET", 500, attempt, {}, NOW, policy=policy) for attempt in (1, 2, 3, 4, 5, 5000)]
    assert delays == [1, 2, 4, 8, 10, 10]
    assert decide("GET", 500, 3, {}, NOW, policy=policy, jitter=0.25) == 1
    assert decide("GET", 500, 3, {}, NOW, policy=policy, jitter=0.0) == 0


@pytest.mark.parametrize("outcome", [429, 503])
def test_what_the_api_asks_for_comes_first_up_to_the_cap(outcome: Any) -> None:
    policy = RetryPolicy(max_retry_after=20)
    assert decide("GET", outcome, 1, {"retry-after": "20"}, NOW, policy=policy, jitter=0) == 20
    assert decide("GET", outcome, 1, {"retry-after": "20.1"}, NOW, policy=policy) is None
    assert decide("GET", outcome, 1, {"retry-after": http_date(3600)}, NOW, policy=policy) is None
    assert decide("GET", outcome, 1, {"retry-after": "inf"}, NOW, policy=policy) == 0.5


@pytest.mark.parametrize(
    "options",
    [
        {"max_retries": -1},
        {"deadline": 0},
        {"deadline": float("nan")},
        {"backoff": (-1, 1)},
        {"backoff": (2, 1)},
        {"max_retry_after": float("nan")},
    ],
)
def test_policies_that_make_no_sense(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        RetryPolicy(**options)


def test_what_the_documentation_promises() -> None:
    policy = RetryPolicy()
    assert (policy.max_retries, policy.backoff, policy.max_retry_after) == (2, (0.5, 8.0), 60.0)
    assert (policy.deadline, policy.retry_unsafe) == (None, False)
    assert [decide("GET", 500, attempt, {}, NOW, policy=RetryPolicy(9)) for attempt in (1, 5, 6)] == [0.5, 8.0, 8.0]
    assert RetryPolicy(backoff=(1, 1)).backoff == (1, 1)
    assert RetryPolicy(deadline=0.1).deadline == 0.1


def test_patience_is_what_its_own_waits_would_take() -> None:
    assert RetryPolicy(2).patience == 1.5
    assert RetryPolicy(6).patience == 0.5 + 1 + 2 + 4 + 8 + 8
    assert RetryPolicy(0).patience == 0
    assert RetryPolicy(10**9).patience == 7.5 + (10**9 - 4) * 8
    assert RetryPolicy(1000, backoff=(0, 5)).patience == 0
    assert RetryPolicy(3, backoff=(1, float("inf"))).patience == 1 + 2 + 4


def test_retry_as_a_number_is_max_retries() -> None:
    assert RetryPolicy.of(5) == RetryPolicy(max_retries=5)
    assert RetryPolicy.of(RetryPolicy(1, deadline=2)) == RetryPolicy(1, deadline=2)
    with pytest.raises(TypeError, match="retry must be a number of retries or a RetryPolicy, not '3'"):
        RetryPolicy.of("3")  # type: ignore[arg-type]


def test_policies_are_values() -> None:
    policy = RetryPolicy(4, deadline=30, backoff=(1, 2), max_retry_after=5, retry_unsafe=True)
    text = "RetryPolicy(backoff=(1, 2), deadline=30, max_retries=4, max_retry_after=5, retry_unsafe=True)"
    assert repr(policy) == text
    assert len({policy, eval(text), RetryPolicy()}) == 2  # noqa: S307 - its own text
    assert policy != RetryPolicy(4, deadline=30)
    assert policy != 4


def _drawn(budget: RetryBudget) -> int:
    """How many retries the budget gives until it is spent."""
    return sum(iter(budget.draw, False))


def test_a_full_budget_is_a_hundred_retries() -> None:
    assert _drawn(RetryBudget()) == 100


@pytest.mark.parametrize(("successes", "retries"), [(4, 0), (5, 1), (9, 1), (10, 2), (499, 99), (500, 100), (900, 100)])
def test_five_successes_give_a_retry_back(successes: int, retries: int) -> None:
    budget = RetryBudget()
    _drawn(budget)
    for _ in range(successes):
        budget.refill(retried=False)
    assert _drawn(budget) == retries


@pytest.mark.parametrize(("successes", "retries"), [(1, 1), (99, 99), (101, 100)])
def test_a_retry_that_succeeds_gives_back_what_it_drew(successes: int, retries: int) -> None:
    budget = RetryBudget()
    _drawn(budget)
    for _ in range(successes):
        budget.refill(retried=True)
    assert _drawn(budget) == retries


def test_a_budget_of_ones_own_size() -> None:
    assert [_drawn(RetryBudget(capacity)) for capacity in (0, 4, 5, 14)] == [0, 0, 1, 2]
