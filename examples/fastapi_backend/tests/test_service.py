"""The service alone: what it asks of Vapi, and what it makes of failures."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import TYPE_CHECKING

import pytest

from examples.fastapi_backend.app import create_app
from examples.fastapi_backend.demo import NUMBER, NUMBER_ID, SETTINGS
from examples.fastapi_backend.service import CannotEnd, InProgress, make_client
from vapi_async import ClientClosedError, ServiceUnavailableError, VapiError
from vapi_async.sandbox import Sandbox

if TYPE_CHECKING:
    from examples.fastapi_backend.tests.conftest import Backend


async def test_an_assistant_gets_the_tools_and_reports_to_this_backend(backend: Backend) -> None:
    await backend.assistant()
    [request] = backend.sandbox.assert_called("assistants.create", name="Appointments")
    tools = request.body["model"]["tools"]
    assert [tool.get("function", tool)["name" if "function" in tool else "type"] for tool in tools] == [
        "lookup_customer",
        "book_appointment",
        "endCall",
    ]
    server = request.body["server"]
    assert server["url"] == tools[0]["server"]["url"] == "https://backend.example.com/vapi"
    assert server["headers"] == {"X-Vapi-Secret": "offline-server-secret"}


async def test_with_a_credential_the_secret_stays_out_of_the_assistant() -> None:
    app = create_app(
        dataclasses.replace(SETTINGS, credential_id="credential-1"),
        connect=lambda settings: sandbox.client(partial(make_client, settings)),
    )
    sandbox = Sandbox()
    async with app.router.lifespan_context(app):
        await app.state.service.create_assistant("A", "Hello.", "Be kind.")
    [request] = sandbox.assert_called("assistants.create")
    assert request.body["server"]["credentialId"] == "credential-1"
    assert "offline-server-secret" not in str(request.body)


async def test_a_call_is_placed_from_our_number(backend: Backend) -> None:
    call = await backend.service.start_call(await backend.assistant(), NUMBER, "order-7")
    assert call.status == "queued"
    backend.sandbox.assert_called("calls.create", phoneNumberId=NUMBER_ID, customer={"number": NUMBER}, name="order-7")


async def test_the_same_reference_is_called_once(backend: Backend) -> None:
    assistant_id = await backend.assistant()
    first = await backend.service.start_call(assistant_id, NUMBER, "order-7")
    again = await backend.service.start_call(assistant_id, NUMBER, "order-7")
    assert again.id == first.id
    backend.sandbox.assert_called("calls.create", times=1)


async def test_what_only_reads_is_retried(backend: Backend) -> None:
    call = await backend.service.start_call(await backend.assistant(), NUMBER)
    backend.sandbox.fail("calls.get", status=503, times=2)
    assert (await backend.service.get_call(call.id)).id == call.id
    backend.sandbox.assert_called("calls.get", times=3)


async def test_a_call_that_was_placed_though_the_answer_failed_is_found(backend: Backend) -> None:
    backend.sandbox.fail("calls.create", status=502, after_processing=True)
    call = await backend.service.start_call(await backend.assistant(), NUMBER, "order-7")
    assert [placed["id"] for placed in backend.sandbox.calls] == [call.id]
    assert backend.store.call_for("order-7") == call.id
    backend.sandbox.assert_called("calls.create", times=1)


async def test_where_the_call_cannot_be_looked_for_the_reference_stays_taken_and_is_settled_later(
    backend: Backend,
) -> None:
    assistant_id = await backend.assistant()
    backend.sandbox.fail("calls.create", status=502, after_processing=True)
    backend.sandbox.fail("calls.list", status=503, times=None)
    with pytest.raises(VapiError):
        await backend.service.start_call(assistant_id, NUMBER, "order-7")
    backend.sandbox.heal()
    call = await backend.service.start_call(assistant_id, NUMBER, "order-7")
    assert [placed["id"] for placed in backend.sandbox.calls] == [call.id]


async def test_a_call_of_unknown_fate_is_not_placed_again(backend: Backend) -> None:
    assistant_id = await backend.assistant()
    backend.sandbox.fail("calls.create", status=503)
    with pytest.raises(ServiceUnavailableError):
        await backend.service.start_call(assistant_id, NUMBER, "order-7")
    with pytest.raises(InProgress, match="order-7"):
        await backend.service.start_call(assistant_id, NUMBER, "order-7")
    backend.sandbox.assert_called("calls.create", times=1)


async def test_a_call_that_was_refused_may_be_tried_again(backend: Backend) -> None:
    assistant_id = await backend.assistant()
    backend.sandbox.fail("calls.create", status=400, body={"message": "no"})
    with pytest.raises(VapiError, match="no"):
        await backend.service.start_call(assistant_id, NUMBER, "order-7")
    assert await backend.service.start_call(assistant_id, NUMBER, "order-7")


async def test_waiting_for_the_end_of_a_call_gives_up_with_how_it_stands(backend: Backend) -> None:
    call = await backend.service.start_call(await backend.assistant(), NUMBER)
    assert (await backend.service.get_call(call.id, wait=3)).status == "ringing"
    assert (await backend.service.get_call(call.id, wait=60)).status == "ended"


async def test_a_call_is_ended(backend: Backend) -> None:
    call = await backend.service.start_call(await backend.assistant(), NUMBER)
    await backend.sandbox.clock.advance(6)
    await backend.service.end_call(call.id)
    await backend.service.end_call(call.id)
    assert (await backend.service.get_call(call.id)).status == "ended"


async def test_a_call_without_control_cannot_be_ended(backend: Backend) -> None:
    backend.sandbox.add("/call", {"id": "call-without-control", "status": "queued"})
    with pytest.raises(CannotEnd):
        await backend.service.end_call("call-without-control")


async def test_stopping_closes_the_client_and_the_database() -> None:
    sandbox = Sandbox()
    client = sandbox.client(partial(make_client, SETTINGS))
    app = create_app(SETTINGS, connect=lambda settings: client)
    async with app.router.lifespan_context(app):
        assert await app.state.service.recent_calls(1, 10) == []
    with pytest.raises(ClientClosedError):
        await app.state.service.get_call("a-call")
    with pytest.raises(Exception, match="closed database"):
        app.state.store.customer(NUMBER)


def test_the_client_is_the_one_of_the_settings() -> None:
    client = make_client(dataclasses.replace(SETTINGS, region="eu"))
    assert client.base_url == "https://api.eu.vapi.ai"


async def test_no_request_takes_longer_than_the_deadline(backend: Backend) -> None:
    backend.sandbox.fail("calls.get", retry_after=20, times=None)
    began = backend.sandbox.clock.now()
    with pytest.raises(VapiError):
        await backend.service.get_call("some-call")
    assert (backend.sandbox.clock.now() - began).total_seconds() <= SETTINGS.deadline
