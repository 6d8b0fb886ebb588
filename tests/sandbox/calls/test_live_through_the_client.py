"""The client's live calls, waits and streams against the sandbox, in process."""

from __future__ import annotations

import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.http.conftest import Runner, run  # noqa: F401
from tests.sandbox.world import BODY
from vapi_async import AsyncVapi, ClientError, NotFoundError, WaitError, WaitTimeout
from vapi_async.sandbox import Sandbox, user


@asynccontextmanager
async def talking(**more: Any) -> AsyncIterator[tuple[Sandbox, AsyncVapi, Any]]:
    """A call in which the customer talks for five minutes."""
    async with Sandbox() as sb, sb.client() as vapi:
        sb.script([user("Well", 300.0)])
        call = await vapi.calls.create({**BODY, **more})
        await sb.clock.advance(10)
        yield sb, vapi, call


def test_commands_take_effect(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with talking() as (sb, vapi, call):
            live = vapi.live(call)
            await live.say("One moment.")
            await live.add_message({"role": "system", "content": "Be brief."})
            await live.say_first_message()
            await live.mute_assistant()
            await live.unmute_assistant()
            await live.mute_customer()
            said = [each["message"] for each in sb.calls[0]["messages"]]
            assert said[-3:] == ["One moment.", "Be brief.", "Hi."]
            with pytest.raises(ClientError):
                await live.send({"type": "send-transport-message", "message": {"transport": "pigeon"}})
            await live.end()
            assert (await vapi.calls.get(call.id)).ended_reason == "manually-canceled"

    run(main)


def test_a_transfer_ends_the_call(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with talking() as (sb, vapi, call):
            await vapi.live(call).transfer("+14155550177", content="I connect you.")
            ended = await vapi.calls.wait(call)
            assert ended.ended_reason == "assistant-forwarded-call"
            assert ended.destination.number == "+14155550177"
            assert "I connect you." in ended.artifact.transcript
            assert sb.calls[0]["artifact"]["transfers"][0]["destination"]["number"] == "+14155550177"

    run(main)


def test_a_call_is_listened_to_until_it_ends(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with talking() as (_, vapi, call):
            live = vapi.live(call)
            frames: list[Any] = []
            async with live.listen() as heard:
                await live.say("One moment.")
                async for frame in heard:
                    if isinstance(frame, bytes) and not any(isinstance(each, bytes) for each in frames):
                        await live.end()
                    frames.append(frame)
            assert any(isinstance(frame, dict) and frame.get("transcript") == "One moment." for frame in frames)
            assert sum(len(frame) for frame in frames if isinstance(frame, bytes)) > 0

    run(main)


def test_a_call_is_recorded(run: Runner, tmp_path: Path) -> None:  # noqa: F811
    async def main() -> None:
        async with talking() as (sb, vapi, call):
            live, saved = vapi.live(call), []

            async def record() -> None:
                saved.append(await live.save_wav(tmp_path / "call.wav"))

            async with anyio.create_task_group() as group:
                group.start_soon(record)
                while not sb._telephony.registry.find(call.id)._listeners:
                    await anyio.lowlevel.checkpoint()
                await live.say("One moment.")
                await vapi.calls.end(call)
            with wave.open(str(tmp_path / "call.wav")) as file:
                assert (file.getframerate(), file.getnchannels()) == (16_000, 1)
                assert file.getnframes() == saved[0].frames > 0

    run(main)


def test_a_call_over_a_websocket(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with Sandbox() as sb, sb.client() as vapi:
            sb.script([user("Well", 300.0)])
            body: Any = {"assistant": {"name": "A"}, "transport": {"provider": "vapi.websocket"}}
            call = await vapi.calls.create(body)
            await sb.clock.advance(10)
            async with vapi.calls.connect_audio(call) as audio:
                said = b"\0\1" * 160
                await audio.send(said)
                async for frame in audio:
                    if frame == said:
                        await audio.hangup()
            assert (await vapi.calls.get(call.id)).ended_reason == "customer-ended-call"

    run(main)


def test_waits_move_the_time(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with Sandbox() as sb, sb.client() as vapi:
            call = await vapi.calls.create(BODY)
            assert (await vapi.calls.wait(call, "ringing")).status == "ringing"
            assert (await vapi.calls.wait(call, ("in-progress", "ended"))).status == "in-progress"
            ended = await vapi.calls.wait(call)
            assert ended.ended_reason == "customer-ended-call"
            assert (await vapi.calls.wait(call.id, lambda each: each.analysis)).analysis
            with pytest.raises(WaitError):
                await vapi.calls.wait(call, "ringing")
            sb.script([user("Well", 300.0)])
            with pytest.raises(WaitTimeout) as caught:
                await vapi.calls.wait(await vapi.calls.create(BODY), timeout=60)
            assert caught.value.call.status == "in-progress"

    run(main)


async def test_ends() -> None:
    async with talking() as (sb, vapi, call):
        await vapi.calls.end(call.id)
        await vapi.calls.end(call.id)
        assert sb.calls[0]["status"] == "ended"
        await vapi.calls.delete(call.id)
        with pytest.raises(NotFoundError):
            await vapi.calls.end(call.id)


async def test_a_call_that_is_deleted_is_heard_no_more() -> None:
    async with talking() as (sb, vapi, call):
        async with vapi.live(call).listen() as heard:
            await vapi.calls.delete(call.id)
            assert [frame async for frame in heard] != []
        assert sb.calls == []


async def test_what_still_listens_when_the_sandbox_closes_is_let_go() -> None:
    with anyio.fail_after(60):
        async with talking() as (sb, _, call):
            line = sb._telephony.registry.find(call.id)
            assert line is not None
            heard = line.listen()
            sb._state.store.remove("/call", call.id)
        async with heard:
            assert [piece async for piece in heard]


async def test_control_that_is_turned_off() -> None:
    plan = {"controlEnabled": False, "listenEnabled": False}
    async with talking(assistant={"name": "A", "monitorPlan": plan}) as (_, vapi, call):
        with pytest.raises(ValueError, match="control"):
            await vapi.live(call).end()
        with pytest.raises(ValueError, match="listen"):
            vapi.live(call).listen()


async def test_control_that_wants_the_public_key() -> None:
    plan = {"controlAuthenticationEnabled": True, "listenAuthenticationEnabled": True}
    async with talking(assistant={"name": "A", "monitorPlan": plan}) as (_, vapi, call):
        with pytest.raises(ClientError):
            await vapi.live(call).end()
        live = vapi.live(call, public_key="public")
        async with live.listen() as heard:
            await live.end()
            assert [frame async for frame in heard]


def test_chats_are_streamed(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with Sandbox() as sb, sb.client() as vapi:
            sb.script_chat("Good day, Ada.", "Very well.", "Bye.")
            async with vapi.chats.stream(input="Hello", assistant={"name": "A"}) as stream:
                assert [piece async for piece in stream] == ["Good", " day,", " Ada."]
            async with vapi.chats.stream_response(input="How?", previous_chat_id=stream.id) as stream:
                assert await stream.text() == "Very well."
            answer = await vapi.chats.create(input="Bye", previous_chat_id=stream.id)
            assert answer.output[0].content == "Bye."
            said = [each["content"] for each in sb.objects("/chat")[-1]["messages"]]
            assert said == ["Hello", "Good day, Ada.", "How?", "Very well.", "Bye", "Bye."]

    run(main)


@pytest.mark.parametrize("method", ["stream", "stream_response"])
async def test_a_stream_that_breaks_off_says_what_came(method: str) -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        sb.script_chat("one two three")
        sb.garble("POST /chat*", "truncated")
        with pytest.raises(Exception, match=r"lost|broke") as caught:
            async with getattr(vapi.chats, method)(input="Hello", assistant={"name": "A"}) as stream:
                await stream.text()
        assert caught.value.partial.text == "one"


async def test_a_slow_stream_comes_whole() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        sb.slow("chats.create", 2.0)
        before = sb.clock.now()
        async with vapi.chats.stream(input="one two", assistant={"name": "A"}) as stream:
            assert await stream.text() == "You said: one two"
        assert (sb.clock.now() - before).total_seconds() >= 8
