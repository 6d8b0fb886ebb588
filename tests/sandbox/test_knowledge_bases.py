"""Files of knowledge bases are indexed on the clock."""

from __future__ import annotations

from typing import Any

from tests.sandbox.asking import answer, ask
from tests.sandbox.walking import UNKNOWN
from vapi_async.sandbox import Sandbox

BASE = "/v2/knowledge-base"


async def attached(sandbox: Sandbox) -> tuple[str, str]:
    """The path of a knowledge base, and the id of a file in it."""
    files = {"file": ("a.txt", b"hello", "text/plain")}
    file = (await ask(sandbox, "POST", "/file", files=files))["id"]
    path = f"{BASE}/{(await ask(sandbox, 'POST', BASE, {'name': 'K'}))['id']}"
    made = await ask(sandbox, "POST", f"{path}/file", {"fileId": file})
    assert made["status"] == "indexing"
    return path, file


async def statuses(sandbox: Sandbox, path: str) -> list[Any]:
    listed = [each["status"] for each in await ask(sandbox, "GET", f"{path}/file")]
    assert [each["status"] for each in (await ask(sandbox, "GET", path))["files"]] == listed
    return listed


async def test_a_file_gets_ready() -> None:
    sandbox = Sandbox()
    path, _ = await attached(sandbox)
    assert await statuses(sandbox, path) == ["indexing"]
    await sandbox.clock.advance(10)
    assert await statuses(sandbox, path) == ["ready"]


async def test_one_that_failed_is_indexed_again() -> None:
    sandbox = Sandbox()
    sandbox.script_files(False, True)
    path, file = await attached(sandbox)
    await sandbox.clock.advance(10)
    assert await statuses(sandbox, path) == ["failed"]
    again = await ask(sandbox, "POST", f"{path}/file/{file}/retry")
    assert again["status"] == "indexing"
    await sandbox.clock.advance(10)
    assert await statuses(sandbox, path) == ["ready"]
    assert (await ask(sandbox, "POST", f"{path}/file/{file}/retry"))["status"] == "ready"
    assert (await answer(sandbox, "POST", f"{path}/file/{UNKNOWN}/retry")).status_code == 404


async def test_a_file_that_is_taken_out_meanwhile_does_not_come_back() -> None:
    sandbox = Sandbox()
    path, file = await attached(sandbox)
    await ask(sandbox, "DELETE", f"{path}/file/{file}")
    await sandbox.clock.advance(10)
    assert await statuses(sandbox, path) == []
