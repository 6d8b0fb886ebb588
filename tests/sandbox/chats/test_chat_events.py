"""What servers hear of chats and sessions, and links that are read late."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.walking import CALL, TOKEN
from tests.sandbox.world import Server
from vapi_async.sandbox import Sandbox

EVENTS = ["chat.created", "chat.deleted", "session.created", "session.updated", "session.deleted"]


@pytest.mark.parametrize("subscribed", [EVENTS, None])
async def test_events_go_to_who_subscribed(subscribed: Any) -> None:
    server = Server()
    async with Sandbox(server=server) as sandbox, sandbox.http_client() as http:
        settings = {"name": "A"} | ({"serverMessages": subscribed} if subscribed else {})
        assistant = sandbox.add("/assistant", settings)["id"]
        body = {"assistantId": assistant, "input": "Hi"}
        chat = (await http.post("/chat", json=body, headers=TOKEN)).json()
        session = (await http.post("/session", json={"assistantId": assistant}, headers=TOKEN)).json()
        await http.patch(f"/session/{session['id']}", json={"name": "S"}, headers=TOKEN)
        for path in (f"/chat/{chat['id']}", f"/session/{session['id']}"):
            assert (await http.delete(path, headers=TOKEN)).status_code == 200
    told = ["chat.created", "session.created", "session.updated", "chat.deleted", "session.deleted"]
    assert server.types == (told if subscribed else [])
    if subscribed:
        assert server.messages[2]["session"]["name"] == "S"


async def test_links_of_an_old_call_still_open() -> None:
    async with Sandbox() as sandbox, sandbox.http_client() as http:
        made = (await http.post("/call", json=CALL, headers=TOKEN)).json()
        await sandbox.run(made["id"])
        await sandbox.clock.advance(86_400)
        read = (await http.get(f"/call/{made['id']}", headers=TOKEN)).json()
        (listed,) = (await http.get("/call", headers=TOKEN)).json()
        for call in (read, listed):
            assert (await http.get(call["artifact"]["presignedMonoUrl"])).status_code == 200
        assert read["updatedAt"] == listed["updatedAt"] < read["artifact"]["presignedUrlsExpiresAt"]
