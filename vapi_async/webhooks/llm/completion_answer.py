"""What a custom language model says, as the chunks of OpenAI's stream, or as one completion."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from vapi_async._lazy import exported_by

if TYPE_CHECKING:
    from .completion_request import CompletionRequest

DONE = b"data: [DONE]\n\n"
FAILED = {"error": {"message": "the model failed", "type": "server_error", "param": None, "code": None}}


@exported_by("vapi_async.webhooks")
class CompletionToolCall:
    """A call of a tool, for a custom language model to yield.

    Args:
        name: of the tool, one of those that the request has.
        arguments: by name, or as JSON text.
        id: of the call; made up if it is left out.
    """

    def __init__(self, name: str, arguments: Mapping[str, Any] | str = "{}", id: str | None = None) -> None:  # noqa: A002 - OpenAI's name
        self.name = name
        self.arguments = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
        self.id = id or f"call_{token_hex(12)}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as OpenAI has it."""
        return {"id": self.id, "type": "function", "function": {"name": self.name, "arguments": self.arguments}}


class CompletionAnswer:
    """An answer that is being made: counts the calls of tools, and knows how each piece is written.

    Args:
        request: what was asked.
    """

    def __init__(self, request: CompletionRequest) -> None:
        self._about = {"id": f"chatcmpl-{token_hex(12)}", "created": int(time.time()), "model": request.model}
        self._text: list[str] = []
        self._calls: list[dict[str, Any]] = []

    def add(self, piece: Any) -> bytes:
        """Take a piece, and return its chunk.

        Raises:
            TypeError: it is neither text nor a `CompletionToolCall`.
        """
        if isinstance(piece, str):
            self._text.append(piece)
            return self._chunk({"content": piece})
        if isinstance(piece, CompletionToolCall):
            self._calls.append(piece.to_dict())
            return self._chunk({"tool_calls": [{"index": len(self._calls) - 1, **piece.to_dict()}]})
        raise TypeError(f"a model yields text or CompletionToolCall, not {type(piece).__name__}")

    def beginning(self) -> bytes:
        """Return the first chunk."""
        return self._chunk({"role": "assistant", "content": ""})

    def end(self) -> bytes:
        """Return the last chunk, and the mark after it."""
        return self._chunk({}, self._finish_reason) + DONE

    def whole(self) -> bytes:
        """Return all of it as one completion."""
        message: dict[str, Any] = {"role": "assistant", "content": "".join(self._text) or None}
        if self._calls:
            message["tool_calls"] = self._calls
        choice = {"index": 0, "message": message, "finish_reason": self._finish_reason, "logprobs": None}
        usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
        return _encode({**self._about, "object": "chat.completion", "choices": [choice], "usage": usage})

    @property
    def _finish_reason(self) -> str:
        return "tool_calls" if self._calls else "stop"

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return event({**self._about, "object": "chat.completion.chunk", "choices": [choice]})


def event(data: Any) -> bytes:
    """Return a server-sent event."""
    return b"data: " + _encode(data) + b"\n\n"


def _encode(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
