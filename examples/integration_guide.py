"""From nothing to a call that uses your own code: an assistant with a function tool, a call, its webhooks, its results.

    python -m examples.integration_guide          offline: a sandbox plays the caller and sends the webhooks
    python -m examples.integration_guide --live   the same on the phone

The real one needs VAPI_API_KEY, VAPI_PHONE_NUMBER_ID, VAPI_CALL_TO (a number such as +15551234567), a VAPI_SERVER_URL
where a tunnel leads to port 8000 of this machine, and a VAPI_SERVER_SECRET of your own invention.
"""

from __future__ import annotations

import os
from datetime import date  # noqa: TC003 - the tool's signature is read at run time
from typing import TYPE_CHECKING, Any

from examples.kit import DIALLING, Settings, run
from vapi_async import AsyncVapi
from vapi_async.webhooks import ToolError, Webhooks, shared_secret

if TYPE_CHECKING:
    from vapi_async.models import Assistant, Call
    from vapi_async.sandbox import Sandbox

PLAN = """\
This creates an assistant, serves its webhooks at {VAPI_SERVER_URL} on port 8000, calls {VAPI_CALL_TO} from phone number
{VAPI_PHONE_NUMBER_ID}, which costs money, and deletes the assistant. The call stays in your call log. Ask it for a
table: on Sundays there is none."""
SETTINGS = {**DIALLING, "VAPI_SERVER_URL": "https://my.app", "VAPI_SERVER_SECRET": "a-secret"}


# 1. The client


def connect(token: str | None = None, **options: Any) -> AsyncVapi:
    """Make the client; without a token it would look for VAPI_API_KEY by itself."""
    return AsyncVapi(token=token or os.environ["VAPI_API_KEY"], **options)


# 2. What Vapi asks and tells


def receive(settings: Settings) -> Webhooks:
    """Make the ASGI app that gets the webhooks: `uvicorn` serves it, FastAPI and Starlette mount it."""
    hooks = Webhooks(verify=shared_secret(settings["VAPI_SERVER_SECRET"]))

    @hooks.tool("find_table")
    async def find_table(day: date, guests: int) -> str:
        """Look for a free table."""
        if day.isoweekday() == 7:
            raise ToolError("We are closed on Sundays.")  # what the assistant may say; other exceptions stay inside
        return f"A table for {guests} is free at eight."

    @hooks.on("status-update")
    async def changed(message: Any) -> None:
        print(f"webhook   the call is {message.status}")

    @hooks.on("end-of-call-report")
    async def report(message: Any) -> None:
        print(f"webhook   it ended: {message.ended_reason}; it was about: {message.analysis.summary}")

    return hooks


def server(settings: Settings) -> dict[str, Any]:
    """Say where the webhooks go, and what proves that they come from Vapi."""
    return {"url": settings["VAPI_SERVER_URL"], "headers": {"X-Vapi-Secret": settings["VAPI_SERVER_SECRET"]}}


# 3. The assistant, with a function tool


async def create_assistant(vapi: AsyncVapi, settings: Settings) -> Assistant:
    """Create an assistant that calls `find_table`, and says something before, after, and when it fails."""
    tool = {
        "type": "function",
        "function": {
            "name": "find_table",
            "description": "Look for a free table.",
            "parameters": {
                "type": "object",
                "properties": {"day": {"type": "string", "format": "date"}, "guests": {"type": "integer"}},
                "required": ["day", "guests"],
            },
        },
        "messages": [
            {"type": "request-start", "content": "Let me look."},
            {"type": "request-complete", "content": "I have found something."},
            {"type": "request-failed", "content": "I am sorry, that did not work."},
        ],
        "server": server(settings),
    }
    prompt = "You take reservations for a restaurant. Today is {{date}}. Look for a table before you promise one."
    return await vapi.assistants.create(
        name="Reservations",
        first_message="Hello! For when would you like a table?",
        model={
            "provider": "openai",
            "model": "gpt-4o",
            "messages": [{"role": "system", "content": prompt}],
            "tools": [tool],
        },
        voice={"provider": "vapi", "voiceId": "Elliot"},
        max_duration_seconds=180,
    )


# 4. The call


async def place_call(vapi: AsyncVapi, settings: Settings, assistant_id: str) -> Call:
    """Call the customer, have the webhooks of this call sent to our server, and wait until all is over."""
    call = await vapi.calls.create(
        assistant_id=assistant_id,
        assistant_overrides={"server": server(settings)},
        phone_number_id=settings["VAPI_PHONE_NUMBER_ID"],
        customer={"number": settings["VAPI_CALL_TO"]},
    )
    print(f"call      {call.id}  {call.status}")
    return await vapi.calls.wait(call, until=lambda call: call.analysis, timeout=300)  # it follows the end of the call


# 5. All of it


async def guide(vapi: AsyncVapi, settings: Settings) -> None:
    """Create the assistant, place the call, and read the results."""
    assistant = await create_assistant(vapi, settings)
    print(f"assistant {assistant.id}  {assistant.name}")  # what comes back has attributes …
    assert assistant["id"] == assistant.id  # … and is a mapping with the API's names
    try:
        call = await place_call(vapi, settings, assistant["id"])
        for message in call.messages or ():
            if message.role in ("user", "bot"):
                print(f"{message.role:<9} {message['message']}")

        print("calls of this assistant:")
        async for each in vapi.calls.list(assistant_id=assistant.id, max_items=5):
            print(f"          {each.id}  {each['status']}: {each['endedReason']}")
    finally:
        await vapi.assistants.delete(assistant.id)
        print(f"deleted   {assistant.id}")


def offline_conversation(sandbox: Sandbox) -> None:
    """What the caller says, and what that makes the assistant do."""
    from vapi_async.sandbox import assistant, tool, user

    sandbox.script(
        [
            user("Do you have a table for two on Sunday?"),
            tool("find_table", day="2026-01-04", guests=2),
            assistant("We are closed on Sundays. Would Monday do?"),
            user("Yes, Monday is fine."),
            tool("find_table", day="2026-01-05", guests=2),
            assistant("{result} See you then!"),
        ],
        analysis={"summary": "A table for two on Monday at eight."},
    )


if __name__ == "__main__":
    run(guide, plan=PLAN, settings=SETTINGS, prepare=offline_conversation, client=connect, app=receive)
