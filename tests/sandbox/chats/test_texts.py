"""Text messages: what is sent by chats, and what customers send."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.walking import TOKEN
from tests.sandbox.world import ASSISTANT, Json
from vapi_async.sandbox import Sandbox

CUSTOMER = {"number": "+14155550123"}
DAY = 86_400


def twilio(sandbox: Sandbox, **more: Any) -> str:
    number = {"provider": "twilio", "number": "+14155550100", "twilioAccountSid": "AC1", **more}
    return str(sandbox.add("/phone-number", number)["id"])


def answering(sandbox: Sandbox) -> str:
    return twilio(sandbox, assistantId=sandbox.add("/assistant", ASSISTANT)["id"])


async def posted(sandbox: Sandbox, transport: Json, **more: Any) -> tuple[int, Json]:
    who = {} if "sessionId" in more else {"assistant": {"name": "A"}}
    body = {"input": "Your table is booked.", "transport": {"type": "twilio.sms", **transport}, **who, **more}
    async with sandbox.http_client() as http:
        answer = await http.post("/chat", json=body, headers=TOKEN)
    return answer.status_code, answer.json()


def sent(sandbox: Sandbox) -> list[tuple[str, str, str, bool]]:
    return [(text.sender, text.recipient, text.text, text.inbound) for text in sandbox.texts]


async def test_a_chat_is_sent_as_a_text_in_a_session_of_its_own() -> None:
    async with Sandbox() as sandbox:
        number = twilio(sandbox)
        status, chat = await posted(sandbox, {"phoneNumberId": number, "customer": CUSTOMER})
        assert (status, chat["output"][0]["content"]) == (200, "You said: Your table is booked.")
        (session,) = sandbox.objects("/session")
        assert chat["sessionId"] == session["id"]
        assert (session["customer"], session["phoneNumberId"]) == (CUSTOMER, number)
        assert sent(sandbox) == [("+14155550100", "+14155550123", "You said: Your table is booked.", False)]


async def test_a_text_may_be_sent_as_it_is() -> None:
    async with Sandbox() as sandbox:
        transport = {"phoneNumberId": twilio(sandbox), "customer": CUSTOMER, "useLLMGeneratedMessageForOutbound": False}
        await posted(sandbox, transport)
        assert [text.text for text in sandbox.texts] == ["Your table is booked."]


async def test_what_cannot_be_sent() -> None:
    async with Sandbox() as sandbox:
        number = twilio(sandbox)
        vapi = sandbox.add("/phone-number", {"provider": "vapi", "number": "+14155550101"})["id"]
        silent = twilio(sandbox, smsEnabled=False)
        session = sandbox.add("/session", {"status": "active", "assistant": ASSISTANT})["id"]
        for transport, more in (
            ({"phoneNumberId": "4f2f3a5b-0000-4000-8000-000000000000", "customer": CUSTOMER}, {}),
            ({"phoneNumberId": vapi, "customer": CUSTOMER}, {}),
            ({"phoneNumberId": silent, "customer": CUSTOMER}, {}),
            ({"phoneNumberId": number}, {}),
            ({"customer": CUSTOMER}, {}),
            ({"phoneNumberId": number, "customer": CUSTOMER}, {"sessionId": session}),
        ):
            assert (await posted(sandbox, transport, **more))[0] == 400, transport
        assert sandbox.texts == []
        assert len(sandbox.objects("/session")) == 1


async def test_a_customer_texts_and_is_answered_in_one_session_for_a_day() -> None:
    async with Sandbox() as sandbox:
        answering(sandbox)
        sandbox.script_chat("Hello!", "Yes.", "Hello again.")
        first = await sandbox.inbound_text("Hi", "+14155550123")
        await sandbox.clock.advance(DAY - 60)
        second = await sandbox.inbound_text("Open today?", "+14155550123")
        assert second["sessionId"] == first["sessionId"]
        assert [message["content"] for message in second["messages"]] == ["Hi", "Hello!", "Open today?", "Yes."]
        await sandbox.clock.advance(DAY + 60)
        third = await sandbox.inbound_text("Hi", "+14155550123")
        assert third["sessionId"] != first["sessionId"]
        assert [(text.text, text.inbound) for text in sandbox.texts] == [
            ("Hi", True), ("Hello!", False), ("Open today?", True), ("Yes.", False), ("Hi", True),
            ("Hello again.", False),
        ]  # fmt: skip


async def test_each_customer_has_a_session() -> None:
    async with Sandbox() as sandbox:
        answering(sandbox)
        one = await sandbox.inbound_text("Hi", "+14155550123", name="Ada")
        other = await sandbox.inbound_text("Hi", "+14155550124")
        assert one["sessionId"] != other["sessionId"]
        assert sandbox.objects("/session")[0]["customer"] == {"number": "+14155550123", "name": "Ada"}


@pytest.mark.parametrize("number", [{"assistantId": None}, {"smsEnabled": False}, {"provider": "vapi"}])
async def test_a_number_that_takes_no_texts(number: Json) -> None:
    async with Sandbox() as sandbox:
        twilio(sandbox, **({"assistantId": sandbox.add("/assistant", ASSISTANT)["id"]} | number))
        with pytest.raises(ValueError, match="inbound_text"):
            await sandbox.inbound_text("Hi")
