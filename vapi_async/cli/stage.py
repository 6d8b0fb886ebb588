"""What `--sandbox` finds: an assistant, a number and some calls, the same each time but for the hour."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vapi_async import AsyncVapi

_CUSTOMERS = ("+14155550101", "+14155550102", "+14155550103")
_SEED = 20


@asynccontextmanager
async def staged() -> AsyncIterator[AsyncVapi]:
    """Give a client of a sandbox that has something to look at."""
    from vapi_async.sandbox import Sandbox

    async with Sandbox(seed=_SEED, start=datetime.now(UTC) - timedelta(hours=1)) as sandbox:
        client = sandbox.client()
        assistant = await client.assistants.create(
            name="Reception", first_message="Hello, how can I help?", model={"provider": "openai", "model": "gpt-4o"}
        )
        number = sandbox.add("/phone-number", {"provider": "vapi", "number": "+14155550100", "name": "Front desk"})
        for customer, how in zip(_CUSTOMERS, _ways(), strict=True):
            sandbox.script(**how)
            call: Any = await client.calls.create(
                assistant_id=assistant.id, phone_number_id=number["id"], customer={"number": customer}
            )
            await sandbox.run(call.id)
        yield client


def _ways() -> list[dict[str, Any]]:
    return [
        {"turns": ["What are your hours?", ("assistant", "Nine to five.")]},
        {"answered": False, "ended_reason": "customer-did-not-answer"},
        {"answered": "voicemail", "ended_reason": "voicemail"},
    ]
