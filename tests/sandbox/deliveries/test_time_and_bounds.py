"""How long servers may take, and how much is kept of what was sent to them."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from tests.http.conftest import Runner, run  # noqa: F401
from tests.sandbox.world import Server, World
from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.deliveries.deliveries import Deliveries

URL = "https://me.example"


async def asked(world: World, **server: Any) -> list[Any]:
    replies: list[Any] = []
    steps = world.deliveries.send_with_retries({"url": URL, **server}, {"type": "hang"}, None, replies.append)
    await world.clock.follow(steps)
    await world.clock.advance(100)
    return [delivery.reply for delivery in replies]


@pytest.mark.parametrize(("seconds", "replies"), [(7.0, [{"a": 1}]), (8.0, [])])
async def test_a_server_has_so_long_on_the_sandboxs_clock(seconds: float, replies: list[Any]) -> None:
    world = World()
    world.deliveries.connect(URL, Server({"a": 1}), seconds)
    assert await asked(world, timeoutSeconds=7) == replies
    (delivery,) = world.deliveries
    assert (delivery.ok, delivery.error) == ((True, None) if replies else (False, "no answer within 7 s"))


def test_a_server_in_this_process_is_given_up_too(run: Runner) -> None:  # noqa: F811
    async def never(scope: Any, receive: Any, send: Any) -> None:
        await anyio.sleep_forever()

    async def main() -> None:
        world = World()
        world.deliveries.connect(URL, never)
        assert await asked(world, timeoutSeconds=0.01) == []
        assert world.deliveries[0].error == "no answer within 0.01 s"

    run(main)


async def test_a_call_that_comes_in_does_not_wait_for_its_assistant() -> None:
    world = World({"url": URL, "timeoutSeconds": 60})
    world.deliveries.connect(URL, Server({"assistant": {"name": "A"}}), 8)
    world.number()
    call = await world.telephony.run((await world.telephony.inbound("+14155550123"))["id"])
    assert call["endedReason"] == "assistant-request-failed"


def test_a_time_is_not_negative() -> None:
    with pytest.raises(ValueError, match="seconds must be 0 or more"):
        World().deliveries.connect(URL, Server(), -1)


async def test_only_the_latest_deliveries_are_kept() -> None:
    world = World()
    kept = Deliveries(world.state, None, (3, 10_000))
    for number in range(5):
        await kept.send({"url": URL}, {"type": "hang", "number": number}, call_id=None)
    assert [delivery.message["number"] for delivery in kept] == [2, 3, 4]
    assert kept.forgotten == 2


async def test_only_so_many_bytes_of_deliveries_are_kept() -> None:
    world = World()
    kept = Deliveries(world.state, None, (100, 10_000))
    for number in range(5):
        await kept.send({"url": URL}, {"type": "hang", "number": number, "text": "x" * 3_000}, call_id=None)
    assert [delivery.message["number"] for delivery in kept] == [2, 3, 4]
    kept.clear()
    await kept.send({"url": URL}, {"type": "hang"}, call_id=None)
    assert len(kept) == 1


async def test_the_bounds_of_a_sandbox_count_for_both() -> None:
    async with Sandbox(server=Server(), journal=(2, 10**6)) as sandbox:
        vapi = sandbox.client()
        for _ in range(2):
            call = await vapi.calls.create(assistant={"name": "A"}, transport={"provider": "vapi.websocket"})
            await sandbox.run(call.id)
        assert len(sandbox.deliveries) == len(sandbox.requests) == 2
