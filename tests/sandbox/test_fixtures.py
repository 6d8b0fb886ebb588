"""A sandbox in the fixtures of every runner: entered in one task, left in another, maybe in another loop's tests."""

from __future__ import annotations

import unittest

import pytest

from tests.sandbox.walking import CALL
from vapi_async.sandbox import Sandbox, user

pytest_plugins = ["pytester"]

FIXTURE = """
from __future__ import annotations
import pytest, pytest_asyncio
from vapi_async.sandbox import Sandbox, user

CALL = {"assistant": {"name": "A"}, "transport": {"provider": "vapi.websocket"}}

@pytest_asyncio.fixture(loop_scope="SCOPE", scope="SCOPE")
async def sandbox():
    async with Sandbox() as sb:
        yield sb

@pytest.mark.asyncio(loop_scope="TEST")
@pytest.mark.parametrize("number", [1, 2])
async def test_it(sandbox, number):
    sandbox.script([user("Hello there.", seconds=1)])
    vapi = sandbox.client()
    call = await vapi.calls.create(**CALL)
    async with vapi.live(call).listen() as heard:
        await sandbox.run(call.id)
        assert b"".join([piece async for piece in heard if isinstance(piece, bytes)])
"""


@pytest.mark.parametrize(
    ("scope", "test"),
    [("function", "function"), ("class", "class"), ("module", "module"), ("session", "session"),
     ("session", "function")],
)  # fmt: skip
def test_pytest_asyncio(pytester: pytest.Pytester, scope: str, test: str) -> None:
    pytester.makepyfile(FIXTURE.replace("SCOPE", scope).replace("TEST", test))
    result = pytester.runpytest_inprocess(
        "-q", "-p", "no:cacheprovider", "-W", "error", "-o", "asyncio_default_fixture_loop_scope=function"
    )
    result.assert_outcomes(passed=2)


ANYIO = """
from __future__ import annotations
import pytest
from vapi_async.sandbox import Sandbox

pytestmark = pytest.mark.anyio

@pytest.fixture(params=["asyncio", "trio"], scope="module")
def anyio_backend(request):
    return request.param

@pytest.fixture(scope="module")
async def sandbox(anyio_backend):
    async with Sandbox() as sb:
        yield sb

@pytest.mark.parametrize("number", [1, 2])
async def test_it(sandbox, number):
    vapi = sandbox.client()
    call = await vapi.calls.create(assistant={"name": "A"}, transport={"provider": "vapi.websocket"})
    async with vapi.live(call).listen() as heard:
        await sandbox.run(call.id)
        assert [piece async for piece in heard]
"""


def test_the_plugin_of_anyio(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(ANYIO)
    result = pytester.runpytest_inprocess("-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-W", "error")
    result.assert_outcomes(passed=4)


class TestUnittest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.sandbox = await Sandbox().__aenter__()
        self.addAsyncCleanup(self.sandbox.__aexit__, None, None, None)

    async def test_a_call_takes_place(self) -> None:
        self.sandbox.script([user("Hello.")])
        call = await self.sandbox.client().request("POST", "/call", json=CALL)
        assert (await self.sandbox.run(call["id"]))["status"] == "ended"


class TestRealTimeInUnittest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.sandbox = await self.enterAsyncContext(Sandbox(real_time=True))

    async def test_a_timer_runs_by_itself(self) -> None:
        import asyncio

        rang = asyncio.Event()

        async def ring() -> None:
            rang.set()

        self.sandbox.clock.after(0, ring)
        await asyncio.wait_for(rang.wait(), 60)
