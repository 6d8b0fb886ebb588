"""Create an assistant, place a call, read it back, list calls.

    python examples/quickstart.py          against a stand-in inside this process: no key, no network, no phone
    python examples/quickstart.py --live   against the real API: it dials VAPI_CALL_TO, which costs money

The real API needs VAPI_API_KEY, VAPI_PHONE_NUMBER_ID and VAPI_CALL_TO (a number such as +15551234567). The assistant
made for the call is deleted at the end.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from stand_in import StandIn

from vapi_async import AsyncVapi

if TYPE_CHECKING:
    from vapi_async.models import Call

LIVE_SETTINGS = ("VAPI_API_KEY", "VAPI_PHONE_NUMBER_ID", "VAPI_CALL_TO")


async def first_call(vapi: AsyncVapi, phone_number_id: str, number: str, pause: float) -> None:
    """Place one call to `number` from the phone number `phone_number_id`, and look at it every `pause` seconds."""
    assistant = await vapi.assistants.create(
        name="Quickstart",
        first_message="Hello! This is a test call of vapi-async. Goodbye!",
        model={"provider": "openai", "model": "gpt-4o"},
    )
    print(f"created assistant  {assistant.id}  {assistant.name!r}")
    try:
        call = await vapi.calls.create(
            assistant_id=assistant.id, phone_number_id=phone_number_id, customer={"number": number}
        )
        print(f"placed call        {call.id}  {call.status}")
        call = await until_ended(vapi, call, pause)
        page = await vapi.calls.list(limit=5)
        print(f"listed calls       {len(page)} on the first page: {', '.join(str(item.status) for item in page)}")
    finally:
        await vapi.assistants.delete(assistant.id)
        print(f"deleted assistant  {assistant.id}")


async def until_ended(vapi: AsyncVapi, call: Call, pause: float, looks: int = 60) -> Call:
    """Read a call back until it has ended; its assistant must not be deleted before."""
    for _ in range(looks):
        call = await vapi.calls.get(call.id)
        reason = f": {call.ended_reason}" if call.ended_reason else ""
        print(f"read it back       {call.id}  {call.status}{reason}")
        if call.status == "ended":
            break
        await asyncio.sleep(pause)
    return call


async def offline() -> None:
    """Run against the stand-in."""
    print("Running against a stand-in inside this process: nothing is sent, nobody is called.\n")
    async with StandIn().client() as http_client, AsyncVapi(token="not-a-key", http_client=http_client) as vapi:
        await first_call(vapi, phone_number_id="11111111-2222-4333-8444-555555555555", number="+15551234567", pause=0)
    print("\nThe same against the real API: examples/quickstart.py --live")


async def live() -> None:
    """Run against the real API, saying first what will happen."""
    missing = [name for name in LIVE_SETTINGS if not os.environ.get(name)]
    if missing:
        sys.exit(f"--live needs {', '.join(missing)} in the environment.")
    number, phone_number_id = os.environ["VAPI_CALL_TO"], os.environ["VAPI_PHONE_NUMBER_ID"]
    async with AsyncVapi() as vapi:
        print(f"This will create an assistant, call {number} from phone number {phone_number_id} through")
        print(f"{vapi.base_url}, and delete the assistant again. The call costs money.\n")
        await first_call(vapi, phone_number_id, number, pause=2)


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--live"]):
        sys.exit(__doc__)
    asyncio.run(live() if "--live" in sys.argv else offline())
