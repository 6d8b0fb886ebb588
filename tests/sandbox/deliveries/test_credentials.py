"""Credentials hide their secrets, and sign with them."""

from __future__ import annotations

from typing import Any

from tests.sandbox.asking import ask, call
from tests.sandbox.world import Server
from vapi_async.sandbox import Sandbox

BEARER = {"type": "bearer", "token": "s3cret"}


async def test_what_was_created_is_read_without_secrets() -> None:
    sandbox = Sandbox()
    made = await ask(sandbox, "POST", "/credential", {"provider": "openai", "apiKey": "sk-1", "name": "Mine"})
    changed = await ask(sandbox, "PATCH", f"/credential/{made['id']}", {"provider": "openai", "apiKey": "sk-2"})
    for found in (made, changed, *await ask(sandbox, "GET", "/credential")):
        assert (found["provider"], found["name"], "apiKey" in found) == ("openai", "Mine", False)
    plan = {"provider": "custom-credential", "authenticationPlan": BEARER}
    custom = await ask(sandbox, "POST", "/credential", plan)
    assert custom["authenticationPlan"]["type"] == "bearer"
    assert "s3cret" not in str(await ask(sandbox, "GET", "/credential"))
    await ask(sandbox, "DELETE", f"/credential/{custom['id']}")
    assert len(sandbox.objects("/credential")) == 1


async def test_it_signs_what_goes_to_the_servers_that_name_it() -> None:
    server = Server()
    sandbox = Sandbox()
    body: dict[str, Any] = {"provider": "custom-credential", "authenticationPlan": BEARER}
    made = (await ask(sandbox, "POST", "/credential", body))["id"]
    sandbox.connect("https://me.example/vapi", server)
    await call(sandbox, assistant={"server": {"url": "https://me.example/vapi", "credentialId": made}})
    assert {headers["authorization"] for headers in server.headers} == {"Bearer s3cret"}
