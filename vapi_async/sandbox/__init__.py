"""`vapi_async.sandbox`: a Vapi that runs inside a test process, or on a port, made from the same contract.

    async with Sandbox() as sb:
        vapi = sb.client()
        number = await vapi.phone_numbers.create({"provider": "vapi"})
        call = await vapi.calls.create(
            assistant={"firstMessage": "Hello!"}, phone_number_id=number.id, customer={"number": "+14155550100"}
        )
        ended = await sb.run(call.id)
        assert "Hello!" in ended["transcript"]

Every operation of the contract answers. What a path's shape says is a collection is stored, listed, patched and
deleted; what has no natural state answers an example of its schema. Requests are validated against the contract, and
refused in the API's own form. Calls and chats are alive, on a clock that a test moves, and send the server messages
that Vapi would send. Faults are ordered, and what was asked is kept.

The rooms, each importing only what stands above it (`tests/sandbox/test_rooms.py` holds that):

- `latest`, `task_host`: a list that forgets its beginning, and a task group that lives in a task of its own
- `clock`, `script`: time, and how a call goes; they know nothing of the sandbox
- `rest`, `script_file`: the contract, the store, CRUD and lists over it, `rest.state` is what all parts of a sandbox
  share; scripts in a file
- `deliveries`: server messages on their way: to which server, signed how, what came back
- `calls`: how calls come about, go on and end, what is heard and recorded of them
- `background_sounds`, `campaigns`, `chats`, `evaluation`, `knowledge_bases`, `reporting`, `serving`, `sessions`: what
  an address looks like; campaigns; chats and text messages; runs that judge; files that are indexed; figures over what
  is stored; the ASGI application, faults, the journal, and the way of a client in this process; sessions, which end
- `sandbox`: the class `Sandbox`, which puts them together; the pytest plugin and the command are made of it

All that changes is in one `SandboxState` per sandbox, so sandboxes do not see each other; what follows from a contract
alone, its table and validators, is made once in a process.

It needs the extra: `pip install 'vapi-async[sandbox]'`. On a port: `python -m vapi_async.sandbox --port 8787`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vapi_async._lazy import lazy_exports

if TYPE_CHECKING:
    from vapi_async.sandbox.chats.texts import TextMessage as TextMessage
    from vapi_async.sandbox.clock import Clock as Clock
    from vapi_async.sandbox.deliveries.deliveries import Deliveries as Deliveries
    from vapi_async.sandbox.deliveries.delivery import Delivery as Delivery
    from vapi_async.sandbox.rest.http_values import Refusal as Refusal
    from vapi_async.sandbox.sandbox import Sandbox as Sandbox
    from vapi_async.sandbox.script import (
        assistant as assistant,
        hang as hang,
        tool as tool,
        transfer as transfer,
        user as user,
    )
    from vapi_async.sandbox.serving.journal import Record as Record
    from vapi_async.sandbox.serving.transport import OutsideRequest as OutsideRequest
else:
    __getattr__, __dir__ = lazy_exports(
        __name__,
        {
            "vapi_async.sandbox.chats.texts": ("TextMessage",),
            "vapi_async.sandbox.clock": ("Clock",),
            "vapi_async.sandbox.deliveries.deliveries": ("Deliveries",),
            "vapi_async.sandbox.deliveries.delivery": ("Delivery",),
            "vapi_async.sandbox.serving.journal": ("Record",),
            "vapi_async.sandbox.rest.http_values": ("Refusal",),
            "vapi_async.sandbox.sandbox": ("Sandbox",),
            "vapi_async.sandbox.script": ("assistant", "hang", "tool", "transfer", "user"),
            "vapi_async.sandbox.serving.transport": ("OutsideRequest",),
        },
    )
