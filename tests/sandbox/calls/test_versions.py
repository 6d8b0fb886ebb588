"""Versions of assistants, squads and tools: what a call names is what it gets."""

from __future__ import annotations

from typing import Any

from tests.sandbox.asking import ask, call, refused
from tests.sandbox.world import Server
from vapi_async.sandbox import Sandbox, tool

CALL = {"transport": {"provider": "vapi.websocket"}}


async def two_versions(sandbox: Sandbox) -> str:
    made = (await ask(sandbox, "POST", "/assistant", {"firstMessage": "One."}))["id"]
    await ask(sandbox, "PATCH", f"/assistant/{made}", {"firstMessage": "Two."})
    return str(made)


async def test_a_call_talks_as_its_version_says() -> None:
    sandbox = Sandbox()
    made = await two_versions(sandbox)
    said = [(await call(sandbox, assistantId=made, **each))["transcript"].splitlines()[0]
            for each in ({"assistantVersion": "v1"}, {"assistantVersion": "v2"}, {})]  # fmt: skip
    assert said == ["AI: One.", "AI: Two.", "AI: Two."]


async def test_a_version_that_there_is_not_is_refused() -> None:
    sandbox = Sandbox()
    body = {**CALL, "assistantId": await two_versions(sandbox), "assistantVersion": "v99"}
    status, message = await refused(sandbox, "POST", "/call", body)
    assert (status, "assistant version v99" in message) == (400, True)


async def test_a_squad_and_its_members_have_versions() -> None:
    sandbox = Sandbox()
    made = await two_versions(sandbox)
    members = [{"assistantId": made, "assistantVersion": "v1"}]
    squad = (await ask(sandbox, "POST", "/squad", {"members": members}))["id"]
    await ask(sandbox, "PATCH", f"/squad/{squad}", {"members": [{"assistantId": made}]})
    said = [(await call(sandbox, squadId=squad, **each))["transcript"].splitlines()[0]
            for each in ({"squadVersion": "v1"}, {})]  # fmt: skip
    assert said == ["AI: One.", "AI: Two."]
    status, message = await refused(sandbox, "POST", "/call", {**CALL, "squadId": squad, "squadVersion": "v9"})
    assert (status, "squad version v9" in message) == (400, True)


async def test_a_tool_is_called_in_the_version_that_is_named() -> None:
    server = Server()
    sandbox = Sandbox(server=server)
    names = iter(("first", "second"))
    body = {"type": "function", "function": {"name": next(names)}}
    made = (await ask(sandbox, "POST", "/tool", body))["id"]
    await ask(sandbox, "PATCH", f"/tool/{made}", {"function": {"name": next(names)}})
    sandbox.script([tool("first")])
    model = {"provider": "openai", "model": "gpt-4o", "toolRefs": [{"toolId": made, "version": "v1"}]}
    await call(sandbox, assistant={"model": model})
    (asked,) = server.of("tool-calls")
    assert asked["toolCallList"][0]["function"]["name"] == "first"


async def test_messages_say_which_version_talks() -> None:
    server = Server()
    sandbox = Sandbox(server=server)
    made = await two_versions(sandbox)
    squad = {"members": [{"assistantId": made}]}
    who: list[dict[str, Any]] = [
        {"assistantId": made},
        {"assistantId": made, "assistantVersion": "v1"},
        {"assistant": {}},
        {"squad": squad},
    ]
    for each in who:
        await call(sandbox, **each)
    assert [each["assistantVersion"] for each in server.of("end-of-call-report")] == ["v2", "v1", None, None]


async def test_a_version_that_is_gone_when_a_call_is_due_ends_it() -> None:
    sandbox = Sandbox()
    made = await two_versions(sandbox)
    plan = {"earliestAt": "2026-01-01T01:00:00.000Z"}
    body = {**CALL, "assistantId": made, "assistantVersion": "v2", "schedulePlan": plan}
    scheduled = (await ask(sandbox, "POST", "/call", body))["id"]
    await ask(sandbox, "DELETE", f"/assistant/{made}")
    assert (await sandbox.run(scheduled))["endedReason"] == "call.start.error-get-assistant"
