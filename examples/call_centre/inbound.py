"""Personalised inbound calls: Vapi asks who is to talk, and the answer comes from a database of customers.

    python -m examples.call_centre.inbound          offline
    python -m examples.call_centre.inbound --live   needs VAPI_API_KEY, VAPI_PHONE_NUMBER_ID, VAPI_SERVER_URL
                                                    (of a tunnel to port 8000), VAPI_SERVER_SECRET, CUSTOMERS
                                                    (an SQLite file)

Vapi sends an assistant-request for a phone number that has a server, but neither assistant nor squad, and waits 7.5
seconds.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examples.call_centre.tunnel import SERVER, server
from examples.kit import DIALLING, Settings, run, until
from vapi_async import after
from vapi_async.sandbox import user
from vapi_async.webhooks import Webhooks, shared_secret

if TYPE_CHECKING:
    from datetime import datetime

    from vapi_async import AsyncVapi
    from vapi_async._lists import Page
    from vapi_async.models import Call, ServerMessageAssistantRequest
    from vapi_async.sandbox import Sandbox

PLAN = """\
This takes assistant and squad off phone number {VAPI_PHONE_NUMBER_ID}, has its calls answered through
{VAPI_SERVER_URL}, and waits five minutes for you to ring it, which costs money. Then the number gets back what it had.
The customers are in {CUSTOMERS}, which is made if it is not there."""
CALLER = "+14155550123"
SETTINGS = {
    "VAPI_PHONE_NUMBER_ID": DIALLING["VAPI_PHONE_NUMBER_ID"],
    **SERVER,
    "CUSTOMERS": str(Path(tempfile.gettempdir(), "customers.sqlite")),
}

TABLE = "create table if not exists customer (number text primary key, name text, open_orders integer)"
PEOPLE = [(CALLER, "Ada", 2), ("+14155550124", "Grace", 0)]
ASSISTANT = {
    "name": "Reception",
    "firstMessage": "Hello {{name}}! You have {{open_orders}} open orders. What can I do for you?",
    "model": {"provider": "openai", "model": "gpt-4o"},
    "maxDurationSeconds": 120,
}


def make_customers(path: str) -> None:
    """Make the database."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(TABLE)
        database.executemany("insert or ignore into customer values (?, ?, ?)", PEOPLE)


def find_customer(path: str, number: str) -> dict[str, Any] | None:
    """Look a customer up by the number they ring from."""
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        row = database.execute("select name, open_orders from customer where number = ?", (number,)).fetchone()
    return dict(row) if row else None


def reception(customers: str, secret: str) -> Webhooks:
    """Make the ASGI app that says who talks."""
    hooks = Webhooks(verify=shared_secret(secret))

    @hooks.on("assistant-request")
    def choose(message: ServerMessageAssistantRequest) -> dict[str, Any]:  # a plain function: runs in a thread
        # The answer may also be {"assistantId": ...}, {"squadId": ...}, {"destination": {"type": "number", ...}} for
        # somebody else to take the call, or {"error": "We are closed."} to say that and hang up.
        number = message.customer.number if message.customer else None
        customer = find_customer(customers, number) if number else None
        if customer is None:
            return {"assistant": ASSISTANT | {"firstMessage": "Hello! Who is calling, please?"}}
        return {"assistant": ASSISTANT, "assistantOverrides": {"variableValues": customer}}

    return hooks


async def inbound(vapi: AsyncVapi, settings: Settings) -> None:
    """Let the server answer the phone number until somebody rang."""
    number = await vapi.phone_numbers.get(settings["VAPI_PHONE_NUMBER_ID"])
    before = {key: number.get(key) for key in ("assistantId", "squadId", "server")}  # None clears a field
    mine = {"provider": number.provider, "assistantId": None, "squadId": None, "server": server(settings)}
    changed = await vapi.phone_numbers.update(number.id, mine)
    try:
        print(f"waiting   ring {number.get('number') or number.get('sipUri')}")
        call = await next_call(vapi, number.id, changed.updated_at)
    finally:
        await vapi.phone_numbers.update(number.id, {"provider": number.provider, **before})
    print(f"rang      {call.customer.number}: {call.ended_reason}\n")
    print(call.artifact.transcript if call.artifact else "Nobody spoke.")


async def next_call(vapi: AsyncVapi, phone_number_id: str, moment: datetime) -> Call:
    """Wait for the first call to a phone number after a moment, by the API's clock, and for its end."""

    async def rung() -> Page[Call]:
        return await vapi.calls.list(phone_number_id=phone_number_id, created=after(moment))

    page = await until(vapi, rung, len)
    return await vapi.calls.wait(page[-1])


def app(settings: Settings) -> Webhooks:
    """The app of this example's settings."""
    make_customers(settings["CUSTOMERS"])
    return reception(settings["CUSTOMERS"], settings["VAPI_SERVER_SECRET"])


def offline_caller(sandbox: Sandbox, number: str = CALLER) -> None:
    """Somebody who rings after ten seconds."""
    sandbox.script([user("Where is my parcel?"), ("assistant", "It arrives tomorrow.")])
    sandbox.clock.after(10, partial(sandbox.inbound, number))


if __name__ == "__main__":
    run(inbound, plan=PLAN, settings=SETTINGS, prepare=offline_caller, app=app)
