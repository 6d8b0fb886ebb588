from __future__ import annotations

import copy
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.http.clocks import FakeClock
from tests.http.stub import Stub
from vapi_async import AsyncVapi, NotFoundError, ServiceUnavailableError, WaitError, WaitTimeout
from vapi_async.models import Call


def states(*statuses: str | None, **more: Any) -> Stub:
    return Stub(*[{"id": "c1", "status": status, **more} for status in statuses])


@asynccontextmanager
async def waiting(stub: Stub) -> AsyncIterator[tuple[AsyncVapi, FakeClock]]:
    clock = FakeClock()
    async with stub.client(clock=clock) as vapi:
        yield vapi, clock


async def test_a_call_that_has_ended_is_returned_at_once() -> None:
    async with waiting(states("ended")) as (vapi, clock):
        call = await vapi.calls.wait("c1")
    assert isinstance(call, Call)
    assert call.status == "ended"
    assert clock.waits == []


async def test_the_intervals_grow() -> None:
    stub = states("queued", *["in-progress"] * 9, "ended")
    async with waiting(stub) as (vapi, clock):
        await vapi.calls.wait("c1")
    assert clock.waits == [1.0, 1.5, 2.25, 3.375, 5.0625, 7.59375, 11.390625, 15.0, 15.0, 15.0]
    assert {request.url.path for request in stub.requests} == {"/call/c1"}


async def test_the_intervals_are_arguments() -> None:
    async with waiting(states("queued", "queued", "queued", "queued", "ended")) as (vapi, clock):
        await vapi.calls.wait("c1", interval=2, growth=2, max_interval=5)
    assert clock.waits == [2, 4, 5, 5]


@pytest.mark.parametrize(
    ("until", "status"),
    [
        ("in-progress", "in-progress"),
        (("in-progress", "ringing"), "ringing"),
        ({"ended", "in-progress"}, "in-progress"),
        (lambda call: call.status == "in-progress", "in-progress"),
        ("a-status-of-next-year", "a-status-of-next-year"),
    ],
)
async def test_what_is_waited_for(until: Any, status: str) -> None:
    later = ("a-status-of-next-year", "ended")
    async with waiting(states("scheduled", "queued", "ringing", "in-progress", *later)) as (vapi, _):
        assert (await vapi.calls.wait("c1", until)).status == status


async def test_a_call_may_be_given_instead_of_its_id() -> None:
    stub = states("ended")
    async with waiting(stub) as (vapi, _):
        await vapi.calls.wait(Call.from_dict({"id": "c1", "status": "queued"}))
        await vapi.calls.wait({"id": "c1"})
    assert [request.url.path for request in stub.requests] == ["/call/c1"] * 2


async def test_when_it_gives_up_it_says_what_it_saw() -> None:
    async with waiting(states("queued", "in-progress")) as (vapi, clock):
        with pytest.raises(
            WaitTimeout, match=r"call c1: status ended was not reached within 10 s: .*in-progress .* 6 looks"
        ) as caught:
            await vapi.calls.wait("c1", timeout=10)
    assert sum(clock.waits) == 10
    assert caught.value.call.status == "in-progress"
    assert isinstance(caught.value, TimeoutError)
    for other in (pickle.loads(pickle.dumps(caught.value)), copy.copy(caught.value)):
        assert other.call == caught.value.call


async def test_a_look_that_fails_for_a_while_is_not_the_end() -> None:
    ended = {"id": "c1", "status": "ended"}
    stub = Stub(503, httpx.ConnectError("no"), 429, 408, httpx.ReadTimeout("no"), 500, ended)
    clock = FakeClock()
    async with stub.client(clock=clock, retry=0) as vapi:
        assert (await vapi.calls.wait("c1")).status == "ended"
    assert clock.waits == [1.0, 1.5, 2.25, 3.375, 5.0625, 7.59375]


async def test_when_every_look_fails_it_says_so_at_its_timeout() -> None:
    stub = Stub({"id": "c1", "status": "ringing"}, 503)
    clock = FakeClock()
    async with stub.client(clock=clock, retry=0) as vapi:
        with pytest.raises(WaitTimeout, match=r"ringing at the last of 1 look; the latest failed: .*503") as caught:
            await vapi.calls.wait("c1", timeout=30)
    assert isinstance(caught.value.__cause__, ServiceUnavailableError)
    assert sum(clock.waits) == 30


