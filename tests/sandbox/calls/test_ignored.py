"""What a call is told to do, and does not, is said."""

from __future__ import annotations

from tests.sandbox.world import ASSISTANT, World
from vapi_async.sandbox import Sandbox


async def test_settings_that_do_nothing_are_noted_once() -> None:
    world = World()
    settings = {
        "name": "A",
        "backgroundSound": "office",
        "stopSpeakingPlan": {"numWords": 2},
        "voice": {"provider": "vapi", "voiceId": "Elliot", "fallbackPlan": {"voices": []}},
        "hooks": [
            {"on": "session.created", "do": []},
            {
                "on": "customer.speech.timeout",
                "options": {"timeoutSeconds": 9},
                "do": [{"type": "say", "prompt": "P"}],
            },
        ],
        "model": {**ASSISTANT["model"], "tools": [{"type": "query", "function": {"name": "find"}}]},
    }
    for _ in range(2):
        await world.call(settings)
    assert world.state.ignored == [
        "A: backgroundSound does nothing",
        "A: stopSpeakingPlan does nothing",
        "A: voice.fallbackPlan does nothing",
        "A: hooks.0 does nothing: session.created does not happen",
        "A: hooks.1 has a prompt, and no model says something by it: use `exact`",
        "A: the tool find does not run: script what it brings with tool(…).returns(…)",
    ]


async def test_what_is_off_or_obeyed_is_not_noted() -> None:
    world = World()
    await world.call({"backgroundSound": "off", "endCallPhrases": ["bye"], "maxDurationSeconds": 60})
    assert world.state.ignored == []


async def test_the_sandbox_shows_them() -> None:
    async with Sandbox() as sandbox:
        vapi = sandbox.client()
        call = await vapi.calls.create(
            assistant={"stopSpeakingPlan": {"numWords": 2}}, transport={"provider": "vapi.websocket"}
        )
        await sandbox.run(call.id)
        assert sandbox.ignored == ["the assistant: stopSpeakingPlan does nothing"]
