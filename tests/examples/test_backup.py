"""The backup: what is saved comes back as it was, copies refer to copies, and what was left out is told."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from examples.backup import clone, restore, save
from tests.examples.playing import Player
from vapi_async import AsyncVapi
from vapi_async.sandbox import Sandbox

FUNCTION = {"name": "book", "description": "Books.", "parameters": {"type": "object", "properties": {}}}
VOICE = {"provider": "vapi", "voiceId": "Elliot", "version": 2}


async def made(vapi: AsyncVapi) -> dict[str, str]:
    """A tool and an assistant that name each other, and a squad of it."""
    tool: Any = await vapi.tools.create({"type": "function", "function": FUNCTION})
    model = {"provider": "openai", "model": "gpt-4o", "toolIds": [tool.id], "tools": [{"type": "endCall"}]}
    assistant = await vapi.assistants.create(name="Desk", model=model, voice=VOICE, metadata={"a": None})
    squad = await vapi.squads.create(name="Team", members=[{"assistantId": assistant.id}])
    handoff: Any = await vapi.tools.create(
        {"type": "handoff", "destinations": [{"type": "assistant", "assistantId": assistant.id}]}
    )
    return {"tool": tool.id, "assistant": assistant.id, "squad": squad.id, "handoff": handoff.id}


def objects(sandbox: Sandbox) -> dict[str, Any]:
    """What a sandbox has, by id and without times."""
    found = [each for kind in ("tool", "assistant", "squad") for each in sandbox.objects(f"/{kind}")]
    return {each["id"]: {key: value for key, value in each.items() if key != "updatedAt"} for each in found}


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Player:
    return Player(monkeypatch, capsys)


def test_the_example_leaves_nothing_behind(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "examples.backup")  # imported above, but run as the main module here
    said, sandbox = player.offline("backup")
    assert list(said) == ["saved", "restored", "anew", "cloned", "deleted"]
    assert said["restored"] == ["Reception: Hello, what can I do for you? (no voicemail message)"]
    assert objects(sandbox) == {}


async def test_a_restored_account_is_as_it_was() -> None:
    async with Sandbox() as sandbox:
        vapi = sandbox.client()
        ids = await made(vapi)
        before, saved = objects(sandbox), json.loads(json.dumps(await save(vapi)))
        await vapi.assistants.update(
            ids["assistant"], name=None, first_message="Oops.", voice={"provider": "openai", "voiceId": "alloy"}
        )
        await vapi.tools.update(ids["tool"], {"function": {"name": "other"}})
        assert await restore(vapi, saved) == {}
        after = objects(sandbox).items()
        assert {key: {k: v for k, v in each.items() if v is not None} for key, each in after} == before


async def test_what_is_gone_is_made_anew_and_named_by_its_new_id() -> None:
    async with Sandbox() as sandbox:
        vapi = sandbox.client()
        ids = await made(vapi)
        saved = await save(vapi)
        await vapi.assistants.delete(ids["assistant"])
        again = await restore(vapi, saved)
        assert list(again) == [ids["assistant"]]
        (new,) = again.values()
        found = objects(sandbox)
        assert found[ids["squad"]]["members"] == [{"assistantId": new}]
        assert found[ids["handoff"]]["destinations"][0]["assistantId"] == new


async def test_copies_in_another_account_name_each_other() -> None:
    async with Sandbox() as one, Sandbox() as other:
        ids = await made(one.client())
        copies = await clone(other.client(), await save(one.client()))
        found = objects(other)
        assert {*copies} == {*ids.values()}
        assert {*copies.values()} == {*found}
        assert found[copies[ids["assistant"]]]["model"]["toolIds"] == [copies[ids["tool"]]]
        assert found[copies[ids["squad"]]]["members"] == [{"assistantId": copies[ids["assistant"]]}]
        assert found[copies[ids["handoff"]]]["destinations"][0]["assistantId"] == copies[ids["assistant"]]
        assert {**found[copies[ids["assistant"]]], "model": 0, "id": 0, "orgId": 0, "createdAt": 0} == {
            **objects(one)[ids["assistant"]], "model": 0, "id": 0, "orgId": 0, "createdAt": 0,
        }  # fmt: skip


async def test_what_is_in_no_request_is_told() -> None:
    async with Sandbox() as sandbox:
        sandbox.add("/assistant", {"name": "Old", "hipaaEnabled": False, "isServerUrlSecretSet": True})
        (entry,) = (await save(sandbox.client()))["assistants"]
        assert entry["create"] == {"name": "Old"}
        assert entry["dropped"] == ["hipaaEnabled"]
