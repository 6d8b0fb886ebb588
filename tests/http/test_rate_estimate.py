"""Learning a rate limit that nobody states: against every sort of limit, in virtual time."""

from __future__ import annotations

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


def refuse(estimate: RateEstimate, now: float, pause: float = 1.0, *, asked: bool = False) -> None:
    estimate.refused(estimate.send(now), now, pause, asked=asked)


def let_pass(estimate: RateEstimate, now: float, count: int = 1) -> None:
    for _ in range(count):
        estimate.passed(estimate.send(now), now, demand=True)


def at_once(estimate: RateEstimate, now: float) -> int:
    """Send all that may be sent now, and return how many requests that were."""
    count = 0
    while estimate.next_send(now) == now:
        estimate.send(now)
        count += 1
    return count


def learned(quota: int) -> RateEstimate:
    """An estimate of so many requests in 10 seconds; a round began at 11, with the probe, and nothing is under way."""
    estimate = limited()
    let_pass(estimate, 1.0, quota)
    refuse(estimate, 2.0)
    let_pass(estimate, 11.0)
    assert (estimate.quota, estimate.period, estimate.probing) == (quota, 10.0, False)
    return estimate


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
    estimate, now, pauses = limited(0.1), 0.0, []
    for _ in range(10):
        at = estimate.next_send(now)
        pauses.append(at - now)
        now = at
        refuse(estimate, now, 0.1)
    assert pauses == pytest.approx([0.1, 0.1, 0.1, 0.2, 0.25, 0.25, 0.25, 0.2875, 0.359375, 0.44921875])


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
    assert at_once(estimate, 1.0) == 10


@pytest.mark.parametrize(("passed", "under_way"), [(0, 2), (1, 3), (2, 3), (3, 4), (6, 5)])
def test_what_gets_through_widens_a_round(passed: int, under_way: int) -> None:
    estimate = limited()
    let_pass(estimate, 1.0, 1 + passed)
    assert at_once(estimate, 1.0) == under_way


def test_what_is_under_way_when_all_is_forgotten_does_not_count() -> None:
    estimate = limited()
    let_pass(estimate, 1.0)
    permits = [estimate.send(1.0), estimate.send(1.0)]
    estimate.passed(permits[0], 1.0, demand=False)
    estimate.leave(permits[1])
    assert (estimate.limited, at_once(estimate, 1.0)) == (False, 10)


def test_bulk_work_grows_with_what_gets_through_also_without_demand() -> None:
    estimate = RateEstimate()
    for _ in range(5):
        estimate.passed(estimate.send(5.0), 5.0, demand=False)
    assert at_once(estimate, 5.0) == 15


def test_a_probe_that_was_left_from_before_does_not_free_the_place_of_the_next() -> None:
    estimate = RateEstimate()
    old = [estimate.send(0.0), estimate.send(0.0)]
    estimate.refused(old[0], 0.0, 1.0, asked=False)
    estimate.send(1.0)
    estimate.leave(old[1])
    assert estimate.next_send(1.0) == inf


def test_what_gets_through_late_counts_for_its_round() -> None:
    estimate = limited()
    let_pass(estimate, 1.0)
    first, second = estimate.send(1.0), estimate.send(1.0)
    estimate.refused(first, 2.0, 1.0, asked=False)
    estimate.passed(second, 1.0, demand=True)
    assert estimate.next_send(3.0) == 3.0
    let_pass(estimate, 11.0)
    assert estimate.quota == 2


def test_the_nearer_the_quota_the_fewer_are_under_way() -> None:
    estimate = learned(4)
    assert [at_once(estimate, 11.0), estimate.risky] == [1, False]
    estimate = learned(40)
    let_pass(estimate, 11.0, 19)
    assert at_once(estimate, 11.0) == 7  # of 20
    estimate = learned(4)
    let_pass(estimate, 11.0, 2)
    assert [at_once(estimate, 11.0), estimate.risky] == [1, True]


def test_what_is_left_of_a_quota_is_sent_at_once_after_a_round_without_refusals() -> None:
    estimate = learned(40)
    assert at_once(estimate, 11.0) == 2
    estimate = learned(40)
    let_pass(estimate, 11.0, 39)
    let_pass(estimate, 21.0)
    assert at_once(estimate, 21.0) == 13  # then half of what is left is under way


