"""A sandbox that is kept in a file goes on after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.walking import CALL, TOKEN
from vapi_async.sandbox import Sandbox


async def test_what_is_stored_survives(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    async with Sandbox(seed=1, persist=file) as sandbox:
        vapi = sandbox.client()
        kept = await vapi.assistants.create(name="Kept")
        await vapi.assistants.delete((await vapi.assistants.create(name="Deleted")).id)
        await vapi.assistants.update(kept.id, name="Renamed")
        uploaded = await vapi.files.create(file=b"hello", purpose="assistant")
        before = sandbox.objects("/assistant")
    async with Sandbox(seed=1, persist=file) as sandbox:
        vapi = sandbox.client()
        assert sandbox.objects("/assistant") == before
        assert (await vapi.assistants.get(kept.id)).name == "Renamed"
        async with sandbox.http_client() as http:
            assert (await http.get((await vapi.files.get(uploaded.id)).to_dict()["url"])).content == b"hello"
        made = await vapi.assistants.create(name="Later")
        assert made.org_id == kept.org_id
        assert len({made.id, kept.id, uploaded.id}) == 3
        assert [each.name async for each in vapi.assistants.list()] == ["Later", "Renamed"]
        await vapi.files.delete(uploaded.id)
    async with Sandbox(seed=1, persist=file) as sandbox:
        assert sandbox.objects("/file") == []


async def test_calls_that_were_under_way_have_ended(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    async with Sandbox(persist=file) as sandbox, sandbox.http_client() as http:
        await http.post("/call", json=CALL, headers=TOKEN)
    async with Sandbox(persist=file) as sandbox:
        (call,) = sandbox.calls
        assert (call["status"], call["endedReason"]) == ("ended", "call.in-progress.error-vapifault-worker-died")


def test_what_is_no_such_file(tmp_path: Path) -> None:
    wrong = tmp_path / "text"
    wrong.write_text("this is a text of some length, and no database at all" * 50)
    for path in (wrong, tmp_path / "nowhere" / "sandbox.db"):
        with pytest.raises(ValueError, match="persist: cannot use"):
            Sandbox(persist=path)
