"""Messages: a voice message (a call that says it and hangs up), a text (a chat, in a session, or an SMS), and finding
them again by status.

    python -m examples.endpoints.messages          offline
    python -m examples.endpoints.messages --live   needs VAPI_API_KEY, VAPI_PHONE_NUMBER_ID, VAPI_CALL_TO

The phone number has to be one that can send SMS: one of Twilio's, registered for it.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from examples.kit import DIALLING, Settings, run
from vapi_async import since

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async.models import Call, Chat
    from vapi_async.sandbox import Sandbox

PLAN = """\
This calls {VAPI_CALL_TO} from phone number {VAPI_PHONE_NUMBER_ID} and says one sentence, sends an SMS to it, and chats
with an assistant: calls, SMS and model cost money. The call stays in your call log, the rest is deleted."""

TEXT = "Your table for four is reserved for tonight at eight. Goodbye."
GPT = {"provider": "openai", "model": "gpt-4o"}


async def send_voice(vapi: AsyncVapi, phone_number_id: str, to: str, text: str) -> Call:
    """Say a text on the phone, or leave it on the voicemail, and hang up; returns the call once it is over.

    The text has to end with "Goodbye.": it is saying this that ends the call.
    """
    assistant = {
        "model": GPT,
        "firstMessage": text,
        "firstMessageMode": "assistant-speaks-first",
        "firstMessageInterruptionsEnabled": False,
        "endCallPhrases": ["goodbye"],
        "voicemailMessage": text,
        "voicemailDetection": {"provider": "vapi"},
        "maxDurationSeconds": 60,
    }
    call = await vapi.calls.create(
        name="Voice message", assistant=assistant, phone_number_id=phone_number_id, customer={"number": to}
    )
    return await vapi.calls.wait(call, until="ended", timeout=180)


async def send_sms(vapi: AsyncVapi, assistant_id: str, phone_number_id: str, to: str, text: str) -> Chat:
    """Send a text as an SMS, word for word; it begins a session, in which the assistant answers what comes back."""
    transport = {
        "type": "twilio.sms",
        "phoneNumberId": phone_number_id,
        "customer": {"number": to},
        "useLLMGeneratedMessageForOutbound": False,
    }
    return await vapi.chats.create(input=text, assistant_id=assistant_id, transport=transport)


async def messages(vapi: AsyncVapi, settings: Settings) -> None:
    """Send one message of each kind, and list them."""
    number, to = settings["VAPI_PHONE_NUMBER_ID"], settings["VAPI_CALL_TO"]
    call = await send_voice(vapi, number, to, TEXT)
    print(f"voice    {call.id}  {call.status}: {call.ended_reason}")

    async with AsyncExitStack() as cleanup:  # what is made first is deleted last
        assistant = await vapi.assistants.create(name="Texts", model=GPT)
        cleanup.push_async_callback(vapi.assistants.delete, assistant.id)

        sms = await send_sms(vapi, assistant.id, number, to, TEXT)
        cleanup.push_async_callback(vapi.chats.delete, sms.id)
        if sms.session_id:
            cleanup.push_async_callback(vapi.sessions.delete, sms.session_id)
        print(f"sms      {sms.id}  {sms.input!r}")

        # A session remembers what was said, and whom it was said to.
        session = await vapi.sessions.create(assistant_id=assistant.id, customer={"number": to})
        cleanup.push_async_callback(vapi.sessions.delete, session.id)
        for text in ("Is there parking?", "And for bicycles?"):
            chat = await vapi.chats.create(input=text, session_id=session.id)
            cleanup.push_async_callback(vapi.chats.delete, chat.id)
            reply = chat["output"][0]["content"]
            print(f"chat     {chat.id}  {text!r} -> {reply!r}")
        await vapi.sessions.update(session.id, status="completed")

        await find_again(vapi, call, session.id)


async def find_again(vapi: AsyncVapi, call: Call, session_id: str) -> None:
    """Get single messages, and list them by status; the API has no filter for a status, so that is done here."""
    window = since(call.created_at)
    async for each in vapi.calls.list(created=window):
        if each.status == "ended":
            print(f"ended    {each.id}  {each.name}: {each.ended_reason}")
    async for session in vapi.sessions.list(created=window):
        if session.status == "completed":
            chats = [chat async for chat in vapi.chats.list(session_id=session.id)]
            print(f"done     {session.id}  {len(chats)} chats")

    call = await vapi.calls.get(call.id)
    for message in call.messages or ():
        if message.role == "bot":
            print(f"spoken   {message.message!r}")
    session = await vapi.sessions.get(session_id)
    print(f"written  {len(session.messages or ())} messages")


def offline_answers(sandbox: Sandbox) -> None:
    """A number that can text; the customer listens, and the assistant hangs up; chats have answers."""
    number = {"provider": "twilio", "twilioAccountSid": "AC0", "number": "+15550001111"}
    sandbox.add("/phone-number", number | {"id": DIALLING["VAPI_PHONE_NUMBER_ID"]})
    sandbox.script([], ended_reason="assistant-said-end-call-phrase")
    sandbox.script_chat("Yes, behind the house.", "In front of it.")


if __name__ == "__main__":
    run(messages, plan=PLAN, settings=DIALLING, prepare=offline_answers)
