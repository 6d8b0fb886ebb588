"""Chats: `POST /chat` and `POST /chat/responses`, answered whole or as a stream of events.

What is answered is what `sb.script_chat` said, in order, or else the input said back. A chat goes on from another one
(`previousChatId`) or from a session (`sessionId`); all are kept in the store. With a `transport` it is sent as a text
message.

The contract gives the messages of users and systems in chats the fields that they have in calls (message, time …); the
API sends `content`. Here they have both.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.calls import call_resources as resources
from vapi_async.sandbox.calls.call_resources import Json, ResourceMissing
from vapi_async.sandbox.calls.custom_model import ask_custom_model, has_custom_model
from vapi_async.sandbox.calls.templates import fill_variables
from vapi_async.sandbox.calls.tool_messages import filled
from vapi_async.sandbox.clock import milliseconds
from vapi_async.sandbox.rest.http_values import HttpRequest, HttpResponse, Refusal
from vapi_async.sandbox.script import ToolCallStep

from .chat_answers import chat_events, response_events, response_of, sent
from .chat_tools import ChatTools
from .texts import Texting, TextMessage, texting_number, texting_problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from vapi_async.sandbox.deliveries.deliveries import Deliveries
    from vapi_async.sandbox.rest.state import SandboxState

    from .chat_events import ChatMessages

_CONTEXT_KEYS = ("assistantId", "assistant", "squadId", "squad", "sessionId", "previousChatId")
_COPIED = (*_CONTEXT_KEYS, "assistantOverrides", "name", "input", "stream", "transport")
_INHERITED = ("assistantId", "assistant", "squadId", "squad", "sessionId")
_WHO = ("assistantId", "assistant", "squadId", "squad")
_A_CHARACTER = 0.000_01
#: How often a model may call tools before it has to say something.
_ROUNDS = 5
_STREAM = {"content-type": "text/event-stream", "cache-control": "no-cache"}


class ChatHandlers:
    """The chats of one sandbox.

    Args:
        state: Its state.
        deliveries: What sends server messages.
        messages: What tells servers of chats and sessions.
    """

    def __init__(self, state: SandboxState, deliveries: Deliveries, messages: ChatMessages) -> None:
        self._state = state
        self._deliveries = deliveries
        self._messages = messages
        self._tools = ChatTools(state, deliveries)
        self._answers: deque[list[str | ToolCallStep]] = deque()
        self._texting = Texting(state, messages)

    def script(self, *answers: str | ToolCallStep | Iterable[str | ToolCallStep]) -> None:
        """Say what the next chats are answered: a text, or tools that are called and then a text.

        Raises:
            ValueError: an answer is none of these.
        """
        self._answers.extend([_answer(each) for each in answers])

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
        return HttpResponse(200, sent(chat_events(chat)), dict(_STREAM))

    async def _respond(self, request: HttpRequest) -> HttpResponse:
        chat = await self._answer(request.body)
        response = response_of(chat, int(self._state.clock.now().timestamp()))
        if not request.body.get("stream", True):
            return HttpResponse(200, response)
        return HttpResponse(200, sent(response_events(response)), dict(_STREAM))

    async def receive(self, text: str, customer: Json, number: Json) -> Json:
        """Let a customer text a number: its session goes on, or a new one begins, and the text is answered.

        Args:
            text: what the customer says.
            customer: who, with a number.
            number: the stored number that is texted.

        Returns:
            The chat that answered it.

        Raises:
            ValueError: the number has no SMS, or nobody who answers.
        """
        who = {key: number[key] for key in _WHO if number.get(key)}
        if problem := texting_problem(number) or (None if who else f"Phone number {number['id']} has no assistant."):
            raise ValueError(f"inbound_text: {problem}")
        session = self._texting.session_with(customer["number"], number["id"])
        if session is None:
            session = await self._texting.open_session(who, customer, number)
        self._texting.note(customer["number"], number["number"], text, session["id"], inbound=True)
        chat = await self._answer({"input": text, "sessionId": session["id"]})
        self._texting.note(number["number"], customer["number"], _text_of(chat), session["id"])
        return chat

    @property
    def texts(self) -> list[TextMessage]:
        """The text messages that were sent and received, oldest first."""
        return list(self._texting.texts)

    async def _answer(self, body: Json) -> Json:
        """Check a request, answer it, store the chat, and send it as a text where it has a transport."""
        transport = body.get("transport") or {}
        if not transport:
            return await self._store_answer(body, *self._context(body))
        if body.get("sessionId") and transport.keys() & {"phoneNumberId", "customer", "customerId"}:
            raise Refusal(400, ["transport.phoneNumberId and customer cannot be given with sessionId"])
        if body.get("sessionId"):
            return await self._store_answer(body, *self._context(body))
        number = texting_number(self._state.store, transport)
        recipient = (transport.get("customer") or {}).get("number")
        if not recipient:
            raise Refusal(400, ["transport.customer.number is required"])
        self._assistant(body)
        who = {key: body[key] for key in _WHO if body.get(key)}
        session = await self._texting.open_session(who, transport["customer"], number)
        chat = await self._store_answer(body, [], {"sessionId": session["id"]})
        self._texting.note(number["number"], recipient, _text_of(chat), session["id"])
        return chat

    async def _store_answer(self, body: Json, before: list[Json], inherited: Json) -> Json:
        source = inherited | body
        assistant = self._assistant(source)
        said = _messages(body["input"], milliseconds(self._state.clock.now()))
        if not said:
            raise Refusal(400, ["input must not be empty"])
        chat: Json = {"id": self._state.new_id()} | inherited
        chat |= {key: body[key] for key in _COPIED if body.get(key) is not None}
        try:
            output = await self._output(body, chat | {"messages": [*before, *said]}, said, assistant)
        except ResourceMissing as error:
            raise Refusal(400, str(error)) from error
        cost = round(sum(len(message.get("content") or "") for message in output) * _A_CHARACTER, 5)
        answered = {"messages": [*before, *said, *output], "output": output, "cost": cost}
        stored = self._state.store.add("/chat", chat | answered | {"costs": [{"type": "chat", "cost": cost}]})
        if chat.get("sessionId"):
            self._go_on(chat["sessionId"], stored)
        await self._messages.tell("chat.created", stored)
        return stored

    def _go_on(self, session_id: str, chat: Json) -> None:
        """Let a session keep the whole conversation, so that the next chat goes on from here, and its cost."""
        session = self._state.store.get("/session", session_id) or {}
        cost = round(session.get("cost", 0) + chat["cost"], 5)
        costs = [{"type": "session", "cost": cost}]
        changes = {"messages": chat["messages"], "cost": cost, "costs": costs}
        self._state.store.patch("/session", session_id, changes)

    async def _output(self, body: Json, chat: Json, said: list[Json], assistant: Json) -> list[Json]:
        """Return the messages that answer a chat."""
        heard = said[-1].get("content") or ""
        if not (body.get("transport") or {}).get("useLLMGeneratedMessageForOutbound", True):
            return [{"role": "assistant", "content": heard}]
        output: list[Json] = []
        if not self._answers and has_custom_model(assistant):
            return await self._asked(chat, assistant)
        for part in self._answers.popleft() if self._answers else [f"You said: {heard}"]:
            if isinstance(part, ToolCallStep):
                shown = {**chat, "messages": [*chat["messages"], *output]}
                output += await self._tools.run(part, shown, assistant, partial(self._fill, chat))
            else:
                results = [message["content"] for message in output if message["role"] == "tool"]
                text = part.replace("{result}", results[-1]) if results else part
                output.append({"role": "assistant", "content": text})
        return output

    async def _asked(self, chat: Json, assistant: Json) -> list[Json]:
        """Return what a custom model answers, and what the tools bring that it calls.

        Raises:
            Refusal: it does not answer (400).
        """
        output: list[Json] = []
        fill = partial(self._fill, chat)
        prompts = [filled(each, fill) for each in assistant["model"].get("messages") or ()]
        for _ in range(_ROUNDS):
            shown = [_openai(message) for message in (*prompts, *chat["messages"], *output)]
            answer = await ask_custom_model(self._deliveries, self._state, assistant, shown, {"chat": chat})
            if answer.failed:
                raise Refusal(400, "The custom model did not answer: sb.deliveries has why.")
            if answer.text:
                output.append({"role": "assistant", "content": answer.text})
            if not answer.calls:
                break
            output += await self._tools.run(ToolCallStep(answer.calls), chat, assistant, fill)
        return output

    def _fill(self, chat: Json, text: str) -> str:
        variables = (chat.get("assistantOverrides") or {}).get("variableValues") or {}
        return fill_variables(text, {**variables, "chat": {"id": chat["id"]}}, self._state.clock.now())

    def _context(self, body: Json) -> tuple[list[Json], Json]:
        """What was said before, and with whom."""
        if body.get("sessionId") and body.get("previousChatId"):
            raise Refusal(400, ["only one of sessionId and previousChatId can be given"])
        if body.get("sessionId"):
            if body.keys() & set(_WHO):
                raise Refusal(400, [f"{', '.join(_WHO)} cannot be given with sessionId"])
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


def _openai(message: Json) -> Json:
    """Return a message of a chat with the members that OpenAI knows."""
    return {key: message[key] for key in ("role", "content", "tool_calls", "tool_call_id") if key in message}


def _answer(given: Any) -> list[str | ToolCallStep]:
    """Return the parts of an answer.

    Raises:
        ValueError: it is no text, and no list of tools and texts.
    """
    parts = [given] if isinstance(given, str | ToolCallStep) else given
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str | ToolCallStep) for part in parts):
        raise ValueError(f"script_chat: an answer is a text, or a list of tool(…) and texts, got {given!r}")
    return list(parts)


def _text_of(chat: Json) -> str:
    """Return what a chat answers, as one text."""
    return "\n".join(each["content"] for each in chat["output"] if each["role"] == "assistant" and each["content"])
