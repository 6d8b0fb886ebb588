from __future__ import annotations

from tests import fresh


def test_without_the_extra_the_error_says_what_to_install() -> None:
    code = """
import asyncio
sys.modules["wsproto"] = None
from vapi_async import AsyncVapi, MissingExtra

async def main():
    async with AsyncVapi("key") as vapi:
        live = vapi.live({"monitor": {"listenUrl": "wss://a.vapi.ai/x"}})
        try:
            async with live.listen():
                pass
        except MissingExtra as error:
            return str(error)

result = asyncio.run(main())
"""
    assert fresh.run(code) == "this needs wsproto, which is not installed: pip install 'vapi-async[live]'"


def test_commands_do_not_need_it() -> None:
    code = f"""
import asyncio, httpx
sys.modules["wsproto"] = None
from vapi_async import AsyncVapi

async def main():
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={{}}))
    async with httpx.AsyncClient(transport=transport) as http, AsyncVapi("key", http_client=http) as vapi:
        await vapi.live({{"monitor": {{"controlUrl": "https://a.vapi.ai/x"}}}}).say("x")

asyncio.run(main())
{fresh.LOADED}
live = "vapi_async._extensions.calls."
result = sorted(loaded & {{live + "websocket", live + "listening", live + "audio", "wave"}})
"""
    assert fresh.run(code) == []


def test_a_client_loads_none_of_it_until_it_is_asked_for() -> None:
    code = f"""
from vapi_async import AsyncVapi
AsyncVapi("key").calls
{fresh.LOADED}
live = "vapi_async._extensions.calls."
polling = "vapi_async._extensions.polling"
result = sorted(loaded & {{live + "live", live + "allowed_hosts", polling, "wsproto", "httpx_ws"}})
"""
    assert fresh.run(code) == []
