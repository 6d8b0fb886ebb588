"""What the examples have in common."""

from __future__ import annotations

import socket
import sys
from typing import Any

import anyio
import httpx
import pytest

from examples import kit
from examples.kit import DIALLING, live_settings, offline, until
from examples.older import generated
from vapi_async import AsyncVapi, VapiError


async def nothing(vapi: Any, settings: Any) -> None:
    """A flow that does nothing."""


async def test_the_sandbox_has_the_phone_number_and_the_server_of_the_settings() -> None:
    async def flow(vapi: AsyncVapi, settings: Any) -> None:
        assert (await vapi.phone_numbers.get(settings["VAPI_PHONE_NUMBER_ID"])).name == "Main line"
        assert [number.id async for number in vapi.phone_numbers.list()] == [DIALLING["VAPI_PHONE_NUMBER_ID"]]

    made: list[Any] = []
    settings = {**DIALLING, "VAPI_SERVER_URL": "https://my.app"}
    sandbox = await offline(flow, settings, app=lambda given: made.append(given) or nothing)
    assert made == [settings]
    assert len(sandbox.requests) == 2


async def test_the_world_may_be_prepared_by_an_async_function() -> None:
    async def prepare(sandbox: Any) -> None:
        sandbox.add("/assistant", {"name": "Old"})

    sandbox = await offline(nothing, prepare=prepare)
    assert [each["name"] for each in sandbox.objects("/assistant")] == ["Old"]


async def test_looking_until_it_is_done_takes_the_sandboxs_time() -> None:
    seen: list[int] = []

    async def look() -> int:
        seen.append(len(seen))
        return len(seen)

    async def flow(vapi: AsyncVapi, settings: Any) -> None:
        assert await until(vapi, look, lambda count: count == 100) == 100
        with pytest.raises(TimeoutError, match="not done after 3 looks"):
            await until(vapi, look, lambda count: False, looks=3)

    with anyio.fail_after(60):
        await offline(flow)
    assert len(seen) == 103


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAPI_API_KEY", "key")
    monkeypatch.setenv("VAPI_CALL_TO", "+1")
    assert live_settings({"VAPI_CALL_TO": "+2"}, "This calls {VAPI_CALL_TO}.") == {"VAPI_CALL_TO": "+1"}
    monkeypatch.setenv("VAPI_CALL_TO", "")
    with pytest.raises(SystemExit) as left:
        live_settings({"VAPI_CALL_TO": "+2"}, "This calls {VAPI_CALL_TO}.")
    assert str(left.value) == "--live needs VAPI_CALL_TO in the environment.\nThis calls VAPI_CALL_TO."


def test_live_an_app_is_served_while_the_flow_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"

    async def flow(vapi: AsyncVapi, settings: Any) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            print((await http.get(address)).status_code)

    monkeypatch.setattr(sys, "argv", ["example", "--live"])
    monkeypatch.setattr(kit, "LATE", 0.0)
    monkeypatch.setenv("PORT", address.rpartition(":")[2])
    monkeypatch.setenv("VAPI_API_KEY", "key")
    kit.run(flow, plan="This serves.", app=lambda settings: app)
    assert capsys.readouterr().out == "This serves.\n\n204\n"
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, trust_env=False)


@pytest.mark.parametrize("error", [TimeoutError("not done after 150 looks"), VapiError("refused")])
def test_live_a_failure_is_said_in_a_line(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    async def flow(vapi: AsyncVapi, settings: Any) -> None:
        raise error

    monkeypatch.setattr(sys, "argv", ["example", "--live"])
    monkeypatch.setenv("VAPI_API_KEY", "key")
    with pytest.raises(SystemExit, match=str(error)):
        kit.run(flow, plan="This fails.")


def test_a_package_that_cannot_be_generated_is_said() -> None:
    with pytest.raises(SystemExit, match="codegen failed"), generated("1999-12-31"):
        pass
