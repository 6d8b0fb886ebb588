"""Vapi's own tools: dtmf, sms, transferCall and endCall.

python -m examples.call_centre.default_tools          offline
python -m examples.call_centre.default_tools --live   needs VAPI_API_KEY, VAPI_PHONE_NUMBER_ID (that can send SMS),
                                                      VAPI_CALL_TO, VAPI_TRANSFER_TO
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examples.call_centre.conversation import show
from examples.kit import DIALLING, Settings, run
from vapi_async.sandbox import assistant, tool, user

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async.sandbox import Sandbox

PLAN = """\
This calls {VAPI_CALL_TO} from phone number {VAPI_PHONE_NUMBER_ID}; asked to, the assistant sends an SMS, or transfers
the call to {VAPI_TRANSFER_TO}. All that costs money. The call stays in your call log."""
SETTINGS = {**DIALLING, "VAPI_TRANSFER_TO": "+15557654321"}

PROMPT = """\
You are the reception of a garage. Asked for the address, send it with the sms tool. If a menu answers, press 1 with the
dtmf tool. Asked for a person, use transferCall. When the customer says goodbye, use endCall."""


def default_tools(transfer_to: str) -> list[dict[str, Any]]:
    """Return the tools; there is nothing to serve for them."""
    person = {
        "type": "number",
        "number": transfer_to,
        "message": "I will put you through to a colleague.",
        "description": "a colleague, for whoever asks for a person",
        # The colleague hears a summary before the customer does.
        "transferPlan": {"mode": "warm-transfer-say-summary"},
    }
    return [
        {"type": "dtmf"},
        {"type": "sms", "messages": [{"type": "request-start", "content": "I am sending you the address."}]},
        {"type": "transferCall", "destinations": [person]},
        {"type": "endCall"},
    ]


async def use_default_tools(vapi: AsyncVapi, settings: Settings) -> None:
    """Place a call with an assistant that has the tools, and show which it used."""
    model = {
        "provider": "openai",
        "model": "gpt-4o",
        "messages": [{"role": "system", "content": PROMPT}],
        "tools": default_tools(settings["VAPI_TRANSFER_TO"]),
    }
    call = await vapi.calls.create(
        name="Default tools",
        assistant={"firstMessage": "Garage Miller, hello!", "model": model, "maxDurationSeconds": 120},
        phone_number_id=settings["VAPI_PHONE_NUMBER_ID"],
        customer={"number": settings["VAPI_CALL_TO"]},
    )
    show(await vapi.calls.wait(call))


def offline_customer(sandbox: Sandbox) -> None:
    """A customer who wants the address, and then a person."""
    talk = [
        user("Where are you?"),
        tool("sms", to=DIALLING["VAPI_CALL_TO"], message="12 Main Street"),
        assistant("You have it on your phone."),
        user("May I speak to somebody?"),
        tool("transferCall", destination=SETTINGS["VAPI_TRANSFER_TO"]),
    ]
    sandbox.script(talk)


if __name__ == "__main__":
    run(use_default_tools, plan=PLAN, settings=SETTINGS, prepare=offline_customer)
