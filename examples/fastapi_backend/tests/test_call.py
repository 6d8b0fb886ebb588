"""One call from start to end: the sandbox plays Vapi and the customer, the backend is the real one."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from examples.fastapi_backend.demo import CONVERSATION, NUMBER, SETTINGS
from examples.fastapi_backend.logs import JsonLines, configure
from examples.fastapi_backend.story import NAME, story
from vapi_async.sandbox import hang

if TYPE_CHECKING:
    from examples.fastapi_backend.tests.conftest import Backend


async def test_a_call_books_an_appointment(backend: Backend) -> None:
    backend.sandbox.script(CONVERSATION, analysis={"summary": "Ada booked a check-up."})
    call = (await backend.call()).json()
    call = (await backend.http.get(f"/calls/{call['id']}", params={"wait": 60})).json()

    assert (call["status"], call["ended_reason"]) == ("ended", "customer-ended-call")
    assert call["summary"] == "Ada booked a check-up."
    assert call["cost"] > 0
    said = [line["text"] for line in call["transcript"] if line["role"] == "assistant"]
    assert f"Booked for {NAME}: check-up on Monday, January 05 at 10:00 AM." in said
    booked = backend.store.appointments(NUMBER, backend.sandbox.clock.now())
    assert booked == [(datetime(2026, 1, 5, 10, tzinfo=UTC), "check-up")]


async def test_the_tools_were_answered_and_every_message_was_accepted(backend: Backend) -> None:
    backend.sandbox.script([*CONVERSATION, hang()])
    call = (await backend.call()).json()
    await backend.sandbox.run(call["id"])

    answers = [delivery.reply["results"][0] for delivery in backend.sandbox.deliveries.of("tool-calls")]
    assert [answer["name"] for answer in answers] == ["lookup_customer", "book_appointment", "book_appointment"]
    assert ["error" in answer for answer in answers] == [False, True, False]
    assert {delivery.status for delivery in backend.sandbox.deliveries} == {200}
    assert {"status-update", "speech-update", "conversation-update", "hang", "end-of-call-report"} <= set(
        backend.sandbox.deliveries.types
    )


async def test_the_assistant_is_deleted_though_the_story_breaks_off(backend: Backend) -> None:
    backend.sandbox.fail("calls.create", status=400)
    with pytest.raises(SystemExit, match="POST /calls was answered with 400"):
        await story(backend.http, NUMBER)
    assert backend.sandbox.objects("/assistant") == []


async def test_before_the_report_a_call_is_shown_by_what_vapi_says(backend: Backend) -> None:
    ended = {"id": "call-1", "status": "ended", "cost": 0.5, "analysis": {"summary": "Done."}}
    backend.sandbox.add("/call", ended)
    call = (await backend.http.get("/calls/call-1")).json()
    assert (call["cost"], call["summary"], call["transcript"]) == (0.5, "Done.", [])


async def test_a_call_that_nobody_answers(backend: Backend) -> None:
    backend.sandbox.script(answered=False, ended_reason="customer-did-not-answer")
    call = (await backend.call()).json()
    call = (await backend.http.get(f"/calls/{call['id']}", params={"wait": 60})).json()
    assert (call["ended_reason"], call["transcript"]) == ("customer-did-not-answer", [])


async def test_the_log_is_json_and_has_neither_secrets_nor_numbers_nor_what_was_said(backend: Backend) -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(SETTINGS.secrets))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        backend.sandbox.fail("calls.get", status=503)
        backend.sandbox.script(CONVERSATION)
        await story(backend.http, NUMBER)
        await backend.http.get("/calls", params={"hours": 7})
        logging.getLogger("backend").error("the key is %s", SETTINGS.api_key)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    ours = {line["message"] for line in lines if line["logger"].startswith("backend")}
    assert {"assistant created", "call placed", "vapi answered", "vapi request is repeated", "call ended"} <= ours
    assert "the key is ***" in ours
    assert not [line for line in lines if line["logger"].startswith("backend") and "?" in line.get("path", "")]
    assert not [secret for secret in (*SETTINGS.secrets, NUMBER, "Hello Ada") if secret in stream.getvalue()]


def test_a_traceback_is_one_line_without_secrets() -> None:
    try:
        raise ValueError("the token offline-backend-token\nis wrong")
    except ValueError as error:
        record = logging.LogRecord("backend", logging.ERROR, "", 1, "failed", None, (type(error), error, None))
    line = JsonLines(SETTINGS.secrets).format(record)
    assert "\n" not in line
    assert json.loads(line)["traceback"] == "ValueError: the token ***\nis wrong"


def test_what_is_logged_goes_to_one_stream() -> None:
    stream, root = StringIO(), logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers.clear()
    try:
        configure("INFO", ["secret"], stream)
        logging.getLogger("backend").info("a secret", extra={"call_id": "call-1"})
        logging.getLogger("httpx").info("a URL with a number in it")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        logging.getLogger("httpx").setLevel(logging.NOTSET)
    line = json.loads(stream.getvalue())
    assert (line["level"], line["message"], line["call_id"]) == ("INFO", "a ***", "call-1")
