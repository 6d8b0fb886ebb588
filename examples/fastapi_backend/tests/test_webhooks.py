"""Vapi's messages: who may send them, and what each does."""

from __future__ import annotations

import dataclasses
import logging
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from examples.fastapi_backend.app import make_webhooks
from examples.fastapi_backend.demo import NUMBER, SETTINGS
from examples.fastapi_backend.store import Store

if TYPE_CHECKING:
    from examples.fastapi_backend.tests.conftest import Backend

ANALYSIS = {"summary": "Ada booked."}


@pytest.mark.parametrize("headers", [{}, {"x-vapi-secret": "wrong"}])
async def test_a_message_that_is_not_from_vapi_is_a_401_and_does_nothing(
    backend: Backend, headers: dict[str, str]
) -> None:
    answer = await backend.message("status-update", status="ended", headers=headers)
    assert answer.status_code == 401
    assert backend.store.call("call-1") is None


async def test_a_status_is_kept_and_the_end_is_final(backend: Backend) -> None:
    await backend.message("status-update", status="ended", endedReason="customer-busy")
    await backend.message("status-update", status="ringing", timestamp=1)
    told = backend.store.call("call-1")
    assert told is not None
    assert (told["status"], told["ended_reason"]) == ("ended", "customer-busy")


async def test_the_report_is_kept(backend: Backend) -> None:
    report = {"endedReason": "customer-ended-call", "cost": 0.25, "artifact": {}, "analysis": ANALYSIS}
    assert (await backend.message("end-of-call-report", **report)).status_code == 200
    told = backend.store.call("call-1")
    assert told is not None
    assert (told["status"], told["cost"], told["summary"]) == ("ended", 0.25, "Ada booked.")


async def test_what_is_said_is_kept_in_its_order_and_repetitions_are_not(backend: Backend) -> None:
    final = {"transcriptType": "final"}
    for at, role, text in [(2, "assistant", "Hello Ada."), (1, "user", "It is Ada."), (2, "assistant", "Hello Ada.")]:
        await backend.message("transcript", timestamp=at, role=role, transcript=text, **final)
    await backend.message("transcript", timestamp=3, role="user", transcript="I n", transcriptType="partial")
    await backend.message("status-update", status="in-progress")
    told = backend.store.call("call-1")
    assert told is not None
    assert [line["text"] for line in told["transcript"]] == ["It is Ada.", "Hello Ada."]


async def test_silence_is_counted_and_warned_of(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    await backend.message("hang")
    told = backend.store.call("call-1")
    assert told is not None
    assert told["hangs"] == 1
    assert [(record.levelname, record.call_id) for record in caplog.records if record.name == "backend.events"] == [
        ("WARNING", "call-1")
    ]


@pytest.mark.parametrize(
    ("kind", "fields", "logged"),
    [
        ("conversation-update", {"messagesOpenAIFormatted": [{"role": "user", "content": "Hi"}]}, {"messages": 1}),
        ("speech-update", {"status": "started", "role": "user"}, {"role": "user", "status": "started"}),
        ("user-interrupted", {}, {}),
    ],
)
async def test_what_happens_often_is_logged_for_debugging(
    backend: Backend, caplog: pytest.LogCaptureFixture, kind: str, fields: dict[str, Any], logged: dict[str, Any]
) -> None:
    caplog.set_level(logging.DEBUG, "backend.events")
    assert (await backend.message(kind, **fields)).status_code == 200
    [record] = [record for record in caplog.records if record.name == "backend.events"]
    assert vars(record).items() >= ({"call_id": "call-1"} | logged).items()


async def test_a_message_without_a_call_is_accepted_and_logged(
    backend: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await backend.message("hang", call=None)).status_code == 200
    assert "a message of type hang without a call" in caplog.text


async def test_types_without_a_handler_are_accepted(backend: Backend) -> None:
    assert (await backend.message("something-new", anything=1)).status_code == 200


async def call_tool(backend: Backend, name: str, arguments: Any, **call: Any) -> dict[str, Any]:
    called = {"id": "tool-1", "type": "function", "function": {"name": name, "arguments": arguments}}
    fields = {"call": {"id": "call-1", "orgId": "o", "customer": {"number": NUMBER}, **call}}
    answer = await backend.message("tool-calls", toolCallList=[called], **fields)
    [result] = answer.json()["results"]
    assert result["toolCallId"] == "tool-1"
    return result


async def test_a_customer_is_looked_up_by_the_number_of_the_call(backend: Backend) -> None:
    found = await call_tool(backend, "lookup_customer", {})
    assert found["result"] == '{"name":"Ada Lovelace","next_appointment":null}'
    await call_tool(backend, "book_appointment", {"when": "2026-01-05T10:00", "service": "advice"})
    again = await backend.message("tool-calls", toolCallList=[{"id": "tool-2", "name": "lookup_customer"}])
    assert "Monday, January 05 at 10:00 AM" in again.json()["results"][0]["result"]


@pytest.mark.parametrize("customer", [{"number": "+14155559999"}, {}, None])
async def test_who_is_unknown_gets_a_way_on(backend: Backend, customer: Any) -> None:
    found = await call_tool(backend, "lookup_customer", {}, customer=customer)
    assert "Offer to have somebody call back" in found["error"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"when": "2026-01-04T10:00", "service": "repair"}, "Monday to Friday"),
        ({"when": "2026-01-05T10:10", "service": "repair"}, "half hour"),
        ({"when": "2026-01-05T17:00", "service": "repair"}, "9 AM to 5 PM"),
        ({"when": "2025-12-31T10:00", "service": "repair"}, "Today is Thursday, January 01, 2026"),
        ({"when": "2026-12-31T10:00", "service": "repair"}, "60 days"),
        ({"when": "soon", "service": "repair"}, '"when" must be a date and time'),
        ({"when": "2026-01-05T10:00", "service": "haircut"}, '"service" must be'),
        ({"service": "repair"}, '"when" is missing'),
        ("{broken", "not valid JSON"),
    ],
)
async def test_what_cannot_be_booked_is_said_in_words(backend: Backend, arguments: Any, said: str) -> None:
    result = await call_tool(backend, "book_appointment", arguments)
    assert said in result["error"]
    assert "result" not in result


