"""Ids that lead nowhere are noted in the journal."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import answer
from tests.sandbox.walking import CAMPAIGN, UNKNOWN
from tests.sandbox.world import World
from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.rest.references import dangling

NOWHERE = "leads to nothing here"


@pytest.mark.parametrize(
    ("path", "body", "names"),
    [
        ("/squad", {"members": [{"assistantId": UNKNOWN}]}, ["assistantId"]),
        ("/campaign", {**CAMPAIGN, "squadId": UNKNOWN}, ["phoneNumberId", "squadId"]),
        (
            "/assistant",
            {"model": {"provider": "openai", "model": "gpt-4o", "toolIds": [UNKNOWN, UNKNOWN]}},
            ["toolIds"],
        ),
        ("/eval/simulation", {"scenarioId": UNKNOWN, "personalityId": UNKNOWN}, ["scenarioId", "personalityId"]),
        ("/session", {"assistantId": UNKNOWN}, ["assistantId"]),
    ],
)
async def test_what_leads_nowhere_is_taken_and_noted(path: str, body: Any, names: list[str]) -> None:
    sandbox = Sandbox()
    found = await answer(sandbox, "POST", path, body)
    assert found.is_success, found.text
    noted = [note for note in sandbox.requests[-1].notes if NOWHERE in note]
    assert [note.partition(" ")[0] for note in noted] == names


def test_each_reference_that_leads_nowhere_is_named_once() -> None:
    store = World().store
    for home in ("/tool", "/assistant"):
        store.add(home, {"id": "there"})
    body = {
        "toolIds": ["there", "gone", "gone"],
        "deep": [{"assistantId": "gone"}, [{"assistantId": "there", "toolId": "gone"}]],
        "squadId": 5,
        "orgId": "gone",
        "assistantIds": "gone",
    }
    assert dangling(store, body) == ["toolIds 'gone'", "assistantId 'gone'", "toolId 'gone'"]
    assert dangling(store, None) == []


async def test_what_is_there_is_not() -> None:
    sandbox = Sandbox()
    one = sandbox.add("/assistant", {"name": "A"})["id"]
    await answer(sandbox, "POST", "/squad", {"members": [{"assistantId": one}]})
    assert sandbox.requests[-1].notes == []
