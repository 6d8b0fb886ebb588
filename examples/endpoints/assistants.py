"""Assistants: create, get, update, list, delete.

python -m examples.endpoints.assistants          offline
python -m examples.endpoints.assistants --live   needs VAPI_API_KEY
"""

from __future__ import annotations

from examples.kit import Settings, run
from vapi_async import AsyncVapi, NotFoundError

PLAN = "This creates an assistant, changes it, and deletes it again. It costs nothing."

MODEL = {
    "provider": "openai",
    "model": "gpt-4o",
    "messages": [{"role": "system", "content": "You are the receptionist of a dentist."}],
}


async def assistants(vapi: AsyncVapi, settings: Settings) -> None:
    """Take one assistant through its life."""
    assistant = await vapi.assistants.create(
        name="Reception",
        first_message="Hello, what can I do for you?",
        voicemail_message="Please call us back.",
        model=MODEL,
        voice={"provider": "vapi", "voiceId": "Elliot"},
    )
    print(f"created  {assistant.id}  {assistant.name}")
    try:
        # What is left out stays, None clears, and an object replaces the old one whole: give all of it.
        assistant = await vapi.assistants.update(
            assistant.id,
            name="Night desk",
            voicemail_message=None,
            model={**MODEL, "temperature": 0.2},
        )
        print(f"updated  {assistant.id}  {assistant.name}, temperature {assistant['model']['temperature']}")

        assistant = await vapi.assistants.get(assistant.id)
        print(f"got      {assistant.id}  voicemail message: {assistant.voicemail_message or 'none'}")

        page = await vapi.assistants.list(limit=10)
        print(f"listed   {len(page)}: {', '.join(str(each.name) for each in page)}")
    finally:
        await vapi.assistants.delete(assistant.id)
        print(f"deleted  {assistant.id}")
    try:
        await vapi.assistants.get(assistant.id)
    except NotFoundError as error:
        print(f"gone     {error.status_code}")


if __name__ == "__main__":
    run(assistants, plan=PLAN)
