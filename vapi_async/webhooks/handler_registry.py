"""`HandlerRegistry`: which function is registered for which message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from .message_types import (
    EVERYTHING,
    FINAL_TRANSCRIPT,
    FUNCTION_CALL,
    REPLY_MODELS,
    TOOL_CALLS,
    TRANSCRIPT,
    VOICE_REQUEST,
    check_type,
)

if TYPE_CHECKING:
    from .handlers import Handler
    from .messages import ReceivedMessage
    from .tools.definition import ToolOptions
    from .tools.registry import Tools

FOR_TOOLS: Final = (TOOL_CALLS, FUNCTION_CALL)


class HandlerRegistry:
    """Functions by the type of the messages that they get.

    Args:
        models: the models package.
        tool_timeout: seconds for a tool that does not say itself.

    Attributes:
        events: handlers that return nothing, any number for a type.
        repliers: handlers that return the reply, one for a type.
        tools: the tools, None before the first.
        transcriber: serves the websocket of a custom transcriber, if there is one.
    """

    def __init__(self, models: str, tool_timeout: float) -> None:
        self.events: dict[str, list[Handler]] = {}
        self.repliers: dict[str, Handler] = {}
        self.tools: Tools | None = None
        self.transcriber: Handler | None = None
        self._models = models
        self._tool_timeout = tool_timeout

    def check_type(self, type_: str, *, unlisted: bool) -> None:
        """Raise if handlers cannot be registered for this type of message; the arguments are those of `Webhooks.on`."""
        if not unlisted or not isinstance(type_, str):
            check_type(type_, self._models)

    def add(self, types: Sequence[str], handler: Handler) -> None:
        """Add a handler for types of messages: for all of them, or for none.

        Raises:
            ValueError: one wants a reply, and something replies to it already.
        """
        for type_ in types:
            self._check_free(type_)
        for type_ in types:
            if _wants_reply(type_):
                self.repliers[type_] = handler
            else:
                self.events.setdefault(type_, []).append(handler)

    def _check_free(self, type_: str) -> None:
        if type_ in self.repliers:
            raise ValueError(f"{type_!r} has a handler already: only one can reply")
        if type_ in FOR_TOOLS and self.tools is not None:
            raise ValueError(f"there are tools, which reply to {type_!r}; '*' gets every message without replying")

    def add_tool(self, function: Callable[..., Any], name: str | None, options: ToolOptions) -> None:
        """Add a tool; the arguments are those of `Tools.add`.

        Raises:
            TypeError: `Tools.add` does not take the function.
            ValueError: a handler replies to calls of tools already, or there is a tool of that name.
        """
        taken = [type_ for type_ in FOR_TOOLS if type_ in self.repliers]
        if taken:
            raise ValueError(f"{taken[0]!r} has a handler already: either it or tools reply")
        if self.tools is None:
            from .tools.registry import Tools

            self.tools = Tools(timeout=self._tool_timeout)
        self.tools.add(function, name, **options)

    def set_transcriber(self, handler: Handler) -> None:
        """Set what serves the websocket of a custom transcriber.

        Raises:
            ValueError: there is one already.
        """
        if self.transcriber is not None:
            raise ValueError("there is a transcriber already")
        self.transcriber = handler

    def event_handlers(self, message: ReceivedMessage) -> list[Handler]:
        """Return the handlers of events that get a message, those of the more general type first."""
        types = [EVERYTHING, message.type]
        if message.type == FINAL_TRANSCRIPT:
            types.insert(1, TRANSCRIPT)
        elif message.type == TRANSCRIPT and message.raw.get("transcriptType") == "final":
            types.append(FINAL_TRANSCRIPT)  # Vapi names the type so in its settings, but sends it as a plain transcript
        return [handler for type_ in types if type_ in self.events for handler in self.events[type_]]


def _wants_reply(type_: str) -> bool:
    return type_ in REPLY_MODELS or type_ == VOICE_REQUEST
