"""Many calls are deleted in the background, and some perhaps not."""

from __future__ import annotations

import pytest

from tests.sandbox.asking import answer, ask, call
from tests.sandbox.walking import UNKNOWN
from tests.sandbox.world import Server
from vapi_async.sandbox import Sandbox


async def test_the_answer_comes_before_the_calls_are_gone() -> None:
    server = Server()
    sandbox = Sandbox(server=server)
    ids = [(await call(sandbox))["id"] for _ in range(2)]
    first = await ask(sandbox, "DELETE", f"/call/{UNKNOWN}", {"ids": [*ids, UNKNOWN]})
    assert first["id"] == ids[0]
    assert [each["id"] for each in sandbox.calls] == ids
    await sandbox.clock.advance(3600)
    assert sandbox.calls == []
    told = [each for each in server.messages if each["type"].startswith("call.delete")]
    assert [(each["type"], each["call"]["id"]) for each in told] == [
        ("call.deleted", ids[0]), ("call.deleted", ids[1]), ("call.delete.failed", UNKNOWN),
    ]  # fmt: skip


async def test_one_that_fails_says_so() -> None:
    server = Server()
    sandbox = Sandbox(server=server)
    ids = [(await call(sandbox))["id"] for _ in range(2)]
    sandbox.fail_deletion(ids[1])
    await ask(sandbox, "DELETE", f"/call/{ids[0]}", {"ids": ids})
    await sandbox.clock.advance(3600)
    assert [(each["id"], each["status"]) for each in sandbox.calls] == [(ids[1], "deletion-failed")]
    (failed,) = server.of("call.delete.failed")
    assert (failed["call"]["id"], failed["call"]["status"]) == (ids[1], "deletion-failed")
    await ask(sandbox, "DELETE", f"/call/{ids[1]}", {})
    assert sandbox.calls == []


async def test_alone_it_fails_with_503() -> None:
    sandbox = Sandbox()
    one = (await call(sandbox))["id"]
    sandbox.fail_deletion(one)
    assert (await answer(sandbox, "DELETE", f"/call/{one}", {})).status_code == 503
    assert sandbox.calls[0]["status"] == "deletion-failed"
    with pytest.raises(ValueError, match="there is no call"):
        sandbox.fail_deletion(UNKNOWN)
