"""Chats: `POST /chat` and `POST /chat/responses`, answered whole or as a stream of events.

What is answered is what `sb.script_chat` said, in order, or else the input said back. A chat goes on from another one
(`previousChatId`) or from a session (`sessionId`); all are kept in the store. A stream comes word by word. The contract
has no end mark for streams of `/chat`, so there is none.

The contract gives the messages of users and systems in chats the fields that they have in calls (message, time …); the
API sends `content`. Here they have both.
"""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any

from .calls import call_resources as resources
from .calls.call_resources import Json, ResourceMissing
from .clock import milliseconds
from .deliveries.subscriptions import is_subscribed, server_of
from .rest.http_values import HttpRequest, HttpResponse, Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator

    from .deliveries.deliveries import Deliveries
    from .rest.state import SandboxState

_CONTEXT_KEYS = ("assistantId", "assistant", "squadId", "squad", "sessionId", "previousChatId")
_COPIED = (*_CONTEXT_KEYS, "assistantOverrides", "name", "input", "stream", "transport")
_INHERITED = ("assistantId", "assistant", "squadId", "squad", "sessionId")
_A_CHARACTER = 0.000_01
_STREAM = {"content-type": "text/event-stream", "cache-control": "no-cache"}


class ChatHandlers:
    """The chats of one sandbox.

    Args:
        state: Its state.
        deliveries: What sends server messages.
    """

    def __init__(self, state: SandboxState, deliveries: Deliveries) -> None:
        self._state = state
        self._deliveries = deliveries
        self._answers: deque[str] = deque()

    def script(self, *answers: str) -> None:
        """Say what the next chats are answered.

        Raises:
            ValueError: an answer is no text.
        """
        given: tuple[Any, ...] = answers
        if wrong := [each for each in given if not isinstance(each, str)]:
            raise ValueError(f"script_chat: an answer is a text, got {wrong[0]!r}")
        self._answers.extend(answers)

    def handlers(self) -> dict[str, Callable[[HttpRequest], Awaitable[HttpResponse]]]:
        """Return what answers the operations that make chats, by operation."""
        handlers = {"POST /chat": self._chat, "POST /chat/responses": self._respond}
        return {key: handler for key, handler in handlers.items() if self._is_known(key)}

    def _is_known(self, key: str) -> bool:
        """Whether the contract has an operation in the form that it has here; `/chat` was once something else."""
        operation = self._state.contract.operations.get(key)
        return operation is not None and "input" in self._state.contract.resolve(operation.body or {}).get(
            "properties", {}
        )

    async def _chat(self, request: HttpRequest) -> HttpResponse:
        chat = await self._answer(request.body)
        if not request.body.get("stream", False):
            return HttpResponse(200, chat)
        return HttpResponse(200, _events(_chat_events(chat)), dict(_STREAM))

    async def _respond(self, request: HttpRequest) -> HttpResponse:
        chat = await self._answer(request.body)
        response = _response(chat, int(self._state.clock.now().timestamp()))
        if not request.body.get("stream", True):
            return HttpResponse(200, response)
        return HttpResponse(200, _events(_response_events(response)), dict(_STREAM))

    async def _answer(self, body: Json) -> Json:
        """Check a request, answer it, and store the chat."""
        before, inherited = self._context(body)
        source = inherited | body
        assistant = self._assistant(source)
        said = _messages(body["input"], milliseconds(self._state.clock.now()))
        if not said:
            raise Refusal(400, ["input must not be empty"])
        text = self._answers.popleft() if self._answers else f"You said: {said[-1].get('content') or ''}"
        output = [{"role": "assistant", "content": text}]
        cost = round(len(text) * _A_CHARACTER, 5)
        chat = inherited | {key: body[key] for key in _COPIED if body.get(key) is not None}
        stored = self._state.store.add(
            "/chat",
            chat
            | {
                "messages": [*before, *said, *output],
                "output": output,
                "cost": cost,
                "costs": [{"type": "chat", "cost": cost}],
            },
        )
        # A session keeps the whole conversation, so the next chat of it goes on from here.
        if chat.get("sessionId"):
            self._extend_session(chat["sessionId"], [*before, *said, *output], cost)
        await self._tell("chat.created", stored, assistant)
        return stored

    def _extend_session(self, id: str, messages: list[Json], cost: float) -> None:  # noqa: A002
        session = self._state.store.get("/session", id) or {}
        total = round((session.get("cost") or 0) + cost, 5)
        costs = {"cost": total, "costs": [{"type": "session", "cost": total}]}
        self._state.store.patch("/session", id, {"messages": messages, **costs})

    async def _tell(self, message_type: str, chat: Json, assistant: Json) -> None:
        """Send a message about a chat, if its assistant has subscribed to that."""
        server = server_of(assistant) or self._deliveries.org_server
        if server is not None and is_subscribed(assistant, message_type, {}):
            now = milliseconds(self._state.clock.now())
            message = {"timestamp": now, "type": message_type, "chat": chat, "assistant": assistant}
            await self._state.clock.follow(self._deliveries.send_with_retries(server, message, None))

    def _context(self, body: Json) -> tuple[list[Json], Json]:
        """What was said before, and with whom."""
        if body.get("sessionId") and body.get("previousChatId"):
            raise Refusal(400, ["only one of sessionId and previousChatId can be given"])
        if body.get("sessionId"):
            if body.get("assistantId") or body.get("assistant"):
                raise Refusal(400, ["assistantId and assistant cannot be given with sessionId"])
            session = self._stored("session", body["sessionId"])
            if session.get("status") == "completed":
                raise Refusal(400, f"Session {session['id']} is completed.")
            return list(session.get("messages") or ()), {k: session[k] for k in _INHERITED if session.get(k)}
        if body.get("previousChatId"):
            chat = self._stored("chat", body["previousChatId"])
            return list(chat.get("messages") or ()), {key: chat[key] for key in _INHERITED if chat.get(key)}
        return [], {}

    def _assistant(self, source: Json) -> Json:
        """Who answers; {} if only what went before says so."""
        if all(source.get(key) in (None, "") for key in _CONTEXT_KEYS):
            raise Refusal(400, [f"one of {', '.join(_CONTEXT_KEYS)} is required"])
        try:
            found = resources.assistants_of(self._state.store, source)
        except ResourceMissing as error:
            raise Refusal(400, str(error)) from error
        return found[0].settings if found else {}

    def _stored(self, resource: str, id: str) -> Json:  # noqa: A002
        found = self._state.store.get(f"/{resource}", id)
        if found is None:
            raise Refusal(400, f"Couldn't find {resource} {id}.")
        return found


