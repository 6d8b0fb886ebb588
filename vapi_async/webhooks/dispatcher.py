"""`Dispatcher`: from a verified message to the answer, by way of its handlers.

Messages that want a reply get that of their one handler, or of the tools; all others are accepted at once, and their
handlers run in `after`, when the answer is sent. Nothing that a handler does can fail the delivery: it is logged, and a
message that wants a reply gets one that Vapi can go on with.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from vapi_async.errors import MessageError

from .answer import ACCEPTED, Accepted, Answer, do_nothing, refused
from .duplicates import Duplicates
from .handler_registry import FOR_TOOLS
from .handlers import logger, named_if_cancelled, run_events
from .message_keys import deduplication_key
from .message_types import ASSISTANT_REQUEST, REPLY_MODELS, VOICE_REQUEST
from .messages import ReceivedMessage, call_id, read
from .replies import encode_reply, fallback_reply, tool_reply

if TYPE_CHECKING:
    from vapi_async._http.clock import SystemClock

    from .handler_registry import HandlerRegistry
    from .handlers import Handler
    from .reply_store import Replies
    from .tools.decryption import SupportsDecrypt


class Dispatcher:
    """Gives messages to their handlers.

    The arguments are those of `Webhooks`; without `replies` a message that comes again is handled again.
    """

    def __init__(
        self,
        handlers: HandlerRegistry,
        *,
        models: str,
        clock: SystemClock,
        tool_timeout: float,
        assistant_request_timeout: float,
        replies: Replies | None,
        decrypt: SupportsDecrypt | None,
    ) -> None:
        self._handlers = handlers
        self._models = models
        self._clock = clock
        self._tool_timeout = tool_timeout
        self._assistant_request_timeout = assistant_request_timeout
        self._decrypt = decrypt
        self._duplicates = None if replies is None else Duplicates(replies, clock)

    async def accept(self, body: bytes, began: float) -> Accepted:
        """Return the answer to a delivery that is verified, and what it was; the arguments are as in `dispatch`."""
        try:
            message = ReceivedMessage(read(body), self._models)
        except MessageError as error:
            return Accepted(refused(400, str(error)))
        return Accepted(await self.dispatch(message, began), message.type, call_id(message.raw))

    async def dispatch(self, message: ReceivedMessage, began: float) -> Answer:
        """Return the answer to a message.

        Args:
            message: the message.
            began: when the delivery came, by the clock: the API counts its deadline from there.
        """
        if message.type in REPLY_MODELS:
            return await self._reply(message, began)
        if message.type == VOICE_REQUEST:
            from .voice import speak

            limit = self._clock.limit(self._tool_timeout)
            return await speak(self._handlers.repliers.get(VOICE_REQUEST), message, limit, self._after(message))
        return Answer(200, ACCEPTED, self._after_event(message))

    async def run_events(self, body: bytes | str) -> None:
        """Run the handlers of an event that was verified before; another process may have it already."""
        message = ReceivedMessage(read(body), self._models)
        run, key = self._after(message), self._key(message)
        if self._duplicates is None or key is None:
            await run()
        else:
            # What this process knows does not count: it may be the one that put the event into the queue.
            await self._duplicates.handle_event(key, run)

    def _after_event(self, message: ReceivedMessage) -> Callable[[], Awaitable[None]]:
        after = self._after(message)
        # What nobody handles needs no key: there are many such messages, and nothing to do twice.
        key = None if after is do_nothing else self._key(message)
        if key is None or self._duplicates is None:
            return after
        return do_nothing if self._duplicates.is_repeated(key) else partial(self._duplicates.handle_event, key, after)

    def _key(self, message: ReceivedMessage) -> str | None:
        return None if self._duplicates is None else deduplication_key(message.type, message.raw)

    def _after(self, message: ReceivedMessage) -> Callable[[], Awaitable[None]]:
        handlers = self._handlers.event_handlers(message)
        return partial(run_events, handlers, message) if handlers else do_nothing

    async def _reply(self, message: ReceivedMessage, began: float) -> Answer:
        make = partial(self._try_reply, message, began)
        key = self._key(message)
        if self._duplicates is None or key is None:
            reply, new = await make(), True
        else:
            reply, new = await self._duplicates.reply(key, make)
        if reply is None:
            # Only here: a fallback is not kept, so that the next delivery of the message gets another try.
            reply = fallback_reply(message.type, message.raw)
        return Answer(200, reply, self._after(message) if new else do_nothing)

    async def _try_reply(self, message: ReceivedMessage, began: float) -> bytes | None:
        """Return the reply to a message; None if there is none, which is logged."""
        handler, tools = self._handlers.repliers.get(message.type), self._handlers.tools
        try:
            if handler is not None:
                return await self._ask(handler, message, began)
            if message.type in FOR_TOOLS and tools is not None:
                return await tool_reply(tools, message, self._decrypt)
        except Exception:  # noqa: BLE001 - handlers raise anything, and Vapi gets its reply
            logger.exception("there is no reply to %s", message.type)
            return None
        logger.error("there is no handler for %s, which wants a reply", message.type)
        return None

    async def _ask(self, handler: Handler, message: ReceivedMessage, began: float) -> bytes | None:
        """Return the reply of a handler; None if it is not there in time."""
        limit = self._tool_timeout
        if message.type == ASSISTANT_REQUEST:
            # What verifying took counts too: Vapi's 7.5 seconds are for all of it, and it does not wait longer.
            limit = max(0.0, self._assistant_request_timeout - (self._clock.now() - began))
        with self._clock.limit(limit) as scope, named_if_cancelled(f"the handler {handler.name}", message.type, scope):
            return encode_reply(message.type, await handler(message.model), self._models)
        logger.error("there is no reply to %s: %s took longer than %g seconds", message.type, handler.name, limit)
        return None
