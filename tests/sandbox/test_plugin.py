"""A test as users write it, with the fixtures of the pytest plugin: from a call to its report."""

from __future__ import annotations

from typing import Any

from vapi_async.sandbox import assistant, tool, user
from vapi_async.webhooks import Webhooks, shared_secret

hooks = Webhooks(verify=shared_secret("s3cret"))


@hooks.tool()
async def opening_hours(day: str) -> str:
    """Say when we are open."""
    return f"from 9 to 5 on {day}"


async def test_reception(vapi_sandbox: Any, vapi_client: Any) -> None:
    server = {"url": "https://me.example/vapi", "secret": "s3cret"}
    vapi_sandbox.connect(server["url"], hooks)
    vapi_sandbox.script(
        [user("When are you open?"), tool("opening_hours", day="Monday"), assistant("We are, {result}.")]
    )

    model = {"provider": "openai", "model": "gpt-4o", "tools": hooks.tool_definitions(server)}
    reception = await vapi_client.assistants.create(name="Reception", model=model, server=server)
    number = await vapi_client.phone_numbers.create({"provider": "vapi"})
    customer = {"number": "+14155550123"}
    call = await vapi_client.calls.create(assistant_id=reception.id, phone_number_id=number.id, customer=customer)
    call = await vapi_client.calls.wait(call)

    assert call.artifact.transcript.endswith("AI: We are, from 9 to 5 on Monday.\n")
    assert vapi_sandbox.deliveries[-1].type == "end-of-call-report"
