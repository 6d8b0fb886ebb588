from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.http.stub import Stub
from vapi_async import BadRequestError, ConfigurationError
from vapi_async.models import Call

CONTROL = "https://phone.vapi.ai/secret-id/control"
LIVE = {"id": "c1", "status": "in-progress", "monitor": {"controlUrl": CONTROL}}
ENDED = {"id": "c1", "status": "ended", "monitor": {"controlUrl": CONTROL}}


def sent(stub: Stub) -> list[tuple[str, str]]:
    return [(request.method, str(request.url.host + request.url.path)) for request in stub.requests]


GET = ("GET", "api.vapi.ai/call/c1")
END = ("POST", "phone.vapi.ai/secret-id/control")


async def test_an_id_is_looked_up_and_the_call_ended() -> None:
    stub = Stub(LIVE, {})
    async with stub.client() as vapi:
        assert await vapi.calls.end("c1", public_key="public") is None
    assert sent(stub) == [GET, END]
    assert stub.body == {"type": "end-call"}
    assert stub.last.headers["authorization"] == "Bearer public"


@pytest.mark.parametrize("call", [LIVE, Call.from_dict(LIVE)])
async def test_a_call_is_ended_right_away(call: Any) -> None:
    stub = Stub({})
    async with stub.client() as vapi:
        await vapi.calls.end(call)
    assert sent(stub) == [END]


async def test_a_call_that_does_not_know_its_url_is_looked_up() -> None:
    stub = Stub(LIVE, {})
    async with stub.client() as vapi:
        await vapi.calls.end(Call.from_dict({"id": "c1"}))
    assert sent(stub) == [GET, END]


@pytest.mark.parametrize("given", ["c1", ENDED])
async def test_a_call_that_has_ended_is_left_alone(given: Any) -> None:
    stub = Stub(ENDED)
    async with stub.client() as vapi:
        await vapi.calls.end(given)
    assert END not in sent(stub)


async def test_a_call_that_ends_meanwhile_is_fine() -> None:
    stub = Stub(LIVE, 404, ENDED)
    async with stub.client() as vapi:
        await vapi.calls.end("c1")
    assert sent(stub) == [GET, END, GET]


async def test_a_command_that_is_refused_is_an_error() -> None:
    async with Stub(LIVE, httpx.Response(400), LIVE).client() as vapi:
        with pytest.raises(BadRequestError):
            await vapi.calls.end("c1")


@pytest.mark.parametrize(
    ("status", "said"),
    [("scheduled", r"calls\.delete"), ("queued", r"calls\.delete"), ("in-progress", r"monitorPlan\.controlEnabled")],
)
async def test_a_call_that_cannot_be_ended_says_what_to_do(status: str, said: str) -> None:
    async with Stub({"id": "c1", "status": status}).client() as vapi:
        with pytest.raises(ValueError, match=said):
            await vapi.calls.end("c1")


async def test_only_hosts_of_vapi_are_contacted() -> None:
    call = {**LIVE, "monitor": {"controlUrl": "https://evil.com/x"}}
    stub = Stub(call)
    async with stub.client() as vapi:
        with pytest.raises(ConfigurationError, match="evil"):
            await vapi.calls.end("c1")
        await vapi.calls.end("c1", allow_hosts=["evil.com"])
    assert sent(stub)[-1] == ("POST", "evil.com/x")


async def test_ending_needs_a_call() -> None:
    async with Stub().client() as vapi:
        for wrong in (None, "", 1, {"type": "status-update"}):
            with pytest.raises(TypeError, match="id of a call"):
                await vapi.calls.end(wrong)


async def test_many_calls_are_deleted_with_one_request() -> None:
    stub = Stub({"accepted": 3})
    ids = (key for key in ("a/1", UUID(int=1), Call.from_dict({"id": "c"}), "a/1"))
    async with stub.client() as vapi:
        assert await vapi.calls.delete_many(ids) == {"accepted": 3}
    assert stub.last.method == "DELETE"
    assert stub.last.url.raw_path == b"/call/a%2F1"
    assert stub.body == {"ids": ["a/1", "00000000-0000-0000-0000-000000000001", "c"]}


@pytest.mark.parametrize(
    ("calls", "kind"),
    [([], ValueError), ("c1", TypeError), ({"id": "c1"}, TypeError), (None, TypeError), ([1], TypeError)],
)
async def test_deleting_many_needs_ids(calls: Any, kind: type[Exception]) -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(kind, match="call"):
            await vapi.calls.delete_many(calls)
    assert not stub.requests
