"""Create an assistant, place a call, read it back, list calls.

    python examples/quickstart.py          against a sandbox inside this process: no key, no network, no phone
    python examples/quickstart.py --live   against the real API: it dials VAPI_CALL_TO, which costs money

The real API needs VAPI_API_KEY, VAPI_PHONE_NUMBER_ID and VAPI_CALL_TO (a number such as +15551234567). The assistant
made for the call is deleted at the end. The sandbox is the extra of that name: pip install 'vapi-async[sandbox]'
"""

from __future__ import annotations

import asyncio
import os
import sys

from vapi_async import AsyncVapi, VapiError

LIVE_SETTINGS = ("VAPI_API_KEY", "VAPI_PHONE_NUMBER_ID", "VAPI_CALL_TO")


async def first_call(vapi: AsyncVapi, phone_number_id: str, number: str) -> None:
    """Place one call to `number` from the phone number `phone_number_id`, and follow it to its end."""
    assistant = await vapi.assistants.create(
        name="Quickstart",
        first_message="Hello! This is a test call of vapi-async. Goodbye!",
        model={"provider": "openai", "model": "gpt-4o"},
        end_call_phrases=["goodbye"],
        max_duration_seconds=60,
    )
    print(f"created assistant  {assistant.id}  {assistant.name!r}")
    try:
        call = await vapi.calls.create(
            assistant_id=assistant.id, phone_number_id=phone_number_id, customer={"number": number}
        )
        print(f"placed call        {call.id}  {call.status}")
        call = await vapi.calls.wait(call, until=("in-progress", "ended"))
        print(f"read it back       {call.id}  {call.status}")
        call = await vapi.calls.wait(call, until="ended")  # its assistant must not be deleted before
        print(f"read it back       {call.id}  {call.status}: {call.ended_reason}")
        page = await vapi.calls.list(limit=5)
        print(f"listed calls       {len(page)} on the first page: {', '.join(str(item.status) for item in page)}")
    finally:
        await vapi.assistants.delete(assistant.id)
        print(f"deleted assistant  {assistant.id}")


async def offline() -> None:
    """Run against the sandbox."""
    from vapi_async.sandbox import Sandbox

    print("Running against a sandbox inside this process: nothing is sent, nobody is called.\n")
    async with Sandbox() as sandbox, sandbox.client() as vapi:
        number = await vapi.phone_numbers.create({"provider": "vapi", "name": "Quickstart"})
        await first_call(vapi, phone_number_id=number.id, number="+15551234567")
    print("\nThe same against the real API: examples/quickstart.py --live")


async def live() -> None:
    """Run against the real API, saying first what will happen."""
    missing = [name for name in LIVE_SETTINGS if not os.environ.get(name)]
    if missing:
        sys.exit(f"--live needs {', '.join(missing)} in the environment. It places a call, which costs money.")
    number, phone_number_id = os.environ["VAPI_CALL_TO"], os.environ["VAPI_PHONE_NUMBER_ID"]
    async with AsyncVapi() as vapi:
        print(f"This will create an assistant, call {number} from phone number {phone_number_id} through")
        print(f"{vapi.base_url}, and delete the assistant again. The call costs money.\n")
        try:
            await first_call(vapi, phone_number_id=phone_number_id, number=number)
        except VapiError as error:
            sys.exit(f"\n{error}")


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--live"]):
        sys.exit(__doc__)
    asyncio.run(live() if "--live" in sys.argv else offline())
