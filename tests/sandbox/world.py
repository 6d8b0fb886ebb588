"""A sandbox's telephony without the rest of the sandbox, and servers that answer as they are told."""

from __future__ import annotations

import json
from typing import Any

from tests.contract import own_contract
from vapi_async.sandbox.calls.telephony import Telephony
from vapi_async.sandbox.chats.chat_events import ChatMessages
from vapi_async.sandbox.chats.chat_handlers import ChatHandlers
from vapi_async.sandbox.clock import Clock
from vapi_async.sandbox.deliveries.deliveries import Deliveries
from vapi_async.sandbox.deliveries.delivery import Delivery
from vapi_async.sandbox.rest.contract import load_contract
from vapi_async.sandbox.rest.crud import CrudHandlers
from vapi_async.sandbox.rest.http_values import HttpRequest, HttpResponse
from vapi_async.sandbox.rest.state import SandboxState

Json = dict[str, Any]

WEATHER = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
    "messages": [{"type": "request-start", "content": ""}],
}
ASSISTANT = {
    "name": "Support",
    "firstMessage": "Hi, this is support.",
    "model": {"provider": "openai", "model": "gpt-4o", "messages": [{"role": "system", "content": "Be brief."}]},
}
CUSTOMER = {"number": "+14155550123"}

#: What the client takes to make a call that can be listened to.
BODY: Json = {
    "assistant": {"name": "A", "firstMessage": "Hi."},
    "phoneNumber": {"twilioAccountSid": "AC1", "twilioAuthToken": "t", "twilioPhoneNumber": "+14155550199"},
    "customer": {"number": "+14155550123"},
}


class Server:
    """Takes deliveries as a `Webhooks` object does.

    Args:
        reply: The JSON of the answer, or what makes it of a message.
        status: The HTTP statuses of the answers, in order; the last one for all further ones.
    """

    def __init__(self, reply: Any = None, *status: int) -> None:
        self.reply = reply
        self.status = list(status) or [200]
        self.messages: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.after = 0

    async def handle(self, body: bytes, headers: Any, *, method: str, url: str) -> Any:
        message = json.loads(body)["message"]
        self.messages.append(message)
        self.headers.append(dict(headers))
        reply = self.reply(message) if callable(self.reply) else self.reply
        status = self.status.pop(0) if len(self.status) > 1 else self.status[0]

        async def after() -> None:
            self.after += 1

        return status, b"" if reply is None else json.dumps(reply).encode(), after

    def of(self, kind: str) -> list[Json]:
        return [message for message in self.messages if message["type"] == kind]

    @property
    def types(self) -> list[str]:
        return [message["type"] for message in self.messages]


class World:
    """Calls and deliveries on a virtual clock.

    Args:
        server: The organisation's server.
        concurrency: How many calls can run at one time.
    """

    def __init__(self, server: Any = None, *, concurrency: int = 10, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.state = SandboxState(load_contract(), self.clock)
        self.store = self.state.store
        self.deliveries = Deliveries(self.state, server)
        self.telephony = Telephony(self.state, self.deliveries, concurrency=concurrency)
        self.chats = ChatHandlers(
            self.state, self.deliveries, ChatMessages(self.state, CrudHandlers(self.state), self.deliveries)
        )
        self.script = self.telephony.script

    async def request(self, operation: str, body: Any = None, **params: str) -> HttpResponse:
        handlers = self.telephony.handlers() | self.chats.handlers()
        reply = handlers[operation](HttpRequest("", "", operation, params=params, body=body))
        return reply if isinstance(reply, HttpResponse) else await reply

    def number(self, **more: Any) -> str:
        number = {"provider": "twilio", "number": "+14155550100", "twilioAccountSid": "AC1", "status": "active"}
        return self.store.add("/phone-number", number | more)["id"]

    async def dial(self, assistant: Json | None = None, **more: Any) -> str:
        """Make a call and return its id."""
        who = {} if "assistantId" in more or "squad" in more else {"assistant": ASSISTANT | (assistant or {})}
        body = {**who, "phoneNumberId": self.number(), "customer": CUSTOMER, **more}
        reply = await self.request("POST /call", body)
        assert reply.status == 201
        return reply.body["id"]

    async def call(self, assistant: Json | None = None, **more: Any) -> Json:
        """Make a call, and return it when it is over."""
        return await self.telephony.run(await self.dial(assistant, **more))

    def get(self, call_id: str) -> Json:
        found = self.store.get("/call", call_id)
        assert found is not None
        return found


def check(schema: str, value: Any) -> None:
    """Fail where a value breaks a schema of the contract."""
    contract = own_contract()
    assert contract.errors(value, contract.schemas[schema]) == []


def check_messages(deliveries: Deliveries | list[Delivery], schemas: dict[str, str]) -> None:
    """Fail where a delivered message breaks its schema."""
    for delivery in deliveries:
        check(schemas[delivery.type], delivery.message)
