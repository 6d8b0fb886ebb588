"""All extras at work together; a script, since it runs in environments that have nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import tempfile
from importlib import import_module
from pathlib import Path

from vapi_async import AsyncVapi, ConnectError
from vapi_async.cli.main import main
from vapi_async.sandbox import Sandbox, tool, user
from vapi_async.webhooks import Webhooks, shared_secret

MODULES = ("aiohttp", "cryptography", "openapi_python_client", "pyarrow.parquet", "redis", "uvicorn", "wsproto")


async def a_call_with_a_tool() -> None:
    """Let a sandbox play a call whose assistant calls a tool of ours."""
    hooks = Webhooks(verify=shared_secret("s" * 32))

    @hooks.tool()
    async def opening_hours(day: str) -> str:
        """Say when we are open."""
        return f"from 9 to 5 on {day}"

    server = {"url": "https://me.example/vapi", "secret": "s" * 32}
    async with Sandbox() as sandbox, sandbox.client() as vapi:
        sandbox.connect(server["url"], hooks)
        sandbox.script([user("When?"), tool("opening_hours", day="Monday"), ("assistant", "{result}")])
        model = {"provider": "openai", "model": "gpt-4o", "tools": hooks.tool_definitions(server)}
        assistant = await vapi.assistants.create(name="A", model=model, server=server)
        number = await vapi.phone_numbers.create({"provider": "vapi"})
        customer = {"number": "+14155550123"}
        call = await vapi.calls.create(assistant_id=assistant.id, phone_number_id=number.id, customer=customer)
        done = await vapi.calls.wait(call)
        assert "from 9 to 5 on Monday" in str(done.artifact.transcript), done


async def both_transports() -> None:
    """Ask for what is not there, over both transports."""
    for transport in ("httpx", "aiohttp"):
        async with AsyncVapi("t", base_url="http://127.0.0.1:9", transport=transport, retry=0) as vapi:
            with contextlib.suppress(ConnectError):
                await vapi.calls.get("c")
                raise AssertionError("somebody answers there")


def the_command_line() -> None:
    """List and export the calls of a sandbox."""
    shown = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(shown):
        assert main(["calls", "list", "--sandbox"]) == 0
        assert main(["calls", "export", str(Path(folder) / "calls.parquet"), "--sandbox"]) == 0
    assert len([line for line in shown.getvalue().splitlines() if line.startswith("{")]) == 3
    assert json.loads(shown.getvalue().splitlines()[0])["status"] == "ended"


for name in MODULES:
    import_module(name)
asyncio.run(a_call_with_a_tool())
asyncio.run(both_transports())
the_command_line()
print("all extras work together")
