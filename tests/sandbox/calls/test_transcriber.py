"""A custom transcriber is fed with the sound of a call, and what it hears is what was said."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.world import Json, World
from vapi_async.sandbox.script import assistant, user
from vapi_async.webhooks import Webhooks, shared_secret

URL = "wss://ear.example/listen"
SERVER = {"url": URL, "secret": "s"}
SETTINGS = {"transcriber": {"provider": "custom-transcriber", "server": SERVER}, "firstMessage": ""}


class Ear:
    """Hears what it is told to, once there was enough sound."""

    def __init__(self, *texts: str, verify: Any = None) -> None:
        self.texts = list(texts)
        self.bytes = {"customer": 0, "assistant": 0}
        self.starts: list[Any] = []
        self.hooks = Webhooks(verify=verify)
        self.hooks.transcriber(self.serve)

    async def serve(self, session: Any) -> None:
        self.starts.append(session.start)
        async for frame in session:
            channels = session.split(frame)
            for name in self.bytes:
                self.bytes[name] += sum(map(bool, getattr(channels, name)))
            if self.texts and any(channels.customer) and self.bytes["customer"] > 16_000:
                self.bytes["customer"] = 0
                await session.send(self.texts[0][:2], partial=True)
                await session.send(self.texts.pop(0))


async def heard(ear: Any, *turns: Any) -> Json:
    world = World()
    if ear is not None:
        world.deliveries.connect(URL, ear)
    world.script(list(turns))
    return await world.call(SETTINGS)


async def test_what_it_hears_is_what_was_said() -> None:
    ear = Ear("A table for four", "Bye", verify=shared_secret("s"))
    call = await heard(ear.hooks, user("(mumbles)", 1), assistant("Which name?", 1), user("(mumbles)", 1))
    assert call["transcript"] == "User: A table for four\nAI: Which name?\nUser: Bye\n"
    (start,) = ear.starts
    assert (start.encoding, start.container, start.sample_rate, start.channels) == ("linear16", "raw", 16_000, 2)
    assert ear.bytes["assistant"] > 16_000


@pytest.mark.parametrize("ear", [None, Ear(verify=shared_secret("other")).hooks])
async def test_one_that_cannot_be_reached_ends_the_call(ear: Any) -> None:
    call = await heard(ear, user("Hello"))
    assert call["endedReason"] == "call.in-progress.error-vapifault-custom-transcriber-failed"
