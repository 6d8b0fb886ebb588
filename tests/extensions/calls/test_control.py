from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.extensions.calls.conftest import Runner
from tests.extensions.calls.peer import LiveServer
from tests.http.clocks import FakeClock
from tests.http.stub import Stub
from vapi_async import (
    AsyncVapi,
    BadRequestError,
    ConfigurationError,
    ConnectionLost,
    InternalServerError,
    Model,
    RedirectError,
    UnknownVariant,
)
from vapi_async._extensions.calls.live import Live
from vapi_async.models import (
    Assistant,
    Call,
    CallBatchResponse,
    Monitor,
    OpenAIMessage,
    TransferDestinationNumber,
)

CONTROL = "https://phone.vapi.ai/secret-id/control"
CALL = {"id": "call-1", "monitor": {"controlUrl": CONTROL, "listenUrl": "wss://phone.vapi.ai/secret-id/listen"}}

COMMANDS: list[tuple[Callable[[Live], Awaitable[Any]], dict[str, Any]]] = [
    (lambda live: live.say("Hi"), {"type": "say", "content": "Hi"}),
    (
        lambda live: live.say(
            "Hi", end_call_after_spoken=True, interrupt_assistant_enabled=False, interruptions_enabled=True
        ),
        {
            "type": "say",
            "content": "Hi",
            "endCallAfterSpoken": True,
            "interruptAssistantEnabled": False,
            "interruptionsEnabled": True,
        },
    ),
    (
        lambda live: live.add_message({"role": "system", "content": "x"}),
        {"type": "add-message", "message": {"role": "system", "content": "x"}},
    ),
    (
        lambda live: live.add_message(OpenAIMessage(role="user", content="x"), trigger_response_enabled=False),
        {"type": "add-message", "message": {"role": "user", "content": "x"}, "triggerResponseEnabled": False},
    ),
    (lambda live: live.mute_assistant(), {"type": "control", "control": "mute-assistant"}),
    (lambda live: live.unmute_assistant(), {"type": "control", "control": "unmute-assistant"}),
    (lambda live: live.mute_customer(), {"type": "control", "control": "mute-customer"}),
    (lambda live: live.unmute_customer(), {"type": "control", "control": "unmute-customer"}),
    (lambda live: live.say_first_message(), {"type": "control", "control": "say-first-message"}),
    (
        lambda live: live.transfer("+15551234567"),
        {"type": "transfer", "destination": {"type": "number", "number": "+15551234567"}},
    ),
    (
        lambda live: live.transfer("sip:a@b.example", content="Moment"),
        {"type": "transfer", "destination": {"type": "sip", "sipUri": "sip:a@b.example"}, "content": "Moment"},
    ),
    (
        lambda live: live.transfer(TransferDestinationNumber(number="+1555", extension="12")),
        {"type": "transfer", "destination": {"type": "number", "number": "+1555", "extension": "12"}},
    ),
    (
        lambda live: live.handoff({"type": "assistant", "assistantName": "B"}, content="Bye"),
        {"type": "handoff", "destination": {"type": "assistant", "assistantName": "B"}, "content": "Bye"},
    ),
    (lambda live: live.end(), {"type": "end-call"}),
    (
        lambda live: live.send_transport_message({"transport": "twilio", "twiml": "<Response/>"}),
        {"type": "send-transport-message", "message": {"transport": "twilio", "twiml": "<Response/>"}},
    ),
    (lambda live: live.send({"type": "new", "x": None}), {"type": "new", "x": None}),
]


@pytest.mark.parametrize(("command", "body"), COMMANDS)
async def test_commands_go_bare_to_the_control_url(
    command: Callable[[Live], Awaitable[Any]], body: dict[str, Any]
) -> None:
    stub = Stub({"ok": True})
    async with stub.client() as vapi:
        assert await command(vapi.live(CALL)) == {"ok": True}
    assert (stub.last.method, str(stub.last.url)) == ("POST", CONTROL)
    assert stub.body == body


@pytest.mark.parametrize(
    ("answer", "value"),
    [(b"", None), (b"null", None), (b"OK", "OK"), (b'{"a": ', '{"a": '), (b'{"a": 1}', {"a": 1}), (b"\xff", "�")],
)
async def test_whatever_it_answers_the_command_was_carried_out(answer: bytes, value: Any) -> None:
    async with Stub(httpx.Response(200, content=answer)).client(strict=True) as vapi:
        assert await vapi.live(CALL).say("x") == value
    broken = httpx.Response(200, stream=httpx.ByteStream(b"not gzip"), headers={"content-encoding": "gzip"})
    async with Stub(broken).client() as vapi:
        await vapi.live(CALL).say("x")


def test_over_a_socket_only_what_is_needed_is_sent(run: Runner, server: LiveServer) -> None:
    async def main() -> None:
        async with AsyncVapi("private", headers={"x-mine": "1"}, user_agent="me/1") as vapi:
            await vapi.live(server.call(), allow_hosts=("127.0.0.1",)).say("x")
            await vapi.live(server.call(), public_key="public", allow_hosts=("127.0.0.1",)).say("y")

    run(main)
    bare, keyed = server.commands
    assert set(bare.headers) == {"host", "accept", "user-agent", "content-type", "content-length"}
    assert bare.headers["user-agent"].endswith("me/1")
    assert keyed.headers["authorization"] == "Bearer public"
    assert "private" not in str(bare.headers) + str(keyed.headers)
    assert (bare.path, bare.body) == ("/secret-id/control", {"type": "say", "content": "x"})


