"""Learning a rate limit that nobody states: against every sort of limit, in virtual time."""

from __future__ import annotations

from itertools import pairwise
from math import inf

import pytest
from hypothesis import given, settings, strategies as st

from tests.effort import examples
from tests.http.limits import LIMITS, Run, ideal
from vapi_async._http.rate_estimate import RateEstimate

# requests, most, seconds, workers, latency
SCENARIOS = [
    (2000, 1000, 60.0, 10, 0.1),
    (2000, 1000, 60.0, 10, 0.01),
    (3000, 1000, 60.0, 50, 0.3),
    (2000, 100, 10.0, 10, 0.1),
    (500, 100, 60.0, 10, 0.2),
    (200, 20, 1.0, 100, 0.01),
]


@pytest.mark.parametrize("retry_after", [False, True])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
@pytest.mark.parametrize("sort", LIMITS)
def test_it_takes_little_longer_than_knowing(
    sort: str, scenario: tuple[int, int, float, int, float], retry_after: bool
) -> None:
    requests, most, seconds, workers, latency = scenario
    best = ideal(LIMITS[sort](most, seconds), requests, workers, latency)
    runs = [
        Run(LIMITS[sort](most, seconds), requests, workers, latency, retry_after=retry_after, seed=seed)
        for seed in range(3)
    ]
    assert sum(run.seconds for run in runs) / 3 <= 1.3 * best
    # What was on its way before the first refusal was heard of could not be helped.
    assert sum(run.sent - run.blind for run in runs) / 3 <= 1.3 * requests


@settings(max_examples=examples(40, 300), deadline=None)
@given(
    st.sampled_from(sorted(LIMITS)),
    st.integers(1, 300),
    st.floats(0.5, 120),
    st.integers(1, 60),
    st.floats(0.001, 0.5),
    st.booleans(),
    st.integers(0, 9),
)
def test_it_always_comes_to_its_end(
    sort: str, most: int, seconds: float, workers: int, latency: float, retry_after: bool, seed: int
) -> None:
    requests = min(5 * most, 600)
    best = ideal(LIMITS[sort](most, seconds), requests, workers, latency)
    run = Run(LIMITS[sort](most, seconds), requests, workers, latency, retry_after=retry_after, seed=seed)
    assert run.seconds <= 3 * best + 3 * seconds + 20 * latency
    assert run.sent - run.blind <= 3 * requests + 60


def limited(pause: float = 1.0, *, asked: bool = False) -> RateEstimate:
    estimate = RateEstimate()
    estimate.refused(estimate.send(0.0), 0.0, pause, asked=asked)
    return estimate


def test_until_the_first_refusal_nobody_waits() -> None:
    estimate = RateEstimate()
    for _ in range(1000):
        assert estimate.next_send(5.0, bulk=False) == 5.0
        estimate.send(5.0)
    assert not estimate.limited


def test_bulk_work_begins_slowly() -> None:
    estimate = RateEstimate()
    assert [burst(estimate) for _ in range(5)] == [10, 20, 40, 80, 160]
    estimate.refused(estimate.send(5.0), 5.0, 1.0, asked=False)
    estimate.passed(estimate.send(6.0), 6.0, demand=False)
    assert not estimate.limited
    assert burst(estimate) == 10


def burst(estimate: RateEstimate) -> int:
    """Send what may be sent at once, let it through, and return how many requests that were."""
    permits = []
    while estimate.next_send(5.0) == 5.0:
        permits.append(estimate.send(5.0))
    for permit in permits:
        estimate.passed(permit, 5.0, demand=True)
    return len(permits)


def test_pauses_grow_with_the_time_refused_for() -> None:
    estimate = limited(0.1)
    now, pauses = 0.0, []
    for _ in range(12):
        at = estimate.next_send(now)
        pauses.append(at - now)
        now = at
        estimate.refused(estimate.send(now), now, 0.1, asked=False)
    assert pauses[0] == pytest.approx(0.1)
    assert all(later >= 0.99 * sooner for sooner, later in pairwise(pauses))
    assert pauses[-1] > 0.15 * now


def test_what_the_api_asks_for_is_the_least() -> None:
    assert limited(30.0, asked=True).next_send(0.0) == 30.0


def test_a_refusal_from_before_the_pause_says_nothing() -> None:
    estimate = RateEstimate()
    first, second = estimate.send(0.0), estimate.send(0.0)
    estimate.refused(first, 0.0, 1.0, asked=False)
    estimate.refused(second, 0.0, 50.0, asked=True)
    assert estimate.next_send(0.0) == 1.0


def test_a_probe_goes_alone_and_one_without_answer_is_followed_by_another() -> None:
    estimate = limited()
    probe = estimate.send(1.0)
    assert estimate.next_send(1.0) == inf
    estimate.leave(probe)
    assert (estimate.probing, estimate.next_send(1.5)) == (True, 1.5)


def test_no_answer_does_not_widen_what_may_be_under_way() -> None:
    estimate = limited()
    estimate.passed(estimate.send(1.0), 1.0, demand=True)
    permits = [estimate.send(1.0), estimate.send(1.0)]
    assert estimate.next_send(1.0) == inf
    estimate.leave(permits[0])
    estimate.send(1.0)
    assert estimate.next_send(1.0) == inf
    estimate.passed(permits[1], 1.0, demand=True)
    estimate.send(1.0)
    assert estimate.next_send(1.0) == 1.0


def test_without_demand_it_is_forgotten() -> None:
    estimate = limited()
    estimate.passed(estimate.send(1.0), 1.0, demand=False)
    assert not estimate.limited