@pytest.mark.parametrize(("now", "at"), [(15.0, 21.0), (21.0, 21.0), (30.0, 30.0)])
def test_a_quota_that_is_used_up_ends_the_round(now: float, at: float) -> None:
    estimate = learned(4)
    let_pass(estimate, 11.0, 3)
    assert (estimate.next_send(now), estimate.risky) == (at, True)
    estimate.send(at)
    assert (estimate.probing, estimate.next_send(at)) == (True, inf)


def test_three_rounds_below_the_quota_and_all_is_forgotten() -> None:
    estimate = learned(4)
    let_pass(estimate, 20.9)
    let_pass(estimate, 21.0)
    let_pass(estimate, 31.0, 4)
    assert estimate.next_send(40.0) == 41.0  # used up, so it begins to count again
    let_pass(estimate, 41.0)
    let_pass(estimate, 51.0)
    let_pass(estimate, 61.0)
    assert estimate.limited
    permit = estimate.send(71.0)
    assert not estimate.limited
    estimate.leave(permit)
    assert at_once(estimate, 71.0) == 10


def test_a_round_that_was_refused_is_not_renewed_without_a_probe() -> None:
    estimate = learned(4)
    refuse(estimate, 12.0)
    let_pass(estimate, 16.0)
    let_pass(estimate, 21.0)
    assert estimate.next_send(21.0) == 21.0
    assert estimate.quota == 4


@pytest.mark.parametrize(
    ("passed", "now", "at"),
    [
        (20, 12.0, 21.0),  # half of the quota and more: the round is over
        (19, 12.0, 11 + 10 * (10 + 1) / (40 + 19)),  # else as soon as ten may have become free
        (10, 12.0, 11 + 10 * (10 + 1) / (40 + 10)),
        (10, 20.0, 20.5),
    ],
)
def test_when_a_round_that_was_refused_goes_on(passed: int, now: float, at: float) -> None:
    estimate = learned(40)
    let_pass(estimate, 11.0, passed - 1)
    refuse(estimate, now)
    assert estimate.next_send(now) == pytest.approx(at)


@pytest.mark.parametrize(("pause", "at"), [(0.1, 13.2), (5.0, 17.0)])
def test_a_refusal_that_asks_for_a_pause_gets_it_at_least(pause: float, at: float) -> None:
    estimate = learned(40)
    let_pass(estimate, 11.0, 9)
    refuse(estimate, 12.0, pause, asked=True)
    assert estimate.next_send(12.0) == pytest.approx(at)


def test_the_mean_rate_of_rounds_tells_when_the_next_has_room() -> None:
    estimate = learned(16)
    let_pass(estimate, 11.0, 3)
    refuse(estimate, 12.0)
    let_pass(estimate, 21.0)
    assert estimate.quota == 4
    refuse(estimate, 21.5)
    most, passed, seconds = 0.9 * 16, 0.7 * 16 + 4 + 1, 0.7 * 10 + 10 + 0.5
    assert estimate.next_send(22.0) == pytest.approx(21 + most / 2 * seconds / passed)


def test_what_passed_before_the_first_refusal_tells_how_much_a_round_may_have() -> None:
    estimate = RateEstimate()
    let_pass(estimate, 0.0, 50)
    refuse(estimate, 0.0)
    let_pass(estimate, 1.0, 4)
    refuse(estimate, 2.0)
    assert estimate.next_send(2.0) == 1 + 10 * 1 / 4


@pytest.mark.parametrize(("passed", "under_way"), [(10, 4), (2, 2)])
def test_an_interrupted_round_goes_on_half_as_wide(passed: int, under_way: int) -> None:
    estimate = learned(40)
    let_pass(estimate, 11.0, passed - 1)
    refuse(estimate, 12.0)
    at = estimate.next_send(12.0)
    let_pass(estimate, at)
    assert (estimate.probing, estimate.period, estimate.quota) == (False, 10.0, 40)
    assert at_once(estimate, at) == under_way


