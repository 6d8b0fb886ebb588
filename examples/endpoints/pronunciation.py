"""Pronunciation dictionaries: things that live at a voice provider, made through the API and named by a voice.

    python -m examples.endpoints.pronunciation          offline
    python -m examples.endpoints.pronunciation --live   needs VAPI_API_KEY

The rules are ElevenLabs' own. Cartesia has `items`, each a `text` with its `alias`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.kit import Settings, run

if TYPE_CHECKING:
    from vapi_async import AsyncVapi

PLAN = "This creates a dictionary at ElevenLabs and an assistant that uses it, and deletes both. It costs nothing."

RULES = [
    {"stringToReplace": "Nguyen", "type": "alias", "alias": "win"},
    {"stringToReplace": "tomato", "type": "phoneme", "phoneme": "T AH M EY T OW", "alphabet": "cmu-arpabet"},
]


async def pronunciation(vapi: AsyncVapi, settings: Settings) -> None:
    """Teach a voice two words."""
    dictionaries = vapi.provider_resources
    made = await dictionaries.create("11labs", "pronunciation-dictionary", name="Our words", rules=RULES)
    print(f"created  {made.id}  {made.provider} {made.resource_name}")
    try:
        async for each in dictionaries.list("11labs", "pronunciation-dictionary"):
            print(f"listed   {each.id}  at the provider: {each.resource_id}")

        # `resource` is the provider's own object: ElevenLabs names the version that a voice is to use.
        locator = {"pronunciationDictionaryId": made.resource_id}
        if version := made.resource.get("versionId"):
            locator["versionId"] = version
        assistant = await vapi.assistants.create(
            name="Reception",
            voice={
                "provider": "11labs",
                "voiceId": "sarah",
                "model": "eleven_turbo_v2",  # phoneme rules work with this one
                "pronunciationDictionaryLocators": [locator],
            },
        )
        print(f"speaks   {assistant.name} by {assistant.to_dict()['voice']['pronunciationDictionaryLocators'][0]}")
        await vapi.assistants.delete(assistant.id)
    finally:
        await dictionaries.delete("11labs", "pronunciation-dictionary", made.id)
        print(f"deleted  {made.id}")


if __name__ == "__main__":
    run(pronunciation, plan=PLAN)
