"""Sessions are filled in when they are made, and over after a while."""

from __future__ import annotations

from tests.sandbox.asking import ask, refused
from tests.sandbox.walking import UNKNOWN
from vapi_async.sandbox import Sandbox

GREETER = {
    "firstMessage": "Hi {{name}}.",
    "model": {
        "provider": "openai",
        "model": "gpt-4o",
        "messages": [{"role": "system", "content": "Serve {{name}} at {{place}}."}],
    },
}


async def test_texts_are_filled_in_when_it_is_made() -> None:
    sandbox = Sandbox()
    assistant = (await ask(sandbox, "POST", "/assistant", GREETER))["id"]
    overrides = {"variableValues": {"name": "Ada", "place": "Bonn"}}
    made = await ask(sandbox, "POST", "/session", {"assistantId": assistant, "assistantOverrides": overrides})
    assert made["assistant"]["firstMessage"] == "Hi Ada."
    assert made["assistant"]["model"]["messages"][0]["content"] == "Serve Ada at Bonn."
    assert made["metadata"] == {"variableValues": {"name": "Ada", "place": "Bonn"}}
    assert made["assistantId"] == assistant


async def test_without_variables_the_assistant_stays_where_it_is() -> None:
    sandbox = Sandbox()
    assistant = (await ask(sandbox, "POST", "/assistant", GREETER))["id"]
    made = await ask(sandbox, "POST", "/session", {"assistantId": assistant})
    assert not {"assistant", "metadata"} & made.keys()
    assert "assistant" not in await ask(sandbox, "POST", "/session", {"assistantId": UNKNOWN})


async def test_it_costs_what_its_chats_cost() -> None:
    sandbox = Sandbox()
    made = await ask(sandbox, "POST", "/session", {"assistant": {"name": "A"}})
    chats = [await ask(sandbox, "POST", "/chat", {"sessionId": made["id"], "input": text}) for text in ("Hi", "Bye")]
    found = await ask(sandbox, "GET", f"/session/{made['id']}")
    total = round(sum(chat["cost"] for chat in chats), 5)
    assert total > 0
    assert (found["cost"], found["costs"]) == (total, [{"type": "session", "cost": total}])


async def test_it_is_over_after_its_time() -> None:
    sandbox = Sandbox()
    short = await ask(sandbox, "POST", "/session", {"assistant": {}, "expirationSeconds": 60})
    long = await ask(sandbox, "POST", "/session", {"assistant": {}})
    await sandbox.clock.advance(59)
    assert {each["status"] for each in sandbox.objects("/session")} == {"active"}
    await ask(sandbox, "POST", "/chat", {"sessionId": short["id"], "input": "Hi"})
    await sandbox.clock.advance(59)
    assert {each["status"] for each in sandbox.objects("/session")} == {"active"}
    await sandbox.clock.advance(2)
    assert {each["id"]: each["status"] for each in sandbox.objects("/session")} == {
        short["id"]: "completed", long["id"]: "active",
    }  # fmt: skip
    status, message = await refused(sandbox, "POST", "/chat", {"sessionId": short["id"], "input": "Hi"})
    assert (status, "completed" in message) == (400, True)
    await sandbox.clock.advance(86_400)
    assert (await ask(sandbox, "GET", f"/session/{long['id']}"))["status"] == "completed"
