"""What tests hold in their hands: sandboxes beside each other, their clients, what they hand out."""

from __future__ import annotations

import inspect
import textwrap
from typing import Any

import pytest

import vapi_async.sandbox
from tests.http.conftest import Runner, run  # noqa: F401
from tests.sandbox.walking import CALL, TOKEN
from vapi_async import AsyncVapi
from vapi_async.sandbox import Sandbox, tool, user
from vapi_async.webhooks import Webhooks


def test_a_webhooks_object_serves_one_sandbox_after_another(run: Runner) -> None:  # noqa: F811
    hooks = Webhooks(verify=None)
    came: list[str] = []

    @hooks.tool("ping")
    async def ping() -> str:
        came.append("tool")
        return "pong"

    @hooks.on("end-of-call-report")
    async def report(event: Any) -> None:
        came.append("report")

    async def main() -> None:
        for _ in range(2):
            async with Sandbox(server=hooks) as sb:
                sb.script([user("Go")], [("ping", {})])
                tools = [{"type": "function", "function": {"name": "ping"}}]
                model = {"provider": "openai", "model": "gpt-4o", "tools": tools}
                call = await sb.client().request("POST", "/call", json={**CALL, "assistant": {"model": model}})
                await sb.run(call["id"])

    run(main)
    assert came == ["tool", "report"] * 2


def test_a_seed_decides_the_ids() -> None:
    def first(**options: Any) -> str:
        return str(Sandbox(**options).add("/assistant", {"name": "A"})["id"])

    assert first(seed=7) == first(seed=7) != first(seed=8)
    assert first() != first()


def test_the_example_of_the_package_works(run: Runner) -> None:  # noqa: F811
    text = inspect.getdoc(vapi_async.sandbox) or ""
    example = "\n".join(line for line in text.splitlines() if line.startswith("    "))
    assert "async with Sandbox() as sb:" in example
    scope: dict[str, Any] = {"Sandbox": Sandbox}
    exec("async def main():\n" + textwrap.indent(textwrap.dedent(example), "    "), scope)  # noqa: S102
    run(scope["main"])


async def test_what_is_handed_out_is_a_copy() -> None:
    async with Sandbox() as sb:
        given = {"name": "A", "metadata": {"a": 1}}
        added = sb.add("/assistant", given)
        given["metadata"]["a"] = added["metadata"]["a"] = sb.objects("/assistant")[0]["metadata"]["a"] = 2
        assert sb.objects("/assistant")[0]["metadata"] == {"a": 1}
        made = await sb.client().request("POST", "/call", json=CALL)
        ended = await sb.run(made["id"])
        ended["customer"]["number"] = sb.calls[0]["customer"]["number"] = "changed"
        assert sb.calls[0]["customer"] == CALL["customer"]


async def test_http_clients_are_opened_and_closed_again_and_again() -> None:
    async with Sandbox() as sb:
        vapi = sb.client()
        for _ in range(2):
            async with sb.http_client() as http:
                assert (await http.get("/assistant", headers=TOKEN)).status_code == 200
            assert await vapi.request("GET", "/assistant") == []


async def test_a_client_is_what_is_made_of_its_arguments() -> None:
    def make(**options: Any) -> AsyncVapi:
        return AsyncVapi(**{**options, "token": "mine"})

    sb = Sandbox(token="mine")
    assert await sb.client(make).request("GET", "/assistant") == []


async def test_only_what_is_there_is_pinned() -> None:
    sb = Sandbox()
    with pytest.raises(ValueError, match="no assistant or tool 'unknown'"):
        sb.pin("unknown")
    sb.pin(sb.add("/tool", {"type": "endCall"})["id"])


async def test_without_credits_calls_go_on() -> None:
    async with Sandbox() as sb:
        sb.out_of_credits = True
        assert (await sb.client().request("POST", "/call", json=CALL))["status"] == "queued"
        assert "simulation" in (type(sb).out_of_credits.__doc__ or "")


async def test_sessions_are_active_for_a_day() -> None:
    vapi = Sandbox().client()
    made = await vapi.request("POST", "/session", json={"assistant": {"name": "A"}})
    assert (made["status"], made["expirationSeconds"]) == ("active", 86_400)
    made = await vapi.request("POST", "/session", json={"expirationSeconds": 60, "status": "completed"})
    assert (made["status"], made["expirationSeconds"]) == ("completed", 60)


async def test_an_answer_without_state_conforms_whatever_the_seed() -> None:
    for seed in range(6):
        sb = Sandbox(seed=seed)
        operation = sb._state.contract.operations["POST /structured-output/run"]
        answer = sb._crud.handler(operation)(None)  # type: ignore[arg-type]
        assert sb._state.contract.validate_response(operation, operation.status, answer.body) == []


async def test_a_script_that_calls_what_is_no_tool_ends_the_call() -> None:
    async with Sandbox() as sb:
        sb.script([tool("nothing")])
        call = await sb.client().request("POST", "/call", json=CALL)
        with pytest.raises(ValueError, match="calls the tool 'nothing'"):
            await sb.run(call["id"])
        assert sb.calls[0]["status"] == "ended"
        assert (await sb.run(call["id"]))["status"] == "ended"
