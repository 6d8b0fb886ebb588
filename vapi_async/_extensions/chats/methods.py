"""What `vapi.chats` has beyond the operations of the contract: answers that are read while they are made."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Required, Unpack, overload

from vapi_async._modeling.unset import UNSET
from vapi_async._operations.request_options import RequestOptions

if TYPE_CHECKING:
    from vapi_async._http.session import Session
    from vapi_async._modeling.unset import Unset
    from vapi_async._operations.operation import Operation
    from vapi_async.models import (
        AssistantOverrides,
        ChatInput,
        ChatInputItem,
        CreateAssistantDTO,
        CreateChatDTO,
        CreateSquadDTO,
        OpenAIResponsesRequest,
        TwilioSMSChatTransport,
    )

    from .stream import ChatStream

_ACCEPT = "text/event-stream, application/json"


class ChatFields(RequestOptions, total=False):
    """The keywords of both methods: those of `create` without `stream`, which is always true here."""

    input: Required[ChatInput | Mapping[str, Any] | Sequence[ChatInputItem | Mapping[str, Any]]]
    assistant_id: str | Unset
    assistant: CreateAssistantDTO | Mapping[str, Any] | Unset
    assistant_overrides: AssistantOverrides | Mapping[str, Any] | Unset
    squad_id: str | Unset
    squad: CreateSquadDTO | Mapping[str, Any] | Unset
    name: str | Unset
    session_id: str | Unset
    previous_chat_id: str | Unset
    transport: TwilioSMSChatTransport | Mapping[str, Any] | Unset


class ChatMethods:
    """Mixin of the generated resource."""

    _session: Session

    @overload
    def stream(self, request: CreateChatDTO | Mapping[str, Any], **options: Unpack[RequestOptions]) -> ChatStream: ...

    @overload
    def stream(self, **fields: Unpack[ChatFields]) -> ChatStream: ...

    def stream(self, request: Any = UNSET, **keywords: Any) -> ChatStream:
        """Send a message and read the reply while it is made.

            async with vapi.chats.stream(input="Hi", assistant_id=id) as stream:
                async for delta in stream:
                    print(delta, end="")
            stream.id  # the previous_chat_id of the next message

        `POST /chat`

        Args:
            request: the whole body, in place of the keywords.
            keywords: those of `create`, without `stream`: input, assistant_id, assistant, assistant_overrides,
                squad_id, squad, name, session_id, previous_chat_id, transport; and those that every method has.

        Returns:
            What to enter with `async with`: nothing is sent before.

        Raises:
            TypeError: there is no such keyword, or a value cannot be sent.
        """
        return self._stream("_CREATE", request, keywords)

    @overload
    def stream_response(
        self, request: OpenAIResponsesRequest | Mapping[str, Any], **options: Unpack[RequestOptions]
    ) -> ChatStream: ...

    @overload
    def stream_response(self, **fields: Unpack[ChatFields]) -> ChatStream: ...

    def stream_response(self, request: Any = UNSET, **keywords: Any) -> ChatStream:
        """The same as `stream`, by the endpoint in the shape of OpenAI's responses.

        `POST /chat/responses`

        Args:
            request: the whole body, in place of the keywords.
            keywords: as for `stream`.

        Returns:
            What to enter with `async with`: nothing is sent before.

        Raises:
            TypeError: there is no such keyword, or a value cannot be sent.
        """
        return self._stream("_CREATE_RESPONSE", request, keywords)

    def _stream(self, name: str, request: Any, keywords: Mapping[str, Any]) -> ChatStream:
        from vapi_async._operations.arguments import check_options, prepare

        from .stream import ChatStream

        if "stream" in keywords:
            raise TypeError("stream is always true here: leave it out, or use create, which waits for the whole answer")
        operation = self._operation(name)
        wire = _wire_names(operation)
        fields = {wire[key]: value for key, value in keywords.items() if key in wire}
        options = {key: value for key, value in keywords.items() if key not in wire}
        check_options(operation, options)
        options["extra_body"] = {**options.get("extra_body", {}), "stream": True}
        headers = {"accept": _ACCEPT}
        prepared = prepare(
            self._session, operation, headers=headers, request=request, fields=fields, options=options, stream=True
        )
        decoders = (self._operation(each).returns or _as_it_is for each in ("_CREATE", "_CREATE_RESPONSE"))
        return ChatStream(self._session, prepared, *decoders)

    def _operation(self, name: str) -> Operation[Any]:
        """Return an operation of the generated module, whatever package it is in, also for a class derived there."""
        modules = (vars(sys.modules[kind.__module__]) for kind in type(self).__mro__)
        found: Operation[Any] = next(module[name] for module in modules if name in module)
        return found


def _wire_names(operation: Operation[Any]) -> dict[str, str]:
    """Return parameter -> wire name of an operation's body."""
    assert operation.models is not None
    assert operation.model is not None
    wire: Mapping[str, str] = getattr(import_module(operation.models), operation.model)._wire
    return {name: wire[name] for name in operation.names}


def _as_it_is(value: Any) -> Any:
    return value
