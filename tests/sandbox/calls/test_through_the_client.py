"""Calls and chats of a whole sandbox, through the client: as a user's tests have them."""

from __future__ import annotations

import gzip
import io
import wave
from typing import Any

import anyio
import pytest

from tests.http.conftest import Runner, run  # noqa: F401
from tests.sandbox.world import CUSTOMER
from vapi_async import AsyncVapi, BadRequestError, ClientError, NotFoundError, mismatches
from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.script import assistant, tool, user
from vapi_async.webhooks import Webhooks

SAID = "Hi, this is support."


async def number(vapi: AsyncVapi) -> str:
    made = await vapi.phone_numbers.create({"provider": "vapi", "sipUri": "sip:me@sip.vapi.ai"})
    return str(made.id)


async def dial(vapi: AsyncVapi, **more: Any) -> Any:
    body: Any = {"assistant": {"name": "Support", "firstMessage": SAID}, "customer": CUSTOMER, **more}
    return await vapi.calls.create(body | {"phoneNumberId": await number(vapi)})


TRANSCRIPT = "User: Weather?\nAI: Hold on a sec.\nAI: Sunny in Paris.\n"


def test_from_call_to_report(run: Runner) -> None:  # noqa: F811
    hooks = Webhooks(verify=None)
    reports: list[Any] = []

    @hooks.tool()
    async def get_weather(city: str) -> str:
        """Say how the weather is."""
        return f"Sunny in {city}"

    @hooks.on("end-of-call-report")
    async def report(message: Any) -> None:
        reports.append(message)

    async def main() -> None:
        async with Sandbox(server=hooks) as sb:
            vapi = sb.client()
            tools = hooks.tool_definitions("https://org.sandbox.invalid/webhook")
            model: Any = {"provider": "openai", "model": "gpt-4o", "tools": tools}
            support = await vapi.assistants.create({"name": "Support", "model": model})
            sb.script([user("Weather?"), tool("get_weather", city="Paris"), assistant("{result}.")])
            body: Any = {"assistantId": support.id, "phoneNumberId": await number(vapi), "customer": CUSTOMER}
            made = await vapi.calls.create(body)
            ended = await vapi.calls.wait(made)
            assert ended.ended_reason == "customer-ended-call"
            assert ended.artifact.transcript == TRANSCRIPT
            assert sb.deliveries.of("tool-calls")[0].reply["results"][0]["result"] == "Sunny in Paris"
            assert all(delivery.ok for delivery in sb.deliveries)

    reports.clear()
    run(main)
    assert [message.artifact.transcript for message in reports] == [TRANSCRIPT]


def test_a_live_call(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with Sandbox() as sb:
            vapi = sb.client()
            sb.script([user("Well …", 60)])
            made = await dial(vapi)
            await sb.clock.advance(7)
            live = vapi.live(made)
            await live.say("One moment.")
            with anyio.fail_after(20):
                async with live.listen() as heard:
                    await vapi.calls.end(made)
                    pieces = [piece async for piece in heard]
            assert pieces
            call = await vapi.calls.get(made.id)
            assert (call.status, call.ended_reason) == ("ended", "manually-canceled")
            with pytest.raises(ClientError):
                await live.say("Anybody there?")

    run(main)


def test_files_of_a_call_are_downloaded(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with Sandbox() as sb:
            vapi = sb.client()
            made = await dial(vapi)
            with pytest.raises(NotFoundError):
                await vapi.calls.mono_recording(made.id)
            await sb.run(made.id)
            with wave.open(io.BytesIO(await vapi.calls.stereo_recording(made.id))) as file:
                assert file.getnchannels() == 2
            assert SAID in gzip.decompress(await vapi.calls.call_logs(made.id)).decode()
            assert not any("storage" in record.path for record in sb.requests)

    run(main)


def test_chats_are_answered_and_streamed(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with Sandbox() as sb:
            vapi = sb.client()
            sb.script_chat("Hello, Ada.")
            first = await vapi.chats.create({"input": "Hi", "assistant": {"name": "Support"}})
            assert first.output[0].content == "Hello, Ada."
            streams = (
                vapi.chats.stream({"input": "And?", "previousChatId": first.id}),
                vapi.chats.stream_response({"input": "And?", "previousChatId": first.id}),
            )
            for stream in streams:
                async with stream as opened:
                    assert await opened.text() == "You said: And?"

    run(main)


async def test_a_batch_and_the_limit() -> None:
    async with Sandbox(concurrency=2) as sb:
        vapi = sb.client()
        body: Any = {"assistant": {"name": "A"}, "phoneNumberId": await number(vapi), "customers": [CUSTOMER] * 3}
        batch: Any = await vapi.calls.create(body)
        assert (len(batch.results), len(batch.errors)) == (2, 1)
        with pytest.raises(BadRequestError, match="Over Concurrency Limit"):
            await dial(vapi)


async def test_somebody_rings_in() -> None:
    hooks = Webhooks(verify=None)

    @hooks.on("assistant-request")
    async def choose(message: Any) -> Any:
        return {"assistant": {"name": "Front desk", "firstMessage": "Front desk."}}

    async with Sandbox(server=hooks) as sb:
        vapi = sb.client()
        await number(vapi)
        ringing = await sb.inbound("+14155550123", name="Ada")
        call = await sb.run(ringing["id"])
        assert call["messages"][0]["message"] == "Front desk."
        assert sb.calls == [call]


async def test_many_calls_are_deleted() -> None:
    async with Sandbox(server=(hooks := Webhooks(verify=None))) as sb:
        vapi = sb.client()
        ids = [(await dial(vapi)).id for _ in range(2)]
        await vapi.calls.delete_many(ids)
        await sb.clock.advance(3600)
        assert len(sb.deliveries.of("call.deleted")) == 2
        assert sb.calls == []
        assert hooks


async def test_messages_hold_stored_objects_and_match_the_models() -> None:
    """As recorded ones do: who is stored has an id, an inline tool has none, and nothing is of another form."""
    hooks = Webhooks(verify=None)
    received: list[Any] = []
    hooks.on("*")(received.append)

    @hooks.tool()
    def book(seats: int) -> str:
        return "done"

    async with Sandbox(server=hooks) as sb:
        vapi = sb.client()
        (definition,) = hooks.tool_definitions("https://me.example")
        booking: Any = await vapi.tools.create(definition)
        desk = await vapi.assistants.create(
            name="Desk",
            model={"provider": "openai", "model": "gpt-4o", "toolIds": [booking.id], "tools": [{"type": "endCall"}]},
            server_messages=["end-of-call-report", "tool-calls", "model-output", "conversation-update"],
        )
        sb.script([user("A table for two"), tool("book", seats=2)])
        call: Any = await vapi.calls.create(assistant_id=desk.id, phone_number_id=await number(vapi), customer=CUSTOMER)
        await sb.run(call.id)
    assert {message.type for message in received} >= {"end-of-call-report", "conversation-update", "model-output"}
    assert [found for message in received for found in mismatches(message)] == []
    assert {message.assistant.get("id") for message in received} == {desk.id}
    assert desk["model"]["tools"][0].to_dict() == {"type": "endCall"}
    report = received[-1]
    assert (report.phone_number.id, report.assistant.created_at) == (call.phone_number_id, desk.created_at)
