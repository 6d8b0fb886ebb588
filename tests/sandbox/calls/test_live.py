"""The live side of calls: control, listening, and the websocket transport."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest
from httpx_ws import AsyncWebSocketSession, WebSocketDisconnect, aconnect_ws
from httpx_ws.transport import ASGIWebSocketTransport
from starlette.applications import Starlette

from tests.contract import own_contract
from tests.http.conftest import Runner, run  # noqa: F401
from tests.sandbox.world import ASSISTANT, Json, Server, World, check
from vapi_async.sandbox.calls.audio import frame
from vapi_async.sandbox.clock import START
from vapi_async.sandbox.script import tool, transfer, user

NUMBER = {"type": "number", "number": "+14155550199"}


@asynccontextmanager
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=world.telephony.extra_routes())
    async with httpx.AsyncClient(transport=ASGIWebSocketTransport(app)) as http:
        yield http


async def talking(world: World, assistant: Json | None = None, **more: Any) -> Json:
    """A call in progress whose customer talks for a minute."""
    world.script([user("Well …", 60)])
    call_id = await world.dial({"firstMessage": "", **(assistant or {})}, **more)
    await world.clock.advance(5)
    return world.get(call_id)


async def control(world: World, call: Json, message: Any, **headers: str) -> httpx.Response:
    async with client(world) as http:
        content = message if isinstance(message, bytes) else json.dumps(message).encode()
        return await http.post(call["monitor"]["controlUrl"], content=content, headers=headers)


async def test_the_assistant_says_something() -> None:
    server = Server()
    world = World(server)
    call = await talking(world)
    answer = await control(world, call, {"type": "say", "content": "One minute left."})
    assert (answer.status_code, answer.json()) == (200, {})
    assert world.get(call["id"])["messages"][-1]["message"] == "One minute left."
    assert server.types[-1] == "conversation-update"
    assert world.get(call["id"])["status"] == "in-progress"


async def test_the_call_ends_after_it_was_said() -> None:
    world = World()
    call = await talking(world)
    await control(world, call, {"type": "say", "content": "Bye.", "endCallAfterSpoken": True})
    ended = world.get(call["id"])
    assert (ended["status"], ended["endedReason"]) == ("ended", "assistant-ended-call-after-message-spoken")


async def test_a_call_is_ended() -> None:
    server = Server()
    world = World(server)
    call = await talking(world)
    await control(world, call, {"type": "end-call"})
    ended = world.get(call["id"])
    assert (ended["status"], ended["endedReason"]) == ("ended", "manually-canceled")
    assert server.types[-2:] == ["status-update", "end-of-call-report"]
    await world.clock.run_until_idle()
    assert world.get(call["id"]) == ended
    assert server.types[-1] == "end-of-call-report"


async def test_a_call_that_rings_can_be_ended() -> None:
    world = World()
    call_id = await world.dial()
    await control(world, world.get(call_id), {"type": "end-call"})
    assert world.get(call_id)["status"] == "ended"


@pytest.mark.parametrize("role", ["system", "user", "assistant"])
async def test_a_message_is_added(role: str) -> None:
    world = World()
    call = await talking(world)
    await control(world, call, {"type": "add-message", "message": {"role": role, "content": "VIP."}})
    await world.telephony.run(call["id"])
    assert {"role": role, "content": "VIP."} in world.get(call["id"])["artifact"]["messagesOpenAIFormatted"]


async def test_people_are_muted_and_heard_again() -> None:
    world = World()
    world.script([user("One", 10), user("Two", 10), user("Three", 10)])
    call = world.get(await world.dial({"firstMessage": ""}))
    await world.clock.advance(5)
    await control(world, call, {"type": "control", "control": "mute-customer"})
    await world.clock.advance(10)
    await control(world, call, {"type": "control", "control": "unmute-customer"})
    ended = await world.telephony.run(call["id"])
    assert ended["transcript"] == "User: One\n"


async def test_the_first_message_is_said_again() -> None:
    world = World()
    call = await talking(world, {"firstMessage": "Hi there.", "firstMessageMode": "assistant-waits-for-user"})
    await control(world, call, {"type": "control", "control": "say-first-message"})
    assert world.get(call["id"])["messages"][-1]["message"] == "Hi there."


async def test_a_call_is_transferred() -> None:
    world = World()
    call = await talking(world)
    await control(world, call, {"type": "transfer", "destination": NUMBER, "content": "Hold on."})
    assert world.get(call["id"])["status"] == "forwarding"
    ended = await world.telephony.run(call["id"])
    assert (ended["endedReason"], ended["destination"]) == ("assistant-forwarded-call", NUMBER)
    assert ended["transcript"] == "AI: Hold on.\n"


async def test_a_call_is_handed_to_another_assistant() -> None:
    server = Server()
    world = World(server)
    call = await talking(world)
    destination = {"type": "assistant", "assistant": ASSISTANT | {"name": "Billing"}}
    await control(world, call, {"type": "handoff", "destination": destination, "content": "Over to billing."})
    await world.telephony.run(call["id"])
    assert server.messages[-1]["assistant"]["name"] == "Billing"


async def test_something_is_sent_to_the_transport() -> None:
    world = World()
    call = await talking(world)
    sent = {"transport": "twilio", "twiml": "<Response/>"}
    await control(world, call, {"type": "send-transport-message", "message": sent})
    line = world.telephony.registry.find(call["id"])
    assert line is not None
    assert line.transport_messages == [sent]


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (b"{", "JSON object"),
        ([], "JSON object"),
        ({"type": "dance"}, "type must be one of say, "),
        ({"type": "say"}, "content must be a text"),
        ({"type": "add-message", "message": {"role": "bot"}}, "message must have a role"),
        ({"type": "control", "control": "?"}, "control must be one of mute-assistant"),
        ({"type": "transfer", "destination": {"type": "assistant"}}, "destination.type"),
        (
            {"type": "handoff", "destination": {"type": "assistant", "assistantName": "X"}},
            "Couldn't find assistant 'X'",
        ),
        ({"type": "handoff", "destination": {"type": "assistant", "assistantId": "x"}}, "Couldn't find assistant x"),
        ({"type": "send-transport-message", "message": {}}, "message.transport"),
    ],
)
async def test_what_is_no_command_is_refused(message: Any, problem: str) -> None:
    world = World()
    call = await talking(world)
    answer = await control(world, call, message)
    assert answer.status_code == 400
    assert problem in answer.json()["message"]
    assert world.get(call["id"]) == call


async def test_commands_for_calls_that_are_not_running() -> None:
    world = World()
    call = await world.call()
    assert (await control(world, call, {"type": "end-call"})).status_code == 409
    unknown = {"monitor": {"controlUrl": "https://api.sandbox.vapi.ai/live/unknown/control"}}
    assert (await control(world, unknown, {"type": "end-call"})).status_code == 404
    world.store.remove("/call", call["id"])
    scheduled = world.get(await world.dial(schedulePlan={"earliestAt": "2027-01-01T00:00:00Z"}))
    assert (await control(world, scheduled, {"type": "end-call"})).status_code == 409


async def test_control_may_want_a_key() -> None:
    world = World()
    call = await talking(world, {"monitorPlan": {"controlAuthenticationEnabled": True}})
    assert (await control(world, call, {"type": "end-call"})).status_code == 401
    assert (await control(world, call, {"type": "end-call"}, authorization="Bearer public")).status_code == 200


async def test_a_tool_may_end_its_own_call() -> None:
    world = World()

    class Impatient(Server):
        async def handle(self, body: bytes, headers: Any, *, method: str, url: str) -> Any:
            answer = await super().handle(body, headers, method=method, url=url)
            if self.types[-1] == "tool-calls":
                await control(world, self.messages[-1]["call"], {"type": "end-call"})
            return answer

    server = Impatient()
    world.deliveries.connect("https://me.example", server)
    world.script(["Go", ("assistant", "Never said")], [("stop", {})])
    tools = [{"type": "function", "function": {"name": "stop"}}]
    model = {**ASSISTANT["model"], "tools": tools}
    call = await world.call({"model": model, "server": {"url": "https://me.example"}})
    assert call["endedReason"] == "manually-canceled"
    assert "Never said" not in call["transcript"]
    assert server.types[-1] == "end-of-call-report"


async def test_a_server_may_end_the_call_whatever_it_is_told() -> None:
    class Abrupt(Server):
        """Ends the call at its message of some number."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

        async def handle(self, body: bytes, headers: Any, *, method: str, url: str) -> Any:
            answer = await super().handle(body, headers, method=method, url=url)
            if len(self.messages) == self.number:
                await control(world, self.messages[-1]["call"], {"type": "end-call"})
            return answer

    schema = own_contract().schemas["CreateAssistantDTO"]["properties"]["serverMessages"]
    everything = {"serverMessages": schema["items"]["enum"]}
    tools = [{"type": "function", "function": {"name": "look_up"}}]
    for number in range(1, 200):
        server = Abrupt(number)
        world = World(server)
        world.script([user("Go on"), tool("look_up"), transfer(NUMBER)])
        call_id = await world.dial(everything | {"model": {**ASSISTANT["model"], "tools": tools}})
        await world.clock.run_until_idle()
        assert server.types[-2:] == ["status-update", "end-of-call-report"]
        assert server.types.count("end-of-call-report") == 1
        call = world.get(call_id)
        check("Call", call)
        assert call["status"] == "ended"
        assert (world.clock.now() - START).total_seconds() < 60
        if call["endedReason"] != "manually-canceled":
            break
    assert number > 20


