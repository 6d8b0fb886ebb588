"""Backup: save tools, assistants and squads, put them back as they were, and copy them, also into another account.

python -m examples.backup          offline
python -m examples.backup --live   needs VAPI_API_KEY

What the API sets itself, such as ids and times, it refuses in a request: `create_body` and `update_body` leave it out
and say what they left. Secrets are not in what the API answers, so they are in no backup; credentials are named by
their ids, which another account does not have.
"""

from __future__ import annotations

import json
from typing import Any

from examples.kit import Settings, run
from vapi_async import AsyncVapi, Model, NotFoundError, create_body, update_body

PLAN = "This creates a tool, an assistant and a squad, copies them, and deletes all of it again. It costs nothing."

Saved = dict[str, list[dict[str, Any]]]

# In this order: assistants name tools by their ids, squads name assistants.
KINDS = ("tools", "assistants", "squads")
# What every object has, and no request takes: not worth a line.
OWN = {"id", "orgId", "createdAt", "updatedAt", "isServerUrlSecretSet"}


async def save(vapi: AsyncVapi, *, only: frozenset[str] = frozenset()) -> Saved:
    """Read what there is, ready to be sent again; it is plain JSON.

    Args:
        vapi: the client of the account.
        only: ids; by default everything.
    """
    return {
        kind: [entry(each) async for each in getattr(vapi, kind).list() if not only or each.id in only]
        for kind in KINDS
    }


def entry(stored: Model) -> dict[str, Any]:
    """What is kept of an object: the bodies that make it anew and that put it back, and what is in neither."""
    create = create_body(stored)
    return {
        "id": stored["id"],
        "create": create,
        "update": update_body(stored),
        "dropped": [path for path in create.dropped if path.rpartition(".")[2] not in OWN],
    }


async def restore(vapi: AsyncVapi, saved: Saved) -> dict[str, str]:
    """Put everything back as it was saved; what is gone is made anew.

    Returns:
        The new id of each object that was made anew, by its old one.
    """
    return await _write(vapi, saved, anew=False)


async def clone(vapi: AsyncVapi, saved: Saved) -> dict[str, str]:
    """Make a copy of everything; the copies refer to each other as the originals do.

    Returns:
        The id of each copy, by that of its original.
    """
    return await _write(vapi, saved, anew=True)


async def _write(vapi: AsyncVapi, saved: Saved, *, anew: bool) -> dict[str, str]:
    ids: dict[str, str] = {}
    early: list[tuple[Any, dict[str, Any], Any]] = []
    for kind in KINDS:
        resource = getattr(vapi, kind)
        for each in saved[kind]:
            sent = renamed(each["update"], ids)
            if anew or not await _put_back(resource, each["id"], sent):
                ids[each["id"]] = (await resource.create(request=renamed(each["create"], ids))).id
            early.append((resource, each, sent))
    # A tool may hand over to an assistant that did not have its new id yet.
    for resource, each, sent in early:
        if renamed(each["update"], ids) != sent:
            await resource.update(ids.get(each["id"], each["id"]), request=renamed(each["update"], ids))
    return ids


async def _put_back(resource: Any, id: str, body: dict[str, Any]) -> bool:
    """Give an object what it had, and take from it what it got since; False if it is gone."""
    try:
        since = dict.fromkeys(update_body(await resource.get(id)))
    except NotFoundError:
        return False
    await resource.update(id, request={**since, **body})
    return True


def renamed(value: Any, ids: dict[str, str]) -> Any:
    """A value of JSON with new ids in the place of old ones."""
    match value:
        case dict():
            return {key: renamed(member, ids) for key, member in value.items()}
        case list():
            return [renamed(member, ids) for member in value]
        case str():
            return ids.get(value, value)
    return value


async def make_team(vapi: AsyncVapi) -> frozenset[str]:
    """Create a tool, an assistant that has it, and a squad of that assistant; return their ids."""
    function = {"name": "book", "description": "Books a table.", "parameters": {"type": "object", "properties": {}}}
    tool: Any = await vapi.tools.create({"type": "function", "function": function})
    assistant = await vapi.assistants.create(
        name="Reception",
        first_message="Hello, what can I do for you?",
        model={"provider": "openai", "model": "gpt-4o", "toolIds": [tool.id]},
    )
    squad = await vapi.squads.create(name="Front desk", members=[{"assistantId": assistant.id}])
    return frozenset({tool.id, assistant.id, squad.id})


async def backup(vapi: AsyncVapi, settings: Settings) -> None:
    """Save, break, restore and clone a squad with its assistant and its tool."""
    made = await make_team(vapi)
    try:
        # As from a file, which is what a backup is for.
        saved: Saved = json.loads(json.dumps(await save(vapi, only=made)))
        for kind, entries in saved.items():
            for each in entries:
                print(f"saved     {kind} {each['id']}, without {', '.join(each['dropped']) or 'anything but its own'}")

        (assistant,) = saved["assistants"]
        await vapi.assistants.update(assistant["id"], first_message="Oops.", voicemail_message="Hm?", name=None)
        (squad,) = saved["squads"]
        await vapi.squads.delete(squad["id"])
        again = await restore(vapi, saved)
        made |= set(again.values())
        whole = await vapi.assistants.get(assistant["id"])
        print(f"restored  {whole.name}: {whole.first_message} {whole.voicemail_message or '(no voicemail message)'}")
        print(f"anew      {', '.join(again)}")

        copies = await clone(vapi, saved)
        made |= set(copies.values())
        copy = await vapi.assistants.get(copies[assistant["id"]])
        print(f"cloned    {copy.name} with tools {copy['model']['toolIds']}")
    finally:
        for kind in reversed(KINDS):
            for each in [each async for each in getattr(vapi, kind).list() if each.id in made]:
                await getattr(vapi, kind).delete(each.id)
        print(f"deleted   {len(made)}")


if __name__ == "__main__":
    run(backup, plan=PLAN)
