"""Servers that are asked for a voice, the end of a turn, documents, or what a model says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.world import ASSISTANT, Json, Server, World, check
from vapi_async.sandbox.script import assistant, user
from vapi_async.webhooks import CustomLLM, Webhooks

URL = "https://own.example"


async def called(server: Any, settings: Json, *turns: Any) -> tuple[Json, World]:
    world = World()
    world.deliveries.connect(URL, server)
    world.script(list(turns))
    return await world.call({"firstMessage": "", **settings}), world


VOICE = {"voice": {"provider": "custom-voice", "server": {"url": URL}}}


async def test_a_voice_of_ones_own_is_asked_for_its_sound() -> None:
    hooks = Webhooks(verify=None)

    @hooks.on("voice-request")
    async def speak(message: Any) -> bytes:
        return b"\1\0" * message.sample_rate * 3

    call, world = await called(hooks, VOICE, assistant("Hello.", 1), user("Hi"))
    (delivery,) = world.deliveries.of("voice-request")
    check("ServerMessageVoiceRequest", delivery.message)
    assert (delivery.message["text"], delivery.message["sampleRate"]) == ("Hello.", 16_000)
    assert (call["messages"][-2]["duration"], len(delivery.content)) == (3000, 96_000)


async def test_listeners_hear_that_sound() -> None:
    world = World()
    world.deliveries.connect(URL, Sound(b"\2\0" * 16_000))
    world.script([assistant("Hello.")])
    call = world.telephony.registry.find(await world.dial({"firstMessage": "", **VOICE}))
    assert call is not None
    heard = call.listen()
    await world.telephony.run(call.id)
    pieces = [heard.receive_nowait() for _ in range(heard.statistics().current_buffer_used)]
    heard.close()
    assert b"".join(piece for piece in pieces if isinstance(piece, bytes)).count(b"\2\0") == 16_000


class Sound:
    """A server that answers with bytes."""

    def __init__(self, content: bytes, status: int = 200) -> None:
        self.content, self.status = content, status

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": self.content})


@pytest.mark.parametrize("server", [Sound(b"", 200), Sound(b"no", 500)])
async def test_without_its_sound_something_is_said_nevertheless(server: Any) -> None:
    call, _ = await called(server, VOICE, assistant("Hello.", 2))
    assert call["messages"][-1]["duration"] == 2000


ENDPOINTING = {
    "startSpeakingPlan": {"smartEndpointingPlan": {"provider": "custom-endpointing-model", "server": {"url": URL}}}
}


@pytest.mark.parametrize(("reply", "seconds"), [({"timeoutSeconds": 2.5}, 2.5), ({"timeoutSeconds": 99}, 15.0),
                                                ({"timeoutSeconds": "x"}, 0.0), (None, 0.0)])  # fmt: skip
async def test_a_model_of_turns_says_how_long_to_wait(reply: Any, seconds: float) -> None:
    server = Server(reply)
    call, _ = await called(server, ENDPOINTING, user("Well,", 1), assistant("Yes?", 1))
    (message,) = server.messages
    check("ServerMessageCallEndpointingRequest", message)
    assert message["messagesOpenAIFormatted"][-1] == {"role": "user", "content": "Well,"}
    one, other = call["messages"][-2:]
    assert other["secondsFromStart"] - one["secondsFromStart"] == pytest.approx(1 + seconds, abs=0.05)


KNOWING = {"model": {**ASSISTANT["model"], "messages": [],
                     "knowledgeBase": {"provider": "custom-knowledge-base", "server": {"url": URL}}}}  # fmt: skip


async def test_a_knowledge_base_of_ones_own_brings_documents() -> None:
    documents = [{"content": "Returns take 30 days.", "similarity": 0.9}, {"content": "Free.", "similarity": 0.5}]
    server = Server({"documents": documents})
    call, _ = await called(server, KNOWING, user("Returns?"))
    (message,) = server.messages
    check("ServerMessageKnowledgeBaseRequest", message)
    assert message["messagesOpenAIFormatted"] == [{"role": "user", "content": "Returns?"}]
    assert (call["messages"][-1]["role"], call["messages"][-1]["message"]) == ("system", "Returns take 30 days.\nFree.")


async def test_a_knowledge_base_may_answer_itself() -> None:
    call, _ = await called(Server({"message": {"type": "custom-message", "content": "30 days."}}), KNOWING, user("?"))
    assert call["transcript"] == "User: ?\nAI: 30 days.\n"


def model(**more: Any) -> Json:
    messages = [{"role": "system", "content": "Be brief."}]
    return {"model": {"provider": "custom-llm", "url": URL, "model": "mine", "messages": messages, **more}}


async def test_a_model_of_ones_own_answers() -> None:
    asked: list[Any] = []

    async def complete(request: Any) -> Any:
        asked.append(request)
        for word in ("You ", "are ", "heard."):
            yield word

    llm = CustomLLM(complete, verify=None)
    settings = model(temperature=0.5, headers={"X-Own": "1"}) | {"metadata": {"shop": 7}}
    call, world = await called(llm, settings, user("Hello?"), assistant())
    assert call["transcript"] == "User: Hello?\nAI: You are heard.\n"
    (request,) = asked
    assert [each["content"] for each in request.messages] == ["Be brief.", "Hello?"]
    assert (request.model, request.stream, request.temperature) == ("mine", True, 0.5)
    assert (dict(request.metadata), request.call.id) == ({"shop": 7}, call["id"])
    assert request.customer.number == "+14155550123"
    (delivery,) = world.deliveries.of("custom-llm")
    assert (delivery.url, delivery.headers["x-own"]) == (f"{URL}/chat/completions", "1")


class Completions(Sound):
    """A server of chat completions, each a piece of text or a tool that is called."""

    def __init__(self, *answers: Json) -> None:
        super().__init__(b"")
        self.answers = list(answers)
        self.asked: list[Json] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(json.loads((await receive())["body"]))
        self.content = json.dumps({"choices": [{"message": self.answers.pop(0)}]}).encode()
        await super().__call__(scope, receive, send)


async def test_a_model_calls_tools_and_then_speaks() -> None:
    call_of_tool = {"function": {"name": "endless", "arguments": '{"n": 1}'}}
    llm = Completions({"tool_calls": [call_of_tool]}, {"content": "Done."})
    tools = [{"type": "code", "code": "x", "function": {"name": "endless", "parameters": {"type": "object"}}}]
    call, _ = await called(llm, model(tools=tools, metadataSendMode="off"), assistant())
    assert call["transcript"] == "AI: Done.\n"
    assert llm.asked[0]["tools"] == [{"type": "function", "function": tools[0]["function"]}]
    assert "call" not in llm.asked[0]
    assert [message["role"] for message in llm.asked[1]["messages"]] == ["system", "assistant", "tool"]


async def test_metadata_may_stand_beside_the_rest() -> None:
    llm = Completions({"content": "Done."})
    await called(llm, model(metadataSendMode="destructured") | {"metadata": {"shop": 7}}, assistant())
    assert llm.asked[0]["shop"] == 7
    assert "metadata" not in llm.asked[0]


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        (Sound(b"", 500), "call.in-progress.error-providerfault-custom-llm-500-server-error"),
        (Sound(b"", 401), "call.in-progress.error-vapifault-custom-llm-401-unauthorized"),
        (Sound(b"data: {", 200), "call.in-progress.error-providerfault-custom-llm-llm-failed"),
        (Sound(b"[1]", 200), "call.in-progress.error-providerfault-custom-llm-llm-failed"),
    ],
)
async def test_a_model_that_fails_ends_the_call(server: Any, reason: str) -> None:
    call, _ = await called(server, model(), assistant(), user("never"))
    assert call["endedReason"] == reason


async def test_any_other_model_says_back_what_it_heard() -> None:
    world = World()
    world.script([user("Hello?"), assistant()])
    assert (await world.call({"firstMessage": ""}))["transcript"].endswith("AI: You said: Hello?\n")
