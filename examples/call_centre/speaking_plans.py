"""When the assistant begins to speak, and when it stops: startSpeakingPlan and stopSpeakingPlan.

python -m examples.call_centre.speaking_plans          offline
python -m examples.call_centre.speaking_plans --live   needs VAPI_API_KEY
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.kit import Settings, run

if TYPE_CHECKING:
    from vapi_async import AsyncVapi

PLAN = "This creates an assistant and deletes it again. It costs nothing."

START = {
    "waitSeconds": 0.4,
    # A model says from the words whether the customer has finished; this is for English.
    "smartEndpointingPlan": {"provider": "livekit", "waitFunction": "200 + 8000 * x"},
    # After a question for a number, people pause between the digits.
    "customEndpointingRules": [{"type": "assistant", "regex": "(phone|order) number", "timeoutSeconds": 3}],
}
STOP = {
    "numWords": 2,  # how many words interrupt the assistant; with 0 it is any voice of `voiceSeconds`
    "voiceSeconds": 0.2,
    "backoffSeconds": 1,  # how long it is silent then
    "acknowledgementPhrases": ["okay", "right", "uh-huh", "yeah"],  # these do not interrupt it
    "interruptionPhrases": ["stop", "wait", "no"],  # each of these does, alone
}


async def speaking_plans(vapi: AsyncVapi, settings: Settings) -> None:
    """Create an assistant with both plans, and change one."""
    model = {"provider": "openai", "model": "gpt-4o"}
    assistant = await vapi.assistants.create(
        name="Patient", model=model, start_speaking_plan=START, stop_speaking_plan=STOP
    )
    try:
        plan = assistant.start_speaking_plan
        print(f"starts   {plan.wait_seconds} s after the customer, as {plan.smart_endpointing_plan.provider} judges")
        print(f"stops    at {assistant.stop_speaking_plan.num_words} words")

        # An update replaces a plan as a whole, so it has to be complete.
        slower = {**START, "waitSeconds": 1.5}
        assistant = await vapi.assistants.update(assistant.id, start_speaking_plan=slower)
        print(f"updated  {assistant.start_speaking_plan.wait_seconds} s")
    finally:
        await vapi.assistants.delete(assistant.id)


if __name__ == "__main__":
    run(speaking_plans, plan=PLAN)