@pytest.mark.parametrize(("at", "period"), [(19.9, 10.0), (20.0, 9.0)])
def test_nearly_a_whole_period_later_another_round_begins(at: float, period: float) -> None:
    estimate = learned(40)
    let_pass(estimate, 11.0, 9)
    refuse(estimate, 12.0)
    let_pass(estimate, at)
    assert (estimate.period, estimate.probing) == (period, False)
    assert estimate.quota == (40 if period == 10 else 10)


def test_a_probe_that_came_a_little_early_is_tried_again_soon() -> None:
    estimate, now, pauses = learned(4), 21.0, []
    let_pass(estimate, 11.0, 3)
    for _ in range(8):
        refuse(estimate, now)
        pauses.append(estimate.next_send(now) - now)
        now += pauses[-1]
    assert pauses == pytest.approx([0.5, 0.5, 0.5, 0.5, 0.5, 0.625, 0.78125, 0.9765625])


@pytest.mark.parametrize("pause", [0.2, 30.0])
def test_a_probe_that_is_told_how_long_to_wait_waits_for_that(pause: float) -> None:
    estimate = limited()
    refuse(estimate, 100.0, pause, asked=True)
    assert estimate.next_send(100.0) == 100 + pause


def test_a_quota_is_one_at_least_and_grows_by_half_at_most() -> None:
    estimate = learned(4)
    estimate.refused(estimate.send(21.0), 21.5, 1.0, asked=False)
    let_pass(estimate, 31.0)
    assert estimate.quota == 1
    estimate = exploring()
    let_pass(estimate, 31.0, 10)
    refuse(estimate, 31.0)
    let_pass(estimate, 41.0)
    assert estimate.quota == 15


def exploring() -> RateEstimate:
    """An estimate of 10 requests in 10 seconds, in a round that sees whether there is more; at 31 the 10 are used."""
    estimate = learned(10)
    let_pass(estimate, 11.0, 9)
    let_pass(estimate, 21.0, 10)
    let_pass(estimate, 31.0, 10)
    return estimate


def test_more_than_the_quota_is_sent_one_by_one_and_then_twice_as_many_each_time() -> None:
    estimate = exploring()
    for under_way in (1, 1, 2, 4):
        assert estimate.next_send(31.0) == 31.0
        permits = [estimate.send(31.0) for _ in range(under_way)]
        assert estimate.next_send(31.0) == inf
        for permit in permits:
            estimate.passed(permit, 31.0, demand=True)


def test_what_is_under_way_comes_before_more_than_the_quota() -> None:
    estimate = learned(10)
    let_pass(estimate, 11.0, 9)
    let_pass(estimate, 21.0, 10)
    let_pass(estimate, 31.0, 9)
    estimate.send(31.0)
    assert estimate.next_send(31.0) == inf


def test_a_round_that_would_have_seen_for_more_is_not_made_up_for() -> None:
    estimate = learned(10)
    let_pass(estimate, 11.0, 9)
    let_pass(estimate, 21.0, 10)
    let_pass(estimate, 31.0, 6)
    refuse(estimate, 31.0)
    let_pass(estimate, 41.0, 6)
    assert (estimate.quota, estimate.next_send(41.0)) == (6, 51.0)


def rounds(estimate: RateEstimate, count: int, more: int = 0) -> list[int]:
    """Use up the quota in so many rounds, and more where one may; return in which of them one might."""
    explored = []
    for number in range(count):
        now = estimate.next_send(0.0)
        let_pass(estimate, now)
        while not estimate.risky:
            let_pass(estimate, now)
        if estimate.next_send(now) == now:
            explored.append(number)
            let_pass(estimate, now, more)
            refuse(estimate, now)
    return explored


def test_what_finds_no_more_is_tried_half_as_often() -> None:
    estimate = learned(4)
    let_pass(estimate, 11.0, 3)
    assert rounds(estimate, 60) == [1, 7, 19, 35, 51]
    assert estimate.quota == 4


def test_one_more_is_no_more_but_two_are() -> None:
    estimate = learned(10)
    let_pass(estimate, 11.0, 9)
    assert rounds(estimate, 8, more=1) == [1, 7]
    estimate = learned(10)
    let_pass(estimate, 11.0, 9)
    assert rounds(estimate, 8, more=2) == [1, 4, 7]