@pytest.mark.parametrize(("share", "waits"), [(0.0, [0.5, 0.75, 1.125]), (0.5, [0.75, 1.125, 1.6875])])
async def test_the_intervals_are_drawn(share: float, waits: list[float]) -> None:
    class Drawn(FakeClock):
        def random(self) -> float:
            return share

    clock = Drawn()
    async with states("queued", "queued", "queued", "ended").client(clock=clock) as vapi:
        await vapi.calls.wait("c1")
    assert clock.waits == waits


async def test_without_a_timeout_it_goes_on() -> None:
    async with waiting(states(*["in-progress"] * 100, "ended")) as (vapi, clock):
        await vapi.calls.wait("c1", timeout=None)
    assert sum(clock.waits) > 1000


async def test_a_request_that_hangs_is_within_the_timeout() -> None:
    import anyio

    async def hang(_: Any) -> None:
        await anyio.sleep_forever()

    async with Stub().client(on_request=hang) as vapi:
        with pytest.raises(WaitTimeout, match="has not answered") as caught:
            await vapi.calls.wait("c1", timeout=0.01)
    assert caught.value.call is None


@pytest.mark.parametrize("status", ["ended", "not-found", "deletion-failed"])
async def test_a_call_that_can_no_longer_come_to_it_is_an_error(status: str) -> None:
    async with waiting(states("queued", status, endedReason="customer-busy")) as (vapi, clock):
        with pytest.raises(
            WaitError, match=rf"in-progress cannot be reached any more: .*{status} \(customer-busy\)"
        ) as caught:
            await vapi.calls.wait("c1", "in-progress")
    assert not isinstance(caught.value, TimeoutError)
    assert caught.value.call.status == status
    assert clock.waits == [1.0]


async def test_a_function_may_ask_for_what_comes_after_the_end() -> None:
    ended = {"id": "c1", "status": "ended"}
    stub = Stub(ended, ended, {**ended, "analysis": {"summary": "x"}})
    async with waiting(stub) as (vapi, _):
        assert (await vapi.calls.wait("c1", lambda call: call.analysis)).analysis.summary == "x"


async def test_an_async_function_is_refused() -> None:
    async def ended(call: Any) -> bool:
        return False

    async with waiting(states("in-progress")) as (vapi, _):
        with pytest.raises(TypeError, match="plain function"):
            await vapi.calls.wait("c1", ended)


async def test_a_function_is_not_asked_for_ever_of_a_call_that_is_gone() -> None:
    async with waiting(states("not-found")) as (vapi, _):
        with pytest.raises(WaitError, match="not-found"):
            await vapi.calls.wait("c1", lambda call: call.analysis)


async def test_errors_of_requests_come_through() -> None:
    async with waiting(Stub(404)) as (vapi, _):
        with pytest.raises(NotFoundError):
            await vapi.calls.wait("c1")


@pytest.mark.parametrize(
    ("until", "hint"),
    [
        ("in_progress", "in-progress"),
        ("In Progress", "in-progress"),
        ("endd", "ended"),
        ("queue", "queued"),
        ("", "ended"),
    ],
)
async def test_a_misspelt_status_is_caught(until: str, hint: str) -> None:
    stub = Stub()
    async with waiting(stub) as (vapi, _):
        with pytest.raises(ValueError, match=hint):
            await vapi.calls.wait("c1", until)
    assert not stub.requests


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"until": ()}, ValueError),
        ({"until": 1}, TypeError),
        ({"until": [1]}, TypeError),
        ({"until": None}, TypeError),
        ({"timeout": 0}, ValueError),
        ({"interval": -1}, ValueError),
        ({"growth": 0.5}, ValueError),
        ({"max_interval": 0}, ValueError),
    ],
)
async def test_wrong_arguments(options: dict[str, Any], kind: type[Exception]) -> None:
    stub = Stub()
    async with waiting(stub) as (vapi, _):
        with pytest.raises(kind):
            await vapi.calls.wait("c1", **options)
        with pytest.raises(TypeError, match="id of a call"):
            await vapi.calls.wait(None)
    assert not stub.requests
