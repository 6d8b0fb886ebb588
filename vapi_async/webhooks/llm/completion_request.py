"""`CompletionRequest`: what Vapi asks a custom language model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from vapi_async._lazy import exported_by
from vapi_async.errors import MessageError

if TYPE_CHECKING:
    from vapi_async.models import Call, CreateCustomerDTO


@exported_by("vapi_async.webhooks")
@frozen(repr=False)
class CompletionRequest:
    """A request for a chat completion: OpenAI's, and what Vapi adds of the call.

    Attributes:
        raw: the request, as JSON values.
    """

    raw: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"<CompletionRequest: {len(self.messages)} messages, {len(self.tools)} tools>"

    @property
    def messages(self) -> Sequence[dict[str, Any]]:
        """The conversation so far, as OpenAI has it: each with `role` and `content`, the newest last."""
        found: Sequence[dict[str, Any]] = self.raw["messages"]
        return found

    @property
    def tools(self) -> Sequence[dict[str, Any]]:
        """The tools that may be called, as OpenAI has them; none if there are none."""
        return self.raw.get("tools") or []

    @property
    def model(self) -> str:
        """The name of the model, as the assistant has it."""
        return str(self.raw.get("model") or "custom")

    @property
    def stream(self) -> bool:
        """Whether the answer is streamed; Vapi always wants that."""
        return bool(self.raw.get("stream"))

    @property
    def includes_usage(self) -> bool:
        """Whether a stream has to end with the number of tokens, as `CompletionUsage` says it."""
        options = self.raw.get("stream_options")
        return isinstance(options, dict) and bool(options.get("include_usage"))

    @property
    def temperature(self) -> float | None:
        """The temperature, if one is set."""
        return self.raw.get("temperature")

    @property
    def max_tokens(self) -> int | None:
        """The longest answer, in tokens, if it is bounded."""
        return self.raw.get("max_tokens")

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata of the assistant; empty unless `metadataSendMode` is "variable"."""
        return self.raw.get("metadata") or {}

    @property
    def call(self) -> Call | None:
        """The call that it is for; None in a chat, or if it is not sent."""
        from vapi_async.models import Call

        found = self.raw.get("call")
        return Call.from_dict(found) if isinstance(found, dict) else None

    @property
    def customer(self) -> CreateCustomerDTO | None:
        """Who is on the phone; None if it is not sent."""
        from vapi_async.models import CreateCustomerDTO

        found = self.raw.get("customer")
        return CreateCustomerDTO.from_dict(found) if isinstance(found, dict) else None


def read_request(body: bytes) -> CompletionRequest:
    """Return the request of a body.

    Raises:
        MessageError: it is no request for a chat completion.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise MessageError("the body is not JSON") from None
    messages = value.get("messages") if isinstance(value, dict) else None
    if not isinstance(messages, list) or not all(isinstance(one, dict) for one in messages):
        raise MessageError("the body is no request for a chat completion: it has no list of messages")
    return CompletionRequest(value)
