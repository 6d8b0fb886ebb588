"""The client's errors and retries against the sandbox: faults are ordered, and the client has to cope."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

import vapi_async
from tests.http.conftest import Runner, run  # noqa: F401
from vapi_async import AsyncVapi, RequestError
from vapi_async.sandbox import Sandbox

STATUSES = {
    400: vapi_async.BadRequestError,
    401: vapi_async.AuthenticationError,
    402: vapi_async.PaymentRequiredError,
    403: vapi_async.PermissionDeniedError,
    404: vapi_async.NotFoundError,
    408: vapi_async.RequestTimeoutError,
    409: vapi_async.ConflictError,
    413: vapi_async.PayloadTooLargeError,
    418: vapi_async.ClientError,
    422: vapi_async.UnprocessableEntityError,
    429: vapi_async.RateLimitError,
    500: vapi_async.InternalServerError,
    502: vapi_async.BadGatewayError,
    503: vapi_async.ServiceUnavailableError,
    504: vapi_async.GatewayTimeoutError,
    599: vapi_async.ServerError,
}
BODY: dict[str, Any] = {
    "assistant": {"name": "Support"},
    "phoneNumber": {"twilioAccountSid": "AC1", "twilioAuthToken": "t", "twilioPhoneNumber": "+14155550199"},
    "customer": {"number": "+14155550123"},
}


async def call(vapi: AsyncVapi) -> Any:
    return await vapi.calls.create(BODY)


@pytest.mark.parametrize("status", STATUSES)
async def test_each_status_is_an_error_of_its_own(status: int) -> None:
    async with Sandbox() as sb, sb.client(retry=0) as vapi:
        sb.fail("assistants.get", status=status, body={"message": ["first", "second"], "statusCode": status})
        with pytest.raises(STATUSES[status], match="first") as caught:
            await vapi.assistants.get("a")
        assert type(caught.value) is STATUSES[status]
        assert caught.value.status_code == status


def test_the_time_that_a_server_asks_for_is_waited(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with Sandbox() as sb, sb.client() as vapi:
            sb.fail("GET /assistant", retry_after=30, times=2)
            before = sb.clock.now()
            assert [*await vapi.assistants.list()] == []
            assert 60 <= (sb.clock.now() - before).total_seconds() < 90
            assert [record.status for record in sb.requests] == [429, 429, 200]

    run(main)


async def test_a_wait_that_is_too_long_is_not_waited() -> None:
    async with Sandbox() as sb, sb.client(retry=0) as vapi:
        sb.fail("GET /assistant", retry_after=30)
        with pytest.raises(vapi_async.RateLimitError) as caught:
            await vapi.assistants.list()
        assert caught.value.retry_after == 30


def test_a_call_whose_answer_was_lost_is_found(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with Sandbox() as sb, sb.client() as vapi:
            await call(vapi)
            await sb.clock.advance(60)
            sb.drop("calls.create", after_processing=True)
            with pytest.raises(vapi_async.ConnectionLost) as caught:
                await call(vapi)
            assert caught.value.may_have_been_processed
            assert len(sb.assert_called("calls.create")) == 2
            found = await caught.value.reconcile()
            assert found.id == sb.calls[1]["id"]

    run(main)


@pytest.mark.parametrize("processed", [True, False])
async def test_a_failure_of_the_server_leaves_open_whether_there_is_a_call(processed: bool) -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        sb.fail("calls.create", status=500, after_processing=processed)
        with pytest.raises(vapi_async.InternalServerError) as caught:
            await call(vapi)
        assert caught.value.may_have_been_processed
        found = await caught.value.reconcile()
        assert (None if found is None else found.id) == (sb.calls[0]["id"] if processed else None)


async def test_a_call_that_was_not_taken_is_made_again() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        sb.drop("calls.create", connected=False, times=2)
        made = await call(vapi)
        assert [each["id"] for each in sb.calls] == [made.id]
        sb.assert_called("calls.create", times=3)


async def test_a_client_that_does_not_wait_that_long() -> None:
    async with Sandbox() as sb, sb.client(timeout=5.0, retry=0) as vapi:
        sb.latency("calls.create", 20.0, times=1)
        with pytest.raises(vapi_async.ReadTimeout) as caught:
            await call(vapi)
        assert caught.value.may_have_been_processed
        assert await caught.value.reconcile() is None


@pytest.mark.parametrize("how", ["malformed", "truncated"])
async def test_an_answer_that_cannot_be_read(how: Any) -> None:
    async with Sandbox() as sb, sb.client(retry=0) as vapi:
        sb.garble("assistants.list", how)
        with pytest.raises(RequestError):
            await vapi.assistants.list()
        assert [*await vapi.assistants.list()] == []


async def test_errors_of_the_sandbox_itself_are_the_apis() -> None:
    async with Sandbox(token="right") as sb:
        with pytest.raises(vapi_async.AuthenticationError):
            await sb.client(token="wrong").assistants.list()
        vapi = sb.client()
        with pytest.raises(vapi_async.NotFoundError, match="Couldn't find assistant"):
            await vapi.assistants.get("nobody")
        with pytest.raises(vapi_async.BadRequestError, match="firstMessage must be a string"):
            await vapi.assistants.create({"firstMessage": 3})
        made = await vapi.assistants.create(name="Pinned")
        sb.pin(made.id)
        with pytest.raises(vapi_async.ConflictError):
            await vapi.assistants.delete(made.id)
        sb.out_of_credits = True
        with pytest.raises(vapi_async.PaymentRequiredError):
            await vapi.simulations.run(
                {
                    "simulations": [{"type": "simulation", "simulationId": made.id}],
                    "target": {"type": "assistant", "assistantId": made.id},
                }
            )


async def test_lists_in_doubt_are_read_again() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        stored = [sb.add("/call", {})["id"] for _ in range(30)]
        sb.fail("GET /call", status=502)
        sb.drop("GET /call")
        assert sorted([each.id async for each in vapi.calls.list(limit=10)]) == sorted(stored)


def test_cancelling_leaves_a_sandbox_that_answers(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with Sandbox() as sb, sb.client() as vapi:
            with anyio.move_on_after(0):
                await vapi.assistants.create(name="A")
            await vapi.assistants.create(name="B")
            assert [each["name"] for each in sb.objects("/assistant")][-1] == "B"

    run(main)
