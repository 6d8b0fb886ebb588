"""The journal of a sandbox that runs for long does not grow without end."""

from __future__ import annotations

import pytest

from vapi_async import VapiError
from vapi_async.sandbox import Sandbox


async def test_so_many_requests_are_kept() -> None:
    async with Sandbox(journal=(3, 10_000)) as sandbox:
        vapi = sandbox.client()
        for number in range(5):
            await vapi.assistants.create(name=f"A{number}")
        assert [record.body["name"] for record in sandbox.requests] == ["A2", "A3", "A4"]
        assert sandbox.requests.forgotten == 2
        with pytest.raises(AssertionError, match="and 2 earlier requests are forgotten"):
            sandbox.assert_called("assistants.create", name="A0")


async def test_so_many_bytes_are_kept_those_of_refused_requests_too() -> None:
    async with Sandbox(journal=(100, 10_000)) as sandbox:
        vapi = sandbox.client(retry=0)
        for number in range(20):
            with pytest.raises(VapiError):
                await vapi.request("POST", "/assistant", json={"nonsense": f"{number:02}" + "x" * 3000})
        assert len(sandbox.requests) == 3
        assert all(3000 < record.size < 3100 for record in sandbox.requests)
        sandbox.requests.clear()
        await vapi.assistants.list()
        assert len(sandbox.requests) == 1


async def test_the_latest_request_is_kept_whatever_its_size() -> None:
    async with Sandbox(journal=(100, 1)) as sandbox:
        vapi = sandbox.client()
        await vapi.assistants.create(name="A")
        await vapi.assistants.create(name="B")
        assert [record.body["name"] for record in sandbox.requests] == ["B"]


@pytest.mark.parametrize("journal", [(0, 1), (1, 0)])
def test_the_bounds_are_numbers(journal: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="journal"):
        Sandbox(journal=journal)
