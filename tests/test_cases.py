"""What recorded messages hold reads as what it is, without a mismatch, and their tool calls run.

Beside the messages here there may be a folder of shared ones: each file has an `input`, and under `expect` paths into
the decoded message with the value that each has.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import fresh
from vapi_async import mismatches, models
from vapi_async.webhooks import Webhooks

Json = dict[str, Any]

SHARED = fresh.ROOT.parent / "shared" / "cases"
STORED = {"id": "1", "orgId": "2", "createdAt": "2026-03-01T09:00:00.000Z", "updatedAt": "2026-03-01T09:00:00.000Z"}
CALL = {"id": "c1", "type": "function", "function": {"name": "book", "arguments": {"seats": 2}}}
REPORT = {
    "type": "end-of-call-report",
    "endedReason": "customer-ended-call",
    "durationSeconds": 31.4,
    "phoneNumber": {**STORED, "provider": "vapi", "number": "+14155550123", "assistantId": None},
    "assistant": {
        **STORED,
        "name": "Front desk",
        "isServerUrlSecretSet": True,
        "model": {
            "provider": "openai",
            "model": "gpt-4o",
            "tools": [{"type": "endCall", **STORED, "function": {"name": "endCall"}}],
        },
    },
    "call": {**STORED, "assistantId": None, "squadId": None, "startedAt": None, "endedAt": None, "endedReason": None},
    "analysis": {},
    "artifact": {"messagesOpenAIFormatted": [{"role": "tool", "tool_call_id": "c1", "content": "done"}]},
}
BESIDE_TOOL = {"type": "function", "name": "book"}
BESIDE = {"type": "function", "name": "book", "function": {"name": "book"}, "toolCall": CALL}
CASES: dict[str, tuple[Json, Json]] = {
    "a report holds stored objects": (
        REPORT,
        {
            "message.phone_number.number": "+14155550123",
            "message.assistant.id": "1",
            "message.assistant.model.tools[0].id": "1",
            "message.duration_seconds": 31.4,
            "message.artifact.messages_open_ai_formatted[0].tool_call_id": "c1",
            "message.call.assistant_id": None,
            "mismatches": 0,
        },
    ),
    "an update of the conversation has it under two names": (
        {"type": "conversation-update", "messages": [], "conversation": [{"role": "user", "content": "Hello"}]},
        {"message.conversation[0].content": "Hello", "mismatches": 0},
    ),
    "what a model says is text": (
        {"type": "model-output", "output": "Hel"},
        {"message.output": "Hel", "mismatches": 0},
    ),
    "what a model calls is an object": (
        {"type": "model-output", "output": CALL},
        {"message.output": CALL, "mismatches": 0},
    ),
    "a call stands in three lists": (
        {"type": "tool-calls", "toolCalls": [CALL], "toolCallList": [CALL], "toolWithToolCallList": [BESIDE]},
        {
            "message.tool_call_list[0].function.arguments": {"seats": 2},
            "message.tool_calls[0].function.arguments": {"seats": 2},
            "message.tool_with_tool_call_list[0].name": "book",
            "a tool book(seats: int)": "c1",
            "mismatches": 0,
        },
    ),
    "arguments are text": (
        {
            "type": "tool-calls",
            "toolCallList": [{**CALL, "function": {"name": "book", "arguments": '{"seats": 2}'}}],
            "toolWithToolCallList": [],
        },
        {"message.tool_call_list[0].function.arguments": '{"seats": 2}', "a tool": "c1", "mismatches": 0},
    ),
    "a call stands beside its tool": (
        {"type": "tool-calls", "toolWithToolCallList": [{"tool": BESIDE_TOOL, "toolCall": CALL}]},
        {"a tool book(seats: int)": "c1"},
    ),
}  # fmt: skip


def shared(path: Path) -> tuple[Json, Json]:
    case = json.loads(path.read_bytes())
    return case["input"]["message"], case["expect"]


FILES = [path for path in sorted(SHARED.glob("*.json")) if not path.name.startswith("requests-")]
PARAMETERS = [
    *(pytest.param(*case, id=name) for name, case in CASES.items()),
    *(pytest.param(*shared(path), id=path.stem) for path in FILES),
]


def at(root: Any, path: str) -> Any:
    """Follow attributes and indices, as they are written in Python."""
    for name, index in re.findall(r"(\w+)|\[(\d+)\]", path):
        root = root[int(index)] if index else getattr(root, name)
    return root


@pytest.mark.parametrize(("message", "expect"), PARAMETERS)
def test_messages_read_as_what_they_are(message: Json, expect: Json) -> None:
    decoded = models.ServerMessage.from_dict({"message": message})
    paths = {path: value for path, value in expect.items() if path.startswith("message.")}
    assert {path: at(decoded, path) for path in paths} == paths
    if "mismatches" in expect:
        assert len(mismatches(decoded)) == expect["mismatches"], mismatches(decoded)
    assert decoded.to_dict() == {"message": message}


@pytest.mark.parametrize(
    ("message", "expect"), [each for each in PARAMETERS if any(key.startswith("a tool") for key in each.values[1])]
)
async def test_their_tools_run_once(message: Json, expect: Json) -> None:
    hooks, booked = Webhooks(verify=None), list[int]()

    @hooks.tool()
    def book(seats: int) -> str:
        booked.append(seats)
        return "done"

    reply = await hooks.handle(json.dumps({"message": message}).encode(), {})
    [result] = json.loads(reply.body)["results"]
    assert (booked, result["result"]) == ([2], "done")
    assert result["toolCallId"] in {"c1", "call_1"}


def test_variants_are_those_that_are_stored() -> None:
    message = models.ServerMessageEndOfCallReport.from_dict(REPORT)
    assert isinstance(message.phone_number, models.VapiPhoneNumber)
    assert isinstance(message.assistant, models.Assistant)
    assert isinstance(message.assistant.model, models.OpenAIModel)
    assert message.assistant.model.tools
    assert isinstance(message.assistant.model.tools[0], models.EndCallTool)


def test_an_assistant_that_was_given_with_the_call_is_no_stored_one() -> None:
    message = models.ServerMessageHang.from_dict({"type": "hang", "assistant": {"name": "a"}})
    assert isinstance(message.assistant, models.CreateAssistantDTO)
    assert mismatches(message) == []


def test_role_and_content_are_enough_of_a_message() -> None:
    body = models.CreateChatDTO.from_dict({"input": [{"role": "user", "content": "Hello"}]})
    assert isinstance(body.input, list)
    assert isinstance(body.input[0], models.OpenAIMessage)
    assert mismatches(body) == []