async def receive_all(socket: AsyncWebSocketSession) -> tuple[list[Json], list[bytes], int]:
    texts: list[Json] = []
    sounds: list[bytes] = []
    try:
        while True:
            event = await socket.receive()
            data = getattr(event, "data")  # noqa: B009
            if isinstance(data, str):
                texts.append(json.loads(data))
            else:
                sounds.append(bytes(data))
    except WebSocketDisconnect as closed:
        return texts, sounds, closed.code


def test_who_listens_hears_the_call_to_its_end(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        world = World()
        world.script([user("One two three.", 1), ("assistant", "Four.", 0.5)])
        call = world.get(await world.dial({"firstMessage": ""}))
        with anyio.fail_after(20):
            async with client(world) as http, aconnect_ws(call["monitor"]["listenUrl"], http) as socket:
                first = json.loads(await socket.receive_text())
                assert await socket.receive_bytes() == frame("dial-tone")
                await world.telephony.run(call["id"])
                texts, sounds, code = await receive_all(socket)
        assert first == {"type": "start", "encoding": "linear16", "sampleRate": 16000, "channels": 1}
        assert [(text["role"], text["transcript"]) for text in texts] == [
            ("user", "One two three."),
            ("assistant", "Four."),
        ]
        assert sounds == [frame("user")] * 50 + [frame("assistant")] * 25
        assert code == 1000

    run(main)


def test_a_call_that_is_over_is_silent(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        world = World()
        call = await world.call()
        with anyio.fail_after(20):
            async with client(world) as http, aconnect_ws(call["monitor"]["listenUrl"], http) as socket:
                _, sounds, code = await receive_all(socket)
        assert (sounds, code) == ([], 1000)

    run(main)


def test_a_listener_may_leave(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        world = World()
        world.script([user("Hi"), user("Hi")])
        call = world.get(await world.dial())
        with anyio.fail_after(20):
            async with client(world) as http:
                async with aconnect_ws(call["monitor"]["listenUrl"], http) as socket:
                    await socket.receive_text()
                    await socket.receive_bytes()
                ended = await world.telephony.run(call["id"])
        assert ended["status"] == "ended"

    run(main)


@pytest.mark.parametrize(("plan", "code"), [({}, 4404), ({"listenAuthenticationEnabled": True}, 4401)])
async def test_who_may_not_listen(plan: Json, code: int) -> None:
    world = World()
    call = await talking(world, {"monitorPlan": plan})
    url = call["monitor"]["listenUrl"] if plan else "https://api.sandbox.vapi.ai/live/unknown/listen"
    with anyio.fail_after(20):
        async with client(world) as http, aconnect_ws(url, http) as socket:
            assert (await receive_all(socket))[2] == code


def test_a_websocket_call_gives_back_what_is_said(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        world = World()
        world.script([user("Well …", 60)])
        body = {"assistant": ASSISTANT, "transport": {"provider": "vapi.websocket"}}
        call = (await world.request("POST /call", body)).body
        await world.clock.advance(5)
        with anyio.fail_after(20):
            async with client(world) as http, aconnect_ws(call["transport"]["websocketCallUrl"], http) as socket:
                assert await socket.receive_bytes() == frame("dial-tone")
                await socket.send_bytes(b"\x01\x02")
                assert await socket.receive_bytes() == b"\x01\x02"
                await socket.send_text("no command")
                await socket.send_text('{"type": "hangup"}')
                assert (await receive_all(socket))[2] == 1000
        assert world.get(call["id"])["endedReason"] == "customer-ended-call"

    run(main)
