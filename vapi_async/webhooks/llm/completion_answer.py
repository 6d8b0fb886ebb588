"""What a custom language model says, as the chunks of OpenAI's stream, or as one completion."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from attrs import asdict, frozen

from vapi_async._lazy import exported_by

if TYPE_CHECKING:
    from .completion_request import CompletionRequest

CHUNK = "chat.completion.chunk"
DONE = b"data: [DONE]\n\n"
FAILED: dict[str, Any] = {"error": {"message": "the model failed", "type": "server_error", "param": None, "code": None}}


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
        self.arguments: str = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
        self.id: str = id or f"call_{token_hex(12)}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as OpenAI has it."""
        return {"id": self.id, "type": "function", "function": {"name": self.name, "arguments": self.arguments}}


@exported_by("vapi_async.webhooks")
@frozen
class CompletionUsage:
    """How many tokens an answer took, for a custom language model to yield if it knows them; the last one counts.

    Attributes:
        prompt_tokens: of the conversation.
        completion_tokens: of the answer.
    """

    prompt_tokens: int
    completion_tokens: int

    def to_dict(self) -> dict[str, int]:
        """Return it as OpenAI has it."""
        return {**asdict(self), "total_tokens": self.prompt_tokens + self.completion_tokens}


class CompletionAnswer:
    """An answer that is being made: counts the calls of tools, and knows how each piece is written.

    Usage is told where the model has said it, and in a stream only if it is asked for; nothing is made up.

    Args:
        request: what was asked.
    """

    def __init__(self, request: CompletionRequest) -> None:
        self._about = {"id": f"chatcmpl-{token_hex(12)}", "created": int(time.time()), "model": request.model}
        self._text: list[str] = []
        self._calls: list[dict[str, Any]] = []
        self._usage: dict[str, int] | None = None
        # OpenAI's stream has usage in a chunk of its own, and null in all others.
        self._of_chunks = {"usage": None} if request.includes_usage else {}

    def add(self, piece: Any) -> bytes:
        """Take a piece, and return its chunk; none for usage, which comes at the end.

        Raises:
            TypeError: it is none that a model yields.
        """
        if isinstance(piece, str):
            self._text.append(piece)
            return self._chunk({"content": piece})
        if isinstance(piece, CompletionToolCall):
            self._calls.append(piece.to_dict())
            return self._chunk({"tool_calls": [{"index": len(self._calls) - 1, **piece.to_dict()}]})
        if isinstance(piece, CompletionUsage):
            self._usage = piece.to_dict()
            return b""
        raise TypeError(f"a model yields text, CompletionToolCall or CompletionUsage, not {type(piece).__name__}")

    def beginning(self) -> bytes:
        """Return the first chunk."""
        return self._chunk({"role": "assistant", "content": ""})

    def end(self) -> bytes:
        """Return the last chunk, the usage if it is wanted and known, and the mark after them."""
        last = self._chunk({}, self._finish_reason)
        if self._of_chunks and self._usage is not None:
            last += event({**self._about, "object": CHUNK, "choices": [], "usage": self._usage})
        return last + DONE

    def whole(self) -> bytes:
        """Return all of it as one completion."""
        message: dict[str, Any] = {"role": "assistant", "content": "".join(self._text) or None}
        if self._calls:
            message["tool_calls"] = self._calls
        choice = {"index": 0, "message": message, "finish_reason": self._finish_reason, "logprobs": None}
        usage = {} if self._usage is None else {"usage": self._usage}
        return _encode({**self._about, "object": "chat.completion", "choices": [choice], **usage})

    @property
    def _finish_reason(self) -> str:
        return "tool_calls" if self._calls else "stop"

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return event({**self._about, "object": CHUNK, "choices": [choice], **self._of_chunks})


def event(data: Any) -> bytes:
    """Return a server-sent event."""
    return b"data: " + _encode(data) + b"\n\n"


def _encode(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
