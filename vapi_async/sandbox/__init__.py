"""`vapi_async.sandbox`: a Vapi that runs inside a test process, or on a port, made from the same contract.

    async with Sandbox() as sb:
        vapi = sb.client()
        number = await vapi.phone_numbers.create({"provider": "vapi"})
        call = await vapi.calls.create(
            assistant={"firstMessage": "Hello!"}, phone_number_id=number.id, customer={"number": "+14155550100"}
        )
        ended = await sb.run(call.id)
        assert "Hello!" in ended["transcript"]

Every operation of the contract answers, driven by its operation table (`contract`): what a path's shape says is a
collection is stored, listed, patched and deleted (`records`, `listing`, `related`); what has no natural state answers
an example of its schema (`examples`). Requests are validated against the contract, and refused in the API's own form
(`complaints`, `wire`). Calls and chats are alive (`telephony`), on a clock that a test moves (`clock`), and send the
server messages that Vapi would send (`deliveries`). Faults are ordered (`faults`), and what was asked is kept
(`journal`).

All that changes is in one `State` per sandbox, so sandboxes do not see each other; what follows from a contract alone,
its table and validators, is made once in a process.

It needs the extra: `pip install 'vapi-async[sandbox]'`. On a port: `python -m vapi_async.sandbox --port 8787`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .box import Sandbox
    from .deliveries import Delivery
    from .journal import Record
    from .script import assistant, hang, tool, transfer, user
    from .transport import OutsideRequest
    from .wire import Refusal

_MODULES = {
    "Delivery": "deliveries",
    "OutsideRequest": "transport",
    "Record": "journal",
    "Refusal": "wire",
    "Sandbox": "box",
    "assistant": "script",
    "hang": "script",
    "tool": "script",
    "transfer": "script",
    "user": "script",
}

__all__ = [
    "Delivery",
    "OutsideRequest",
    "Record",
    "Refusal",
    "Sandbox",
    "assistant",
    "hang",
    "tool",
    "transfer",
    "user",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
