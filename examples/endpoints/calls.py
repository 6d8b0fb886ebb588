"""Calls: create, get, end, list.

python -m examples.endpoints.calls          offline
python -m examples.endpoints.calls --live   needs VAPI_API_KEY, VAPI_PHONE_NUMBER_ID, VAPI_CALL_TO
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.kit import DIALLING, Settings, run

if TYPE_CHECKING:
    from vapi_async import AsyncVapi

PLAN = """\
This calls {VAPI_CALL_TO} from phone number {VAPI_PHONE_NUMBER_ID}, which costs money, and hangs up once it is answered.
The call stays in your call log."""


async def calls(vapi: AsyncVapi, settings: Settings) -> None:
    """Place a call, look at it, hang up, and find it in the list."""
    call = await vapi.calls.create(
        name="Endpoints example",
        assistant={
            "firstMessage": "Hello! This is a test call.",
            "model": {"provider": "openai", "model": "gpt-4o"},
            "maxDurationSeconds": 60,
        },
        phone_number_id=settings["VAPI_PHONE_NUMBER_ID"],
        customer={"number": settings["VAPI_CALL_TO"]},
    )
    print(f"created  {call.id}  {call.status}")

    call = await vapi.calls.wait(call, until=("in-progress", "ended"), timeout=120)
    print(f"waited   {call.id}  {call.status}")

    await vapi.calls.end(call)  # hangs up; calls.delete only deletes what is stored of a call
    call = await vapi.calls.wait(call, until="ended", timeout=60)
    print(f"ended    {call.id}  {call.status}: {call.ended_reason}")

    call = await vapi.calls.get(call.id)
    print(f"got      {call.id}  from {call.started_at} to {call.ended_at}")

    page = await vapi.calls.list(phone_number_id=settings["VAPI_PHONE_NUMBER_ID"], limit=5)
    print(f"listed   {len(page)} of this phone number: {', '.join(f'{each.name} ({each.status})' for each in page)}")


if __name__ == "__main__":
    run(calls, plan=PLAN, settings=DIALLING)
