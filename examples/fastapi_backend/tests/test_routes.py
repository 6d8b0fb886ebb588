"""The REST API: who may use it, what it takes, and what Vapi's failures look like from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from examples.fastapi_backend.demo import NUMBER
from examples.fastapi_backend.errors import STATUSES, status_of
from vapi_async import ClientClosedError, ConnectTimeout, ReadTimeout, ServerError

if TYPE_CHECKING:
    from examples.fastapi_backend.tests.conftest import Backend


async def test_assistants_are_created_and_deleted(backend: Backend) -> None:
    assistant_id = await backend.assistant()
    assert (await backend.http.delete(f"/assistants/{assistant_id}")).status_code == 204
    assert backend.sandbox.objects("/assistant") == []


async def test_calls_are_placed_listed_shown_and_ended(backend: Backend) -> None:
    call = (await backend.call(reference="order-7")).json()
    assert (call["status"], call["reference"]) == ("queued", "order-7")
    assert [each["id"] for each in (await backend.http.get("/calls")).json()] == [call["id"]]
    await backend.sandbox.clock.advance(6)
    assert (await backend.http.post(f"/calls/{call['id']}/end")).status_code == 204
    assert (await backend.http.get(f"/calls/{call['id']}")).json()["status"] == "ended"


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic b2ZmbGluZQ=="])
async def test_without_the_token_nothing_is_done(backend: Backend, header: str | None) -> None:
    headers = {"authorization": header} if header else {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(backend.app), base_url="http://backend") as stranger:
        answer = await stranger.post("/calls", json={"assistant_id": "a", "number": NUMBER}, headers=headers)
        assert (await stranger.get("/health")).json() == {"status": "ok"}
    assert answer.status_code == 401
    assert backend.sandbox.requests == []


async def test_customers_are_entered_and_renamed(backend: Backend) -> None:
    customer = {"number": "+14155559999"}
    for name in ("Grace", "Grace Hopper"):
        assert (await backend.http.put("/customers", json={**customer, "name": name})).status_code == 204
        assert backend.store.customer("+14155559999") == name
    assert (await backend.http.put("/customers", json={"number": "5550123", "name": "Ada"})).status_code == 422


@pytest.mark.parametrize("number", ["5550123", "+1 415 555 0123", "tel:+14155550123", ""])
async def test_a_number_that_is_none_is_not_dialled(backend: Backend, number: str) -> None:
    assert (await backend.call(number=number)).status_code == 422
    assert backend.sandbox.calls == []


@pytest.mark.parametrize(
    ("status", "ours", "code"),
    [
        (400, 400, "refused"),
        (401, 502, "vapi_credentials"),
        (402, 503, "vapi_account"),
        (403, 502, "vapi_credentials"),
        (404, 404, "not_found"),
        (408, 504, "vapi_timeout"),
        (409, 409, "conflict"),
        (418, 502, "vapi_failed"),
        (422, 422, "refused"),
        (429, 429, "rate_limited"),
        (500, 502, "vapi_failed"),
        (503, 502, "vapi_failed"),
    ],
)
async def test_failures_of_vapi_have_a_status_of_ours(backend: Backend, status: int, ours: int, code: str) -> None:
    backend.sandbox.fail("calls.get", status=status, times=None, body={"message": "their words"})
    answer = await backend.http.get("/calls/some-call")
    assert (answer.status_code, answer.json()["error"]) == (ours, code)
    assert ("their words" in answer.text) == (ours in (400, 409, 422))
    assert answer.json()["may_have_been_processed"] is False


async def test_how_long_to_wait_is_passed_on(backend: Backend) -> None:
    backend.sandbox.fail("calls.get", retry_after=120, times=None)
    answer = await backend.http.get("/calls/some-call")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "120")


async def test_who_sent_a_post_hears_that_it_may_have_been_done(backend: Backend) -> None:
    backend.sandbox.fail("calls.create", status=500)
    answer = await backend.call(reference="order-7")
    assert (answer.status_code, answer.json()["may_have_been_processed"]) == (502, True)
    assert (await backend.call(reference="order-7")).status_code == 409


@pytest.mark.parametrize(
    ("how", "expected"), [({"connected": False}, (502, False)), ({}, (502, True))], ids=["no connection", "broken"]
)
async def test_connections_that_fail(backend: Backend, how: dict[str, Any], expected: tuple[int, bool]) -> None:
    backend.sandbox.drop("calls.create", times=None, **how)
    answer = await backend.call()
    assert (answer.status_code, answer.json()["may_have_been_processed"]) == expected


async def test_an_answer_that_does_not_come_is_a_504(backend: Backend) -> None:
    backend.sandbox.latency("calls.get", 100)
    answer = await backend.http.get("/calls/some-call")
    assert (answer.status_code, answer.json()["error"]) == (504, "vapi_timeout")


def test_the_nearest_class_counts() -> None:
    assert status_of(ConnectTimeout()) == status_of(ReadTimeout()) == (504, "vapi_timeout")
    assert status_of(ServerError()) == status_of(ClientClosedError()) == (502, "vapi_failed")
    assert all(400 <= status < 600 for status, _ in STATUSES.values())


async def test_a_call_that_has_not_begun_cannot_be_ended_yet(backend: Backend) -> None:
    backend.sandbox.add("/call", {"id": "call-without-control", "status": "queued"})
    answer = await backend.http.post("/calls/call-without-control/end")
    assert (answer.status_code, answer.json()["error"]) == (409, "conflict")
