"""Dynamic variables and assistantOverrides: one assistant, another conversation for each customer.

python -m examples.call_centre.variables          offline
python -m examples.call_centre.variables --live   needs VAPI_API_KEY, VAPI_PHONE_NUMBER_ID, VAPI_CALL_TO
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.kit import DIALLING, Settings, run
from vapi_async.sandbox import user

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async.sandbox import Sandbox

PLAN = """\
This calls {VAPI_CALL_TO} from phone number {VAPI_PHONE_NUMBER_ID} twice, which costs money. The assistant made for it
is deleted; the calls stay in your call log."""

ASSISTANT = {
    "name": "Reminder",
    "firstMessage": "Hello {{name}}! You have an appointment on {{day}}. Will you come?",
    "model": {
        "provider": "openai",
        "model": "gpt-4o",
        "messages": [{"role": "system", "content": "You confirm appointments with {{name}}. Today is {{date}}."}],
    },
    "maxDurationSeconds": 60,
}
# `{{date}}` and `{{customer.number}}` are Vapi's own; these are given with each call.
CALLS = [
    {"variableValues": {"name": "Ada", "day": "Monday"}},
    # Overrides replace a field of the assistant as a whole, for one call.
    {"variableValues": {"name": "Juan", "day": "martes"}, "firstMessage": "¡Hola {{name}}! ¿Viene usted el {{day}}?"},
]


async def variables(vapi: AsyncVapi, settings: Settings) -> None:
    """Call with each of the overrides, one after the other."""
    assistant = await vapi.assistants.create(ASSISTANT)
    try:
        for overrides in CALLS:
            call = await vapi.calls.create(
                assistant_id=assistant.id,
                assistant_overrides=overrides,
                phone_number_id=settings["VAPI_PHONE_NUMBER_ID"],
                customer={"number": settings["VAPI_CALL_TO"]},
            )
            call = await vapi.calls.wait(call)
            print(call.artifact.transcript if call.artifact else f"{call.ended_reason}\n")
    finally:
        await vapi.assistants.delete(assistant.id)


def offline_customers(sandbox: Sandbox) -> None:
    """Two who pick up."""
    sandbox.script([user("Yes, I will.")])
    sandbox.script([user("Sí, claro.")])


if __name__ == "__main__":
    run(variables, plan=PLAN, settings=DIALLING, prepare=offline_customers)