async def test_a_time_is_booked_once_and_others_are_offered(backend: Backend) -> None:
    arguments = {"when": "2026-01-05T10:00:00+00:00", "service": "repair"}
    backend.store.add_customer("+14155559999", "Grace Hopper")
    await call_tool(backend, "book_appointment", {**arguments, "when": "2026-01-05T10:30"}, id="call-0")
    first = await call_tool(backend, "book_appointment", arguments)
    assert first["result"] == "Booked for Ada Lovelace: repair on Monday, January 05 at 10:00 AM."
    second = await call_tool(backend, "book_appointment", arguments, id="call-2", customer={"number": "+14155559999"})
    assert second["error"] == (
        "Monday, January 05 at 10:00 AM is taken. The next free times are Monday, January 05 at 11:00 AM or "
        "Monday, January 05 at 11:30 AM."
    )


async def test_booking_the_same_time_again_is_fine(backend: Backend) -> None:
    arguments = {"when": "2026-01-05T10:00", "service": "repair"}
    first = await call_tool(backend, "book_appointment", arguments, id="call-1")
    again = await call_tool(backend, "book_appointment", arguments, id="call-2")
    assert first["result"] == again["result"]


async def test_the_same_time_for_something_else_is_what_is_booked_then(backend: Backend) -> None:
    for service in ("repair", "advice"):
        arguments = {"when": "2026-01-05T10:00", "service": service}
        booked = await call_tool(backend, "book_appointment", arguments, id=f"call-{service}")
        found = await call_tool(backend, "lookup_customer", {}, id=f"look-{service}")
        assert f": {service} on Monday" in booked["result"]
        assert service in str(found["result"])


async def test_the_legacy_form_is_answered_in_its_own_way(backend: Backend) -> None:
    parameters = {"when": "2026-01-05T10:00", "service": "check-up"}
    answer = await backend.message("function-call", functionCall={"name": "book_appointment", "parameters": parameters})
    assert answer.json() == {"result": "Booked for Ada Lovelace: check-up on Monday, January 05 at 10:00 AM."}


async def test_a_tool_that_breaks_reveals_nothing(backend: Backend) -> None:
    backend.store.close()
    result = await call_tool(backend, "lookup_customer", {})
    assert result["error"] == "Sorry, lookup_customer did not work."


@pytest.mark.parametrize(("secret", "status"), [("new", 200), ("old", 200), ("older", 401)])
async def test_both_secrets_are_taken_while_one_is_rotated(secret: str, status: int) -> None:
    settings = dataclasses.replace(SETTINGS, server_secrets=("new", "old"))
    with closing(Store()) as store:
        hooks = make_webhooks(settings, store, lambda: datetime.now(UTC))
        answer = await hooks.handle(b'{"message": {"type": "hang"}}', {"x-vapi-secret": secret})
        await answer.after()
    assert answer.status == status
