"""The pytest plugin: fixtures `vapi_sandbox` and `vapi_client`.

    async def test_support(vapi_sandbox, vapi_client):
        await vapi_client.assistants.create(name="Support")
        vapi_sandbox.assert_called("assistants.create", name="Support")

The fixtures are plain functions, so they work with every plugin that runs async tests. pytest loads this module in each
of its runs, also where the extra is not installed: it imports nothing before a fixture is used. A test that opens
websockets does so within `async with vapi_sandbox`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from vapi_async import AsyncVapi

    from .sandbox import Sandbox


@pytest.fixture
def vapi_sandbox() -> Sandbox:
    """A Vapi of its own for each test; override the fixture for one with other arguments."""
    from .sandbox import Sandbox

    return Sandbox()


@pytest.fixture
def vapi_client(vapi_sandbox: Sandbox) -> AsyncVapi:
    """A client of `vapi_sandbox`."""
    return vapi_sandbox.client()
