"""One request from its first attempt to its answer: what each step does, and what it leaves behind."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from typing import Any

import anyio
import httpx
import pytest

from tests.http.clocks import FakeClock
from tests.http.stub import Stub
from vapi_async import (
    AsyncVapi,
    ClientClosedError,
    DeadlineExceeded,
    HookError,
    InvalidRequest,
    RateLimitError,
    RequestEvent,
    RetryEvent,
    RetryPolicy,
    ServiceUnavailableError,
    StatusError,
    VapiError,
)
from vapi_async._http import loop_resources as resources_module
from vapi_async._http.loop_resources import loop_resources
from vapi_async._http.patience import patiently
from vapi_async._http.prepared_request import PreparedRequest
from vapi_async._http.rate_limiter import RateLimiter, WaitLimits
from vapi_async._http.transport.borrowed import HttpClientTransport

URL = "https://api.vapi.ai/x"
LOST = httpx.ReadError("lost")


def refusal(seconds: float | None = None) -> httpx.Response:
    return httpx.Response(429, headers={} if seconds is None else {"retry-after": str(seconds)})


def stream(method: str = "GET", **options: Any) -> PreparedRequest:
    return PreparedRequest(method, "/x", URL, headers={}, stream=True, **options)


def slots(vapi: AsyncVapi) -> int:
    found = loop_resources(vapi._session.shared).slots
    assert found is not None
    return found.value


def budget(vapi: AsyncVapi, tokens: int | None = None) -> int:
    if tokens is not None:
        vapi._session.shared.budget.tokens = tokens
    return vapi._session.shared.budget.tokens


def is_open(vapi: AsyncVapi) -> bool:
    return loop_resources(vapi._session.shared).rate_limiter.is_open


@pytest.mark.parametrize(("deadline", "waits"), [(2.0, []), (3.0, []), (3.5, [3.0])])
async def test_a_wait_that_ends_after_the_deadline_is_not_begun(deadline: float, waits: list[float]) -> None:
    clock = FakeClock()
    stub = Stub(httpx.Response(503, headers={"retry-after": "3"}))
    async with stub.client(clock=clock, retry=RetryPolicy(deadline=deadline)) as vapi:
        with pytest.raises(ServiceUnavailableError, match="the deadline leaves no time for another"):
            await vapi.request("GET", "/x")
    assert clock.waits == waits


class Hanging(Stub):
    """Never answers once the answers are used up."""

    async def hang(self, request: httpx.Request) -> httpx.Response:
        if self._answers:
            answer = self._answers.pop(0)
            return httpx.Response(answer) if isinstance(answer, int) else httpx.Response(200, json=answer)
        await anyio.sleep_forever()
        raise AssertionError


@pytest.mark.parametrize(("method", "may"), [("GET", False), ("POST", True)])
async def test_what_the_error_of_a_deadline_tells(method: str, may: bool) -> None:
    seen: list[int] = []
    policy = RetryPolicy(deadline=0.05, backoff=(0, 0), retry_unsafe=True)
    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(Hanging(503).hang)) as http,
        AsyncVapi(
            "t", http_client=http, retry=policy, on_response=lambda response: seen.append(response.status_code)
        ) as vapi,
    ):
        with pytest.raises(DeadlineExceeded, match=r"no answer within the deadline of 0\.05 s") as caught:
            await vapi.request(method, "/x")
    assert seen == [503]
    assert isinstance(caught.value.__cause__, ServiceUnavailableError)
    assert (caught.value.attempts, caught.value.may_have_been_processed) == (2, may)
    assert caught.value.response is None


async def test_what_is_under_way_at_the_deadline_may_have_been_processed() -> None:
    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(Hanging({}).hang)) as http,
        AsyncVapi("t", http_client=http, retry=RetryPolicy(deadline=0.05)) as vapi,
    ):
        await vapi.request("POST", "/x")
        with pytest.raises(DeadlineExceeded) as caught:
            await vapi.request("POST", "/x")
    assert caught.value.may_have_been_processed


async def test_what_an_earlier_attempt_may_have_done_stays_possible() -> None:
    async with Stub(LOST, 400).client(clock=FakeClock(), retry=RetryPolicy(retry_unsafe=True)) as vapi:
        with pytest.raises(StatusError) as caught:
            await vapi.request("POST", "/x")
    assert (caught.value.attempts, caught.value.may_have_been_processed) == (2, True)


async def test_what_cannot_be_sent_is_not_tried_again() -> None:
    class Refusing(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.UnsupportedProtocol("no")

    clock = FakeClock()
    async with (
        httpx.AsyncClient(transport=Refusing()) as http,
        AsyncVapi("t", http_client=http, clock=clock) as vapi,
    ):
        with pytest.raises(InvalidRequest) as caught:
            await vapi.request("GET", "/x")
    assert (caught.value.attempts, clock.waits) == (1, [])


async def test_successes_fill_the_budget_and_retries_draw_on_it() -> None:
    stub = Stub({}, 503, {}, refusal(1), {}, 500, 404)
    async with stub.client(clock=FakeClock()) as vapi:
        budget(vapi, 100)
        await vapi.request("GET", "/x")
        assert budget(vapi) == 101
        await vapi.request("GET", "/x")
        assert budget(vapi) == 101  # five drawn, five given back
        await vapi.request("GET", "/x")
        assert budget(vapi) == 102  # after a 429 it is the limiter that paces
        for _ in range(2):
            with pytest.raises(VapiError):
                await vapi.request("POST", "/x")
        assert budget(vapi) == 102


async def test_what_cannot_be_read_again_is_not_sent_again() -> None:
    async with Stub(503).client(clock=FakeClock()) as vapi:
        request = PreparedRequest("PUT", "/x", URL, headers={}, content=Once())
        with pytest.raises(VapiError, match="1 attempt, the file cannot be read again"):
            await vapi._session.perform(request)


async def test_a_budget_that_is_used_up_is_said() -> None:
    async with Stub(503).client(clock=FakeClock()) as vapi:
        budget(vapi, 9)
        with pytest.raises(VapiError, match="2 attempts, the client's retry budget is used up"):
            await vapi.request("GET", "/x")


async def test_without_budget_a_429_is_waited_for_all_the_same() -> None:
    async with Stub(refusal(1), {}).client(clock=FakeClock()) as vapi:
        budget(vapi, 0)
        await vapi.request("GET", "/x")
        assert budget(vapi) == 1


@pytest.mark.parametrize("streamed", [False, True])
async def test_300_is_no_success(streamed: bool) -> None:
    async with Stub(httpx.Response(300, json={"message": "choose"})).client() as vapi:
        request = PreparedRequest("GET", "/x", URL, headers={}, stream=streamed)
        with pytest.raises(StatusError) as caught:
            await vapi._session.perform(request)
    assert caught.value.body == {"message": "choose"}


class Once:
    """A body that can be read once."""

    failure: Exception | None = None
    can_be_read = True

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        self.can_be_read = False
        yield b"all"


def provider(asked: list[int]) -> Any:
    def token() -> str:
        asked.append(len(asked))
        return f"a-token-of-{len(asked)}"

    return token


@pytest.mark.parametrize(
    ("status", "request_options", "calls", "attempts"),
    [
        (401, {}, 2, 2),
        (404, {}, 1, 1),
        (401, {"authorize": False}, 0, 1),
        (401, {"headers": {"authorization": "Bearer of-its-own"}}, 1, 1),
        (401, {"content": Once()}, 1, 1),
    ],
)
async def test_a_token_is_asked_for_where_it_is_sent_and_anew_where_it_was_rejected(
    status: int, request_options: dict[str, Any], calls: int, attempts: int
) -> None:
    asked: list[int] = []
    async with Stub(status).client(token=provider(asked)) as vapi:
        request = PreparedRequest("GET", "/x", URL, **{"headers": {}, **request_options})
        with pytest.raises(StatusError) as caught:
            await vapi._session.perform(request)
    assert (len(asked), caught.value.attempts) == (calls, attempts)


async def test_the_log_says_who_waits_for_a_place(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "vapi_async")

    async def hook(_: Any) -> None:
        await anyio.lowlevel.checkpoint()

    async with Stub({}).client(max_concurrency=1, on_request=hook) as vapi:
        await vapi.request("GET", "/alone")
        async with anyio.create_task_group() as group:
            group.start_soon(vapi.request, "GET", "/first")
            group.start_soon(vapi.request, "GET", "/second")
    waiting = [record.getMessage() for record in caplog.records if "waits for" in record.getMessage()]
    assert waiting == ["GET /second waits for one of the requests under way"]


async def test_the_log_has_the_time_that_an_attempt_took(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "vapi_async")
    clock = FakeClock()

    def answer(request: httpx.Request) -> httpx.Response:
        clock.time += 0.25
        return httpx.Response(200, json={})

    async with (
        httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http,
        AsyncVapi("t", http_client=http, clock=clock) as vapi,
    ):
        await vapi.request("GET", "/x")
    assert [record.getMessage() for record in caplog.records] == ["GET /x: 200 in 250 ms, attempt 1"]


async def test_a_stream_holds_its_place_until_it_is_closed_where_the_user_set_the_cap() -> None:
    async with Stub({}, 404, {}).client(max_concurrency=3) as vapi:
        body = await vapi._session.perform(stream())
        assert slots(vapi) == 2
        await body.aclose()
        await body.aclose()
        assert slots(vapi) == 3
        with pytest.raises(StatusError):
            await vapi._session.perform(stream())
        assert slots(vapi) == 3
        await vapi.request("GET", "/x")
        assert slots(vapi) == 3


async def test_a_stream_holds_no_place_else(monkeypatch: pytest.MonkeyPatch) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(Stub({}))) as http:
        monkeypatch.setattr(resources_module, "_transport", lambda _: HttpClientTransport(http))
        async with AsyncVapi("t") as vapi:
            body = await vapi._session.perform(stream())
            assert slots(vapi) == 100
            await body.aclose()
            assert slots(vapi) == 100


async def test_without_a_cap_a_stream_of_a_lent_client_is_just_closed() -> None:
    async with Stub({}).client() as vapi:
        body = await vapi._session.perform(stream())
        await body.aclose()


async def test_a_response_hook_sees_the_answer_of_a_stream_and_closes_it_when_it_raises() -> None:
    seen: list[int] = []

    def hook(response: Any) -> None:
        seen.append(response.status_code)
        if len(seen) > 1:
            raise KeyError

    async with Stub({}).client(max_concurrency=1, on_response=hook) as vapi:
        await (await vapi._session.perform(stream())).aclose()
        with pytest.raises(HookError):
            await vapi._session.perform(stream())
        assert (seen, slots(vapi)) == ([200, 200], 1)


async def test_a_hook_that_raises_gives_its_place_back() -> None:
    def hook(_: Any) -> None:
        raise KeyError

    async with Stub({}).client(max_concurrency=1, on_request=hook) as vapi:
        with pytest.raises(HookError):
            await vapi.request("GET", "/x")
        assert slots(vapi) == 1


async def test_without_retries_a_429_holds_up_nobody() -> None:
    clock = FakeClock()
    stub = Stub(refusal(5))
    async with stub.client(clock=clock, retry=0) as vapi:
        for _ in range(2):
            with pytest.raises(RateLimitError):
                await vapi.request("GET", "/x")
    assert (len(stub.requests), clock.waits) == (2, [])


async def test_who_would_have_to_wait_too_long_sends_nothing() -> None:
    stub, clock = Stub(refusal(90), {}), FakeClock()
    hasty: list[BaseException] = []

    async def hook(_: RetryEvent) -> None:
        with pytest.raises(RateLimitError, match="the API keeps refusing this client") as caught:
            await vapi.with_options(retry=RetryPolicy(max_retry_after=60)).request("GET", "/hasty")
        hasty.append(caught.value)

    async with stub.client(clock=clock, retry=RetryPolicy(max_retry_after=100), on_retry=hook) as vapi:
        await vapi.request("GET", "/x")
    assert (len(hasty), clock.waits) == (1, [90.0])
    assert [request.url.path for request in stub.requests] == ["/x", "/x"]


async def test_a_pause_that_nobody_waits_for_holds_up_nobody() -> None:
    clock = FakeClock()
    async with Stub(refusal(61), {}).client(clock=clock) as vapi:
        with pytest.raises(RateLimitError):
            await vapi.request("GET", "/x")
        await vapi.request("GET", "/x")
    assert clock.waits == []


@pytest.mark.parametrize("outcome", [LOST, 503])
async def test_a_retry_after_something_else_than_a_429_waits_by_itself(outcome: Any) -> None:
    clock, opened = FakeClock(), list[bool]()
    stub = Stub(refusal(5), outcome, {})
    async with stub.client(clock=clock, on_retry=lambda _: opened.append(is_open(vapi))) as vapi:
        await vapi.request("GET", "/x")
        assert is_open(vapi)
    assert clock.waits == [5.0, 1.0]
    assert opened == [False, outcome == 503]  # no answer is not one that got through


async def test_a_429_waits_by_itself_when_the_limiter_opened_meanwhile() -> None:
    clock = FakeClock()

    async def hook(_: RetryEvent) -> None:
        await vapi.with_options(retry=1).request("GET", "/other")

    async with Stub(refusal(5), {}).client(clock=clock, on_retry=hook) as vapi:
        await vapi.request("GET", "/x")
    assert clock.waits == [5.0, 5.0]


async def test_pauses_double_where_the_api_asks_for_none() -> None:
    clock = FakeClock()
    async with Stub(429, 429, {}).client(clock=clock) as vapi:
        await vapi.request("GET", "/x")
    assert clock.waits == [0.5, 1.0]


async def test_what_the_api_asks_for_is_neither_cut_nor_stretched() -> None:
    clock = FakeClock()
    async with Stub(refusal(5), refusal(5), refusal(0.1), {}).client(clock=clock, retry=3) as vapi:
        await vapi.request("GET", "/x")
    assert clock.waits == pytest.approx([5.0, 5.0, 0.1])


async def test_a_probe_that_a_hook_breaks_off_is_followed_by_the_next() -> None:
    seen: list[int] = []

    def hook(event: RequestEvent) -> None:
        seen.append(event.attempt)
        if event.attempt == 2:
            raise KeyError

    async with Stub(refusal(5), {}).client(clock=FakeClock(), on_request=hook) as vapi:
        with pytest.raises(HookError):
            await vapi.request("GET", "/x")
        with anyio.fail_after(60):
            await vapi.request("GET", "/x")
    assert seen == [1, 2, 1]


async def test_each_wait_is_drawn_anew() -> None:
    class Drawing(FakeClock):
        shares = iter([0.5, 0.25, 0.125, 0.75])

        def random(self) -> float:
            return next(self.shares)

    clock = Drawing()
    async with Stub(503, LOST, {}).client(clock=clock) as vapi:
        await vapi.request("GET", "/x")
    assert clock.waits == [0.25, 0.25]


async def test_how_long_a_request_waits_depends_on_the_retries_it_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[tuple[float, float, float]] = []
    enter = RateLimiter.enter

    async def spy(self: RateLimiter, patience: WaitLimits) -> Any:
        limits.append((patience.retries_left, patience.seconds, patience.longest))
        return await enter(self, patience)

    monkeypatch.setattr(RateLimiter, "enter", spy)
    async with Stub(429).client(clock=FakeClock()) as vapi:
        with pytest.raises(RateLimitError):
            await vapi.request("GET", "/x")
    assert limits == [(3, 1.5, 60.0), (2, 1.5, 60.0), (1, 1.5, 60.0)]


async def test_a_client_that_a_hook_closes_sends_nothing() -> None:
    stub = Stub({})
    async with stub.client(on_request=lambda _: setattr(vapi._session.shared, "closed", True)) as vapi:
        with pytest.raises(ClientClosedError):
            await vapi.request("GET", "/x")
    assert stub.requests == []


async def bulk(*answers: Any, **options: Any) -> tuple[list[float], list[float]]:
    """Send one request as bulk work, and return the waits that were announced, and those that were."""
    clock, announced = FakeClock(), list[float]()
    stub = Stub(*answers)
    async with stub.client(clock=clock, on_retry=lambda event: announced.append(event.delay), **options) as vapi:

        async def get(path: str) -> Any:
            return await vapi.request("GET", path)

        await patiently(get)("/x")
    return announced, clock.waits


async def test_bulk_work_spends_no_retry_on_a_429() -> None:
    announced, waits = await bulk(429, 429, 429, 429, {})
    assert (announced, len(waits)) == ([0.0] * 4, 4)


async def test_a_429_of_bulk_work_leaves_the_retries_for_other_failures() -> None:
    announced, _ = await bulk(429, 429, 429, 503, {}, retry=1)
    assert announced == [0.0, 0.0, 0.0, 0.5]


async def test_bulk_work_without_retries_waits_for_nothing() -> None:
    with pytest.raises(RateLimitError, match="1 attempt"):
        await bulk(429, {}, retry=0)
    announced, _ = await bulk(429, 429, 429, {}, retry=1)
    assert len(announced) == 3


async def test_bulk_work_spends_retries_on_anything_else() -> None:
    with pytest.raises(VapiError, match="3 attempts"):
        await bulk(503)


@pytest.mark.parametrize(
    ("seconds", "most", "waits"), [(100, 60, [100.0]), (600, 60, [600.0]), (601, 60, None), (900, 900, [900.0])]
)
async def test_bulk_work_waits_for_ten_minutes_or_what_the_policy_has(
    seconds: float, most: float, waits: list[float] | None
) -> None:
    policy = RetryPolicy(max_retry_after=most)
    if waits is None:
        with pytest.raises(RateLimitError, match="1 attempt"):
            await bulk(refusal(seconds), {}, retry=policy)
    else:
        assert await bulk(refusal(seconds), {}, retry=policy) == (waits, waits)


@pytest.mark.parametrize(("seconds", "attempts"), [(400, 3), (300, 4)])
async def test_bulk_work_gives_up_when_nothing_got_through_for_ten_minutes(seconds: float, attempts: int) -> None:
    with pytest.raises(RateLimitError, match=f"{attempts} attempts"):
        await bulk(refusal(seconds))
