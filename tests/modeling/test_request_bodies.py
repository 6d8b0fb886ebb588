"""What `create` and `update` take of an object that was fetched."""

from __future__ import annotations

from typing import Any

import pytest

from vapi_async import create_body, models, update_body

STORED = {"id": "1", "orgId": "2", "createdAt": "2026-03-01T09:00:00Z", "updatedAt": "2026-03-01T09:00:00Z"}


def an_assistant() -> models.Assistant:
    tool = {"type": "function", "function": {"name": "book"}, **STORED}
    model = {"provider": "openai", "model": "gpt-4o", "tools": [tool], "toolIds": ["3"]}
    data = {**STORED, "name": "a", "firstMessage": None, "isServerUrlSecretSet": True, "model": model}
    return models.Assistant.from_dict({**data, "metadata": {"any": {"thing": 1}}})


def test_what_the_api_sets_is_left_out_at_every_depth() -> None:
    body = create_body(an_assistant())
    tool = {"type": "function", "function": {"name": "book"}}
    model = {"provider": "openai", "model": "gpt-4o", "tools": [tool], "toolIds": ["3"]}
    assert body == {"name": "a", "model": model, "metadata": {"any": {"thing": 1}}}


def test_what_was_left_out_is_told() -> None:
    dropped = {*create_body(an_assistant()).dropped}
    assert dropped == {*STORED, "isServerUrlSecretSet", *(f"model.tools[0].{key}" for key in STORED)}


def test_an_update_clears_what_was_null() -> None:
    assert update_body(an_assistant())["firstMessage"] is None


@pytest.mark.parametrize("kind", ["FunctionTool", "ApiRequestTool", "EndCallTool"])
def test_an_update_of_a_tool_has_no_type(kind: str) -> None:
    wire = kind.removesuffix("Tool")
    tool: Any = getattr(models, kind).from_dict({"type": wire[0].lower() + wire[1:], **STORED, "name": "n"})
    assert create_body(tool)["type"] == wire[0].lower() + wire[1:]
    assert "type" not in update_body(tool)
    assert "type" in update_body(tool).dropped


def test_squads_and_their_members() -> None:
    squad = models.Squad.from_dict({**STORED, "members": [{"assistantId": "3", "addedBy": "4"}]})
    body = create_body(squad)
    assert body == {"members": [{"assistantId": "3"}]}
    assert "members[0].addedBy" in body.dropped


def test_what_no_operation_makes_is_refused() -> None:
    with pytest.raises(TypeError, match="no operation of the contract creates a Artifact"):
        create_body(models.Artifact())
