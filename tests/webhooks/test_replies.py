"""Replies: bare, in time, and something that Vapi can go on with when all else fails."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from tests.webhooks.bodies import body, tool_calls
from tests.webhooks.conftest import Runner
from tests.webhooks.deadlines import NoTime
from vapi_async import models
from vapi_async.webhooks import ToolError, Webhooks
from vapi_async.webhooks.message_types import REPLY_MODELS

SAFE: dict[str, Any] = {
    "assistant-request": ["error"],
    "tool-calls": ["results"],
    "function-call": ["result"],
    "transfer-destination-request": ["error"],
    "handoff-destination-request": ["error"],
    "knowledge-base-request": {"documents": []},
    "call.endpointing.request": {"timeoutSeconds": 0.5},
    "campaign.predial": {},
}


def message_of(kind: str) -> bytes:
    return tool_calls(("1", "f", {}), ("2", "g", {})) if kind == "tool-calls" else body(kind)


def assert_safe(kind: str, content: bytes) -> None:
    reply = json.loads(content)
    assert (list(reply) if isinstance(SAFE[kind], list) else reply) == SAFE[kind]
    texts = [one["error"] for one in reply["results"]] if kind == "tool-calls" else reply.values()
    for text in texts:
        assert not isinstance(text, str) or (text.startswith("Sorry") and "\n" not in text)
    if kind == "tool-calls":
        assert [(one["toolCallId"], one["name"]) for one in reply["results"]] == [("1", "f"), ("2", "g")]


def test_all_reply_types_are_covered() -> None:
    assert SAFE.keys() == REPLY_MODELS.keys()


@pytest.mark.parametrize("kind", SAFE)
@pytest.mark.parametrize(
    "reply",
    [
        {"error": "of the handler", "extra": 1},
        {"messageResponse": {"error": "of the handler", "extra": 1}},
        models.Unknown({"error": "of the handler", "extra": 1}),
        models.ServerMessageResponseAssistantRequest(error="of the handler", additional_properties={"extra": 1}),
        models.ServerMessageResponse(message_response=models.Unknown({"error": "of the handler", "extra": 1})),
    ],
    ids=["mapping", "wrapped mapping", "unknown", "model", "wrapped model"],
)
async def test_a_reply_is_sent_bare(kind: str, reply: Any) -> None:
    hooks = Webhooks(verify=None)
    hooks.on(kind)(lambda message: reply)
    answer = await hooks.handle(message_of(kind), {})
    assert (answer.status, answer.media_type) == (200, "application/json")
    assert json.loads(answer.body) == {"error": "of the handler", "extra": 1}


@pytest.mark.parametrize("kind", SAFE)
@pytest.mark.parametrize("reply", [None, "text", [], 1, {"x": float("nan")}, {"x": object()}])
async def test_what_is_no_reply_is_logged_and_replaced(kind: str, reply: Any, caplog: pytest.LogCaptureFixture) -> None:
    hooks = Webhooks(verify=None)
    hooks.on(kind)(lambda message: reply)
    answer = await hooks.handle(message_of(kind), {})
    assert answer.status == 200
    assert_safe(kind, answer.body)
    assert f"there is no reply to {kind}" in caplog.text
    if not isinstance(reply, dict):
        assert f"the reply to {kind} must be a model or a mapping, not {type(reply).__name__}" in caplog.text


@pytest.mark.parametrize("kind", SAFE)
async def test_a_failing_handler_is_logged_and_its_error_is_not_told(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    hooks = Webhooks(verify=None)

    @hooks.on(kind)
    async def fails(message: Any) -> None:
        raise RuntimeError("password of the database")

    answer = await hooks.handle(message_of(kind), {})
    assert answer.status == 200
    assert b"password" not in answer.body
    assert_safe(kind, answer.body)
    assert "password of the database" in caplog.text


@pytest.mark.parametrize("kind", SAFE)
async def test_without_a_handler_there_is_a_reply(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = await Webhooks(verify=None).handle(message_of(kind), {})
    assert answer.status == 200
    assert_safe(kind, answer.body)
    assert f"no handler for {kind}" in caplog.text


async def test_tool_calls_without_any_call_get_an_error() -> None:
    answer = await Webhooks(verify=None).handle(body("tool-calls", toolCallList=[]), {})
    assert list(json.loads(answer.body)) == ["error"]


@pytest.mark.parametrize("kind", SAFE)
@pytest.mark.parametrize("in_thread", [False, True])
def test_a_deadline_ends_in_a_reply(kind: str, in_thread: bool, run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        clock = NoTime()
        hooks = Webhooks(verify=None, clock=clock, tool_timeout=11, assistant_request_timeout=5)

        async def waits(message: Any) -> None:
            await anyio.sleep_forever()

        def waits_in_thread(message: Any) -> Any:
            return waits(message)

        hooks.on(kind)(waits_in_thread if in_thread else waits)
        answer = await hooks.handle(message_of(kind), {})
        assert_safe(kind, answer.body)
        assert clock.limits == [5 if kind == "assistant-request" else 11]

    run(main)
    assert "took longer than" in caplog.text


async def test_the_deadline_of_an_assistant_request_is_for_all_of_it() -> None:
    clock = NoTime(step=2)  # the second look, after verification, is 2 seconds later
    hooks = Webhooks(verify=None, clock=clock)
    hooks.on("assistant-request")(lambda message: {"assistantId": "a"})
    await hooks.handle(body("assistant-request"), {})
    assert clock.limits == [5.0]


async def test_a_deadline_that_is_over_is_no_time_at_all() -> None:
    clock = NoTime(step=20)
    hooks = Webhooks(verify=None, clock=clock)
    hooks.on("assistant-request")(lambda message: {"assistantId": "a"})
    await hooks.handle(body("assistant-request"), {})
    assert clock.limits == [0.0]


@pytest.mark.parametrize(
    ("kind", "reply", "sent"),
    [
        ("assistant-request", {"assistant_id": "a"}, {"assistantId": "a"}),
        ("assistant-request", {"messageResponse": {"squad_id": "s"}}, {"squadId": "s"}),
        (
            "assistant-request",
            {"assistant_id": "a", "assistant_overrides": {"first_message": "Hi", "variableValues": {"my_name": "Ada"}}},
            {"assistantId": "a", "assistantOverrides": {"firstMessage": "Hi", "variableValues": {"my_name": "Ada"}}},
        ),
        ("assistant-request", {"assistantId": "a", "assistant_id": "b"}, {"assistantId": "a"}),
        ("call.endpointing.request", {"timeout_seconds": 1}, {"timeoutSeconds": 1}),
        (
            "assistant-request",
            {"assistant": {"name": "A", "voice": {"provider": "vapi", "voice_id": "Elliot"}}},
            {"assistant": {"name": "A", "voice": {"provider": "vapi", "voiceId": "Elliot"}}},
        ),
    ],
)
async def test_keys_in_pythons_spelling_are_put_right_and_pointed_out(
    kind: str, reply: Any, sent: Any, caplog: pytest.LogCaptureFixture
) -> None:
    hooks = Webhooks(verify=None)
    hooks.on(kind)(lambda message: reply)
    answer = await hooks.handle(body(kind), {})
    assert json.loads(answer.body) == sent
    assert "as Vapi spells it" in caplog.text


@pytest.mark.parametrize(
    "reply",
    [{}, {"asistantId": "a"}, {"assistantId": None}, {"assistantOverrides": {}}, models.Unknown({"id": "a"})],
)
async def test_a_caller_is_told_where_nothing_says_who_talks(reply: Any, caplog: pytest.LogCaptureFixture) -> None:
    hooks = Webhooks(verify=None)
    hooks.on("assistant-request")(lambda message: reply)
    answer = await hooks.handle(body("assistant-request"), {})
    assert_safe("assistant-request", bytes(answer.body))
    assert "none of assistantId, assistant, squadId" in caplog.text


async def test_typed_replies() -> None:
    hooks = Webhooks(verify=None)

    @hooks.on("knowledge-base-request")
    async def search(message: models.ServerMessageKnowledgeBaseRequest) -> Any:
        document = models.KnowledgeBaseResponseDocument(content="c", similarity=0.5)
        return models.ServerMessageResponseKnowledgeBaseRequest(documents=[document])

    answer = await hooks.handle(body("knowledge-base-request", messagesOpenAIFormatted=[]), {})
    assert json.loads(answer.body) == {"documents": [{"content": "c", "similarity": 0.5}]}


async def test_the_legacy_function_call_reaches_the_same_tools(caplog: pytest.LogCaptureFixture) -> None:
    hooks = Webhooks(verify=None)

    @hooks.tool("greet")
    async def greet(name: str) -> str:
        if name == "nobody":
            raise ToolError("There is nobody.")
        return f"Hello {name}."

    for name, said in (("Ann", "Hello Ann."), ("nobody", "There is nobody.")):
        content = body("function-call", functionCall={"name": "greet", "parameters": {"name": name}})
        answer = await hooks.handle(content, {})
        assert (answer.status, json.loads(answer.body)) == (200, {"result": said})
    answer = await hooks.handle(body("function-call"), {})
    assert json.loads(answer.body)["result"].startswith("Sorry")
    assert caplog.records == []


async def test_tools_get_the_webhooks_deadline_and_their_message() -> None:
    from vapi_async.webhooks import ToolContext

    hooks = Webhooks(verify=None, tool_timeout=30)

    @hooks.tool("who", description="Says who calls.")
    async def who(context: ToolContext) -> str:
        assert isinstance(context.message, models.ServerMessageToolCalls)
        return str(context.call.id)

    content = tool_calls(("1", "who", {}))
    answer = await hooks.handle(content, {})
    call = json.loads(content)["message"]["call"]["id"]
    assert json.loads(answer.body) == {"results": [{"toolCallId": "1", "name": "who", "result": call}]}
    (definition,) = hooks.tool_definitions("https://hooks.example/vapi")
    assert definition["function"]["name"] == "who"
    assert definition["server"] == {"url": "https://hooks.example/vapi", "timeoutSeconds": 32}


async def test_encrypted_arguments_are_decrypted() -> None:
    class Reverse:
        def decrypt(self, arguments: dict[str, Any], paths: Any) -> dict[str, Any]:
            return {key: value[::-1] if key in paths else value for key, value in arguments.items()}

    hooks = Webhooks(verify=None, decrypt=Reverse())

    @hooks.tool("pay", encrypted_paths=["card"])
    async def pay(card: str) -> str:
        return card

    answer = await hooks.handle(tool_calls(("1", "pay", {"card": "321"})), {})
    assert json.loads(answer.body)["results"][0]["result"] == "123"
