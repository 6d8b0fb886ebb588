from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import anyio
import pytest

Runner = Callable[[Callable[[], Awaitable[Any]]], Any]

# Loading the certificates takes longer than most tests here, and none of them needs them twice.
_create_context = cache(ssl.create_default_context)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssl, "create_default_context", _create_context)
    for name in ("VAPI_API_KEY", "VAPI_BASE_URL", "VAPI_ALLOW_HTTP"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=["asyncio", "trio"])
def run(request: pytest.FixtureRequest) -> Runner:
    """Run an async function to its end on each of the two kinds of event loop; one that hangs fails."""

    def run(main: Callable[[], Awaitable[Any]]) -> Any:
        async def bounded() -> Any:
            with anyio.fail_after(300):
                return await main()

        return anyio.run(bounded, backend=request.param)

    return run
