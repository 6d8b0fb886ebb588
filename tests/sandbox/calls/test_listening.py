"""What who listens hears, and when: sound comes as the clock moves."""

from __future__ import annotations

import itertools
from typing import Any

import anyio

from tests.http.conftest import Runner, run  # noqa: F401
from tests.sandbox.walking import CALL
from tests.sandbox.world import World
from vapi_async.sandbox import Sandbox, user
from vapi_async.sandbox.calls.audio import frame
from vapi_async.sandbox.calls.running_call import RunningCall


async def talking(seconds: float) -> tuple[World, RunningCall]:
    """A call whose customer has just begun to speak for so long."""
    world = World()
    world.script([user("Well", seconds)])
    call_id = await world.dial({"firstMessage": ""})
    line = world.telephony.registry.find(call_id)
    assert line is not None
    await world.clock.run_until(lambda: line.stored["status"] == "in-progress")
    return world, line


def taken(heard: Any) -> int:
    """How many frames of the customer have come by now."""
    found = 0
    while heard.statistics().current_buffer_used:
        found += heard.receive_nowait() == frame("user")
    return found


async def test_sound_comes_at_the_pace_it_is_spoken() -> None:
    world, line = await talking(10)
    with line.listen() as heard:
        assert taken(heard) == 0
        await world.clock.advance(2)
        assert 100 <= taken(heard) <= 105
        await world.clock.advance(1)
        assert 45 <= taken(heard) <= 55
        world.telephony.close()


async def test_who_comes_late_hears_the_rest() -> None:
    world, line = await talking(10)
    await world.clock.advance(7)
    with line.listen() as late, line.listen() as later:
        await world.telephony.run(line.id)
        assert 145 <= taken(late) <= 155
        assert 145 <= taken(later) <= 155


async def test_who_speaks_last_is_heard() -> None:
    world, line = await talking(10)
    with line.listen() as heard:
        await world.clock.advance(1)
        line.interject("One moment.", 5)
        await world.clock.advance(20)
        assert taken(heard) <= 60
        world.telephony.close()


async def test_nobody_listens_and_no_time_is_spent_on_sound() -> None:
    world, _ = await talking(10)
    assert len([timer for _, _, timer in world.clock._timers if not timer.cancelled]) == 2


def test_a_call_is_listened_to_while_it_runs(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with Sandbox() as sb:
            sb.script([user("Well", 3)])
            vapi = sb.client()
            call = await vapi.request("POST", "/call", json=CALL)
            sounds = 0
            with anyio.fail_after(60):
                async with vapi.live(call).listen() as heard, anyio.create_task_group() as group:
                    group.start_soon(sb.run, call["id"])
                    async for piece in heard:
                        sounds += piece == frame("user")
            assert sounds == 150

    run(main)


async def test_messages_are_in_the_order_of_time() -> None:
    world, line = await talking(10)
    await world.clock.advance(9.5)
    line.interject("One moment, please.", 4)
    call = await world.telephony.run(line.id)
    times = [message["time"] for message in call["messages"]]
    assert times == sorted(times)
    assert [message["role"] for message in call["messages"]][-2:] == ["user", "bot"]


async def test_turns_do_not_overlap() -> None:
    world = World()
    world.script(["One", ("assistant", "Two"), "Three", ("assistant", "Four")])
    spoken = [m for m in (await world.call())["messages"] if "endTime" in m]
    assert len(spoken) == 5
    assert all(one["endTime"] <= next_["time"] for one, next_ in itertools.pairwise(spoken))


async def test_a_turn_waits_for_what_is_said_meanwhile() -> None:
    world = World()
    world.script([user("One", 5), user("Two", 5)])
    line = world.telephony.registry.find(await world.dial({"firstMessage": ""}))
    assert line is not None
    await world.clock.advance(8)
    line.interject("One moment, please.", 4)
    call = await world.telephony.run(line.id)
    said, second = call["messages"][-2:]
    assert (said["message"], second["message"]) == ("One moment, please.", "Two")
    assert said["endTime"] <= second["time"]
