"""An outbound call by an assistant that is there already; the settings are read from `.env`.

python -m examples.call_centre.outbound          offline
python -m examples.call_centre.outbound --live   needs, in the environment or in `.env`:

VAPI_API_KEY=...
VAPI_ASSISTANT_ID=...
VAPI_PHONE_NUMBER_ID=...
VAPI_CALL_TO=+15551234567
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.call_centre.env import load_env
from examples.kit import DIALLING, Settings, run
from vapi_async.sandbox import user

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async.sandbox import Sandbox

PLAN = """\
This lets assistant {VAPI_ASSISTANT_ID} call {VAPI_CALL_TO} from phone number {VAPI_PHONE_NUMBER_ID}, which costs money,
and waits until the call is over. The call stays in your call log."""
SETTINGS = {"VAPI_ASSISTANT_ID": "22222222-3333-4444-8555-666666666666", **DIALLING}


async def outbound(vapi: AsyncVapi, settings: Settings) -> None:
    """Place the call, wait, and tell how it went."""
    call = await vapi.calls.create(
        name="Outbound",
        assistant_id=settings["VAPI_ASSISTANT_ID"],
        phone_number_id=settings["VAPI_PHONE_NUMBER_ID"],
        customer={"number": settings["VAPI_CALL_TO"]},
    )
    print(f"calling   {settings['VAPI_CALL_TO']}  ({call.id})")

    call = await vapi.calls.wait(call, timeout=900)
    print(f"ended     {call.ended_reason}, ${call.cost:.2f}\n")
    print(call.artifact.transcript if call.artifact else "Nobody spoke.")


def offline_assistant(sandbox: Sandbox) -> None:
    """The assistant that the setting names, and somebody who picks up."""
    greeting = {"name": "Survey", "firstMessage": "Hello! Were you happy with our service?"}
    sandbox.add("/assistant", {"id": SETTINGS["VAPI_ASSISTANT_ID"], **greeting})
    sandbox.script([user("Yes, thank you. Goodbye.")])


if __name__ == "__main__":
    load_env()
    run(outbound, plan=PLAN, settings=SETTINGS, prepare=offline_assistant)
