"""The SDK's webhooks against the sandbox: deliveries are signed, checked, answered, and the answers count."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.conftest import Runner, run  # noqa: F401
from vapi_async import AsyncVapi
from vapi_async.sandbox import Sandbox, assistant, tool, user
from vapi_async.webhooks import ToolContext, ToolError, Verifier, Webhooks, bearer, from_plan, shared_secret

URL = "https://me.example/vapi"
HMAC = {"type": "hmac", "secretKey": "k3y", "algorithm": "sha256", "signatureHeader": "x-signature"}
BEARER = {"type": "bearer", "token": "t0ken"}


def weather(verify: Verifier | None) -> Webhooks:
    """A server with a tool, which keeps what it was told in `reports`."""
    hooks = Webhooks(verify=verify)

    @hooks.tool()
    async def get_weather(city: str, context: ToolContext) -> str:
        """Say how the weather is."""
        if city == "Atlantis":
            raise ToolError("There is no such city.")
        assert context.call is not None
        return f"Sunny in {city}"

    return hooks


def reports(hooks: Webhooks) -> list[Any]:
    told: list[Any] = []

    @hooks.on("end-of-call-report")
    async def keep(message: Any) -> None:
        told.append(message)

    return told


async def dial(vapi: AsyncVapi, **assistant: Any) -> Any:
    number = await vapi.phone_numbers.create({"provider": "vapi"})
    body: Any = {"assistant": {"name": "A", **assistant}, "phoneNumberId": number.id}
    return await vapi.calls.wait(await vapi.calls.create({**body, "customer": {"number": "+14155550123"}}))


def model(hooks: Webhooks, server: Any = URL) -> Any:
    return {"provider": "openai", "model": "gpt-4o", "tools": hooks.tool_definitions(server)}


@pytest.mark.parametrize(
    ("server", "plan", "verify"),
    [
        ({"url": URL, "secret": "s3cret"}, None, shared_secret("s3cret")),
        ({"url": URL, "credentialId": "c"}, BEARER, bearer("t0ken")),
        ({"url": URL, "credentialId": "c"}, HMAC, from_plan(HMAC)),
        ({"url": URL, "headers": {"X-Own": "h"}}, None, shared_secret("h", header="X-Own")),
    ],
    ids=["secret", "bearer", "hmac", "header"],
)
def test_signed_deliveries_are_taken(run: Runner, server: Any, plan: Any, verify: Verifier) -> None:  # noqa: F811
    hooks = weather(verify)
    told = reports(hooks)

    async def main() -> None:
        async with Sandbox(server=server) as sb:
            sb.connect(URL, hooks)
            if plan is not None:
                sb.credential("c", plan)
            sb.script([user("Weather?"), tool("get_weather", city="Oslo"), assistant("{result}.")])
            call = await dial(sb.client(), model=model(hooks, server))
            assert {delivery.status for delivery in sb.deliveries} == {200}
            assert call.artifact.transcript == "User: Weather?\nAI: Hold on a sec.\nAI: Sunny in Oslo.\n"
            assert told[-1].artifact.transcript == call.artifact.transcript
            assert told[-1].ended_reason == call.ended_reason

    run(main)


async def test_what_is_not_from_vapi_is_refused() -> None:
    hooks = weather(shared_secret("right"))
    told = reports(hooks)
    async with Sandbox(server={"url": URL, "secret": "wrong"}) as sb:
        sb.connect(URL, hooks)
        call = await dial(sb.client())
        assert call.status == "ended"
        assert {delivery.status for delivery in sb.deliveries} == {401}
        assert told == []


async def test_a_tool_that_cannot() -> None:
    hooks = weather(None)
    async with Sandbox() as sb:
        sb.connect(URL, hooks)
        sb.script([user("Weather?"), tool("get_weather", city="Atlantis"), tool("get_weather"), assistant("{result}")])
        call = await dial(sb.client(), model=model(hooks))
        unknown, without = sb.deliveries.of("tool-calls")
        assert unknown.reply["results"][0]["error"] == "There is no such city."
        assert "city" in without.reply["results"][0]["error"]
        assert "city" in call.artifact.transcript


async def test_several_tools_at_once() -> None:
    hooks = weather(None)
    async with Sandbox() as sb:
        sb.connect(URL, hooks)
        sb.script(["Weather?"], tool_calls=[("get_weather", {"city": "Rome"}), ("get_weather", {"city": "Bonn"})])
        await dial(sb.client(), model=model(hooks))
        (asked,) = sb.deliveries.of("tool-calls")
        assert [each["result"] for each in asked.reply["results"]] == ["Sunny in Rome", "Sunny in Bonn"]


async def test_a_server_that_comes_back_hears_of_it_once() -> None:
    told: list[str] = []
    down = [True, True]
    hooks = Webhooks(verify=None)

    @hooks.on("end-of-call-report")
    async def keep(message: Any) -> None:
        told.append(message.call.id)

    async def flaky(scope: Any, receive: Any, send: Any) -> None:
        await hooks(scope, receive, send)
        if down:
            down.pop()
            raise RuntimeError("after the answer was made")

    plan = {"type": "exponential", "maxRetries": 5, "baseDelaySeconds": 1}
    async with Sandbox(server={"url": URL, "backoffPlan": plan}) as sb:
        sb.connect(URL, flaky)
        call = await dial(sb.client(), serverMessages=["end-of-call-report"])
        await sb.clock.advance(60)
        assert [each.attempt for each in sb.deliveries.of("end-of-call-report")] == [1, 2, 3]
        assert told == [call.id]


@pytest.mark.parametrize("answer", [{"assistantId": "stored"}, {"assistant": {"firstMessage": "Front desk."}}])
def test_the_server_says_who_answers(run: Runner, answer: Any) -> None:  # noqa: F811
    hooks = Webhooks(verify=shared_secret("s3cret"))

    async def main() -> None:
        async with Sandbox(server={"url": URL, "secret": "s3cret"}) as sb:
            sb.connect(URL, hooks)
            vapi = sb.client()
            await vapi.phone_numbers.create({"provider": "vapi"})
            stored = await vapi.assistants.create(first_message="Front desk.")

            @hooks.on("assistant-request")
            async def choose(message: Any) -> Any:
                assert message.call.customer.number == "+14155550123"
                return {"assistantId": stored.id} if "assistantId" in answer else answer

            ringing = await sb.inbound("+14155550123")
            call = await vapi.calls.wait(ringing["id"])
            assert call.artifact.transcript.startswith("AI: Front desk.")
            assert (call.assistant_id == stored.id) is ("assistantId" in answer)

    run(main)


async def test_an_asgi_app_is_a_server_too() -> None:
    from starlette.applications import Starlette
    from starlette.routing import Route

    hooks = weather(None)
    told = reports(hooks)
    async with Sandbox(server=Starlette(routes=[Route("/webhook", hooks, methods=["POST"])])) as sb:
        call = await dial(sb.client())
        assert [message.call.id for message in told] == [call.id]
        assert {delivery.status for delivery in sb.deliveries} == {200}


async def test_a_server_elsewhere_is_not_asked() -> None:
    async with Sandbox(server="https://elsewhere.example/hook") as sb:
        await dial(sb.client())
        assert {delivery.status for delivery in sb.deliveries} == {0}
        assert all("sb.connect" in str(delivery.error) for delivery in sb.deliveries)