async def test_the_private_token_is_not_taken_for_a_public_key() -> None:
    async with Stub().client() as vapi:
        with pytest.raises(ValueError, match="private token"):
            vapi.live(CALL, public_key="test-token")
        for wrong in ("", "a b", "ä"):
            with pytest.raises(ValueError, match="public_key must"):
                vapi.live(CALL, public_key=wrong)


async def test_nor_is_that_of_a_provider() -> None:
    stub = Stub()
    async with stub.client(token=lambda: "later") as vapi:
        live = vapi.live(CALL, public_key="later")
        await vapi.calls.get("c")
        with pytest.raises(ValueError, match="private token"):
            await live.say("x")
    assert len(stub.requests) == 1


async def test_hooks_and_errors_do_not_show_the_url() -> None:
    seen: list[str] = []
    stub = Stub(httpx.Response(400, json={"message": "Cannot POST /secret-id/control"}))
    async with stub.client(on_request=lambda event: seen.append(event.url)) as vapi:
        live = vapi.live(CALL)
        with pytest.raises(BadRequestError) as caught:
            await live.end()
    assert seen == [caught.value.url] == ["https://phone.vapi.ai/…"]
    assert caught.value.body == {"message": "Cannot POST /secret-id/control"}
    assert "secret" not in str(caught.value) + repr(live) + repr(caught.value.response)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (500, InternalServerError),
        (httpx.ReadError("gone"), ConnectionLost),
        (httpx.ConnectError("it says"), ConnectionLost),  # by a transport that had asked for the body
        (302, RedirectError),
    ],
)
async def test_a_command_of_unknown_outcome_is_not_repeated(answer: Any, kind: type[Exception]) -> None:
    stub = Stub(answer)
    async with stub.client(clock=FakeClock()) as vapi:
        with pytest.raises(kind):
            await vapi.live(CALL).say("x")
    assert len(stub.requests) == 1


async def test_one_that_was_not_looked_at_is() -> None:
    stub = Stub(429, {"ok": 1})
    async with stub.client(clock=FakeClock()) as vapi:
        assert await vapi.live(CALL).say("x") == {"ok": 1}
    assert len(stub.requests) == 2


async def test_other_hosts_are_not_contacted() -> None:
    stub = Stub()
    call = {"monitor": {"controlUrl": "https://evil.com/x", "listenUrl": "wss://evil.com/x"}}
    call["transport"] = {"websocketCallUrl": "wss://evil.com/x"}
    async with stub.client() as vapi:
        live = vapi.live(call)
        with pytest.raises(ConfigurationError, match=r"evil\.com.*allow_hosts="):
            await live.say("x")
        with pytest.raises(ConfigurationError, match=r"evil\.com"):
            live.listen()
        with pytest.raises(ConfigurationError, match=r"evil\.com"):
            live.connect_audio()
        assert not stub.requests
        await vapi.live(call, allow_hosts=["evil.com"]).say("x")


async def test_wrong_arguments() -> None:
    async with Stub().client() as vapi:
        live = vapi.live(CALL)
        for wrong in (live.say(1), live.add_message("x"), live.transfer(1), live.handoff("x"), live.send("say")):  # type: ignore[arg-type]
            with pytest.raises(TypeError):
                await wrong
        for number in ("555", "+555 1", "+", "+\u0661", "tel:+555"):
            with pytest.raises(ValueError, match="destination is"):
                await live.transfer(number)


@pytest.mark.parametrize(
    "target",
    [
        CALL,
        CALL["monitor"],
        Call.from_dict(CALL),
        Monitor.from_dict(CALL["monitor"]),  # type: ignore[arg-type]
        Call.from_dict(CALL).monitor,
        {"type": "status-update", "call": CALL},
        {"message": {"type": "status-update", "call": CALL}},
        UnknownVariant({"type": "assistant.started", "call": CALL}),
    ],
)
async def test_the_call_may_be_given_in_many_ways(target: Any) -> None:
    stub = Stub()
    async with stub.client() as vapi:
        await vapi.live(target).end()
    assert str(stub.last.url) == CONTROL


async def test_a_webhook_message_will_do() -> None:
    from vapi_async.models import ServerMessageStatusUpdate

    stub = Stub()
    async with stub.client() as vapi:
        await vapi.live(ServerMessageStatusUpdate.from_dict({"type": "status-update", "call": CALL})).end()
        with pytest.raises(ValueError, match=r"monitorPlan\.controlEnabled"):
            await vapi.live(ServerMessageStatusUpdate.from_dict({"type": "status-update"})).end()
    assert str(stub.last.url) == CONTROL


@pytest.mark.parametrize("call", [{}, {"id": "c"}, {"monitor": None}, {"monitor": {}}, Call.from_dict({}), Monitor()])
async def test_a_call_without_urls_says_what_enables_them(call: dict[str, Any] | Model) -> None:
    async with Stub().client() as vapi:
        live = vapi.live(call)
        with pytest.raises(ValueError, match=r"monitorPlan\.controlEnabled"):
            await live.say("x")
        with pytest.raises(ValueError, match=r"monitorPlan\.listenEnabled"):
            live.listen()
        with pytest.raises(ValueError, match=r"vapi\.websocket"):
            live.connect_audio()


@pytest.mark.parametrize("target", ["call-1", b"", None, 1, [CALL], Call, Assistant.from_dict({})])
async def test_anything_else_is_a_type_error(target: Any) -> None:
    async with Stub().client() as vapi:
        with pytest.raises(TypeError, match="live needs the Call"):
            vapi.live(target)


async def test_a_batch_is_several_calls() -> None:
    async with Stub().client() as vapi:
        with pytest.raises(TypeError, match="results"):
            vapi.live(CallBatchResponse.from_dict({"results": [CALL], "errors": []}))