def _messages(said: str | list[Json], now: int) -> list[Json]:
    """The input of a chat as messages; it may have its texts in `message` or `content`."""
    if isinstance(said, str):
        return [_message("user", said, now)] if said else []
    return [_message(each["role"], each.get("content") or each.get("message") or "", now) | each for each in said]


def _message(role: str, text: str, now: int) -> Json:
    message: Json = {"role": role, "content": text}
    if role in ("user", "system"):
        message |= {"message": text, "time": now, "secondsFromStart": 0}
    if role == "user":
        message["endTime"] = now
    return message


def _words(text: str) -> list[str]:
    """A text in pieces as a stream brings it: words with the blank before them."""
    first, *rest = text.split(" ")
    return [first, *(" " + word for word in rest)]


def _chat_events(chat: Json) -> Iterator[Json]:
    shared = {"sessionId": chat["sessionId"]} if chat.get("sessionId") else {}
    for number, message in enumerate(chat["output"]):
        for word in _words(message["content"]):
            yield {"id": chat["id"], **shared, "path": f"chat.output[{number}].content", "delta": word}


def _response(chat: Json, created: int) -> Json:
    """A chat as a `ResponseObject` of the contract."""
    output = [
        {
            "id": f"msg_{number}_{chat['id']}",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": message["content"], "annotations": []}],
        }
        for number, message in enumerate(chat["output"])
    ]
    return {
        "id": chat["id"],
        "object": "response",
        "created_at": created,
        "status": "completed",
        "error": None,
        "output": output,
    }


def _response_events(response: Json) -> Iterator[Json]:
    for number, item in enumerate(response["output"]):
        text = item["content"][0]["text"]
        place = {"item_id": item["id"], "output_index": number, "content_index": 0}
        for word in _words(text):
            yield {"type": "response.output_text.delta", **place, "delta": word}
        yield {"type": "response.output_text.done", **place, "text": text}
    yield {"type": "response.completed", "response": response}


async def _events(events: Iterable[Any]) -> AsyncIterator[bytes]:
    """Server-sent events, each in a piece of its own."""
    for event in events:
        yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
