"""The request for a stream: what `create` of chats sends, with `stream` set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vapi_async._operations.arguments import prepare

if TYPE_CHECKING:
    from vapi_async._http.prepared_request import PreparedRequest
    from vapi_async._http.session import Session
    from vapi_async._operations.operation import Operation

_ACCEPT = "text/event-stream, application/json"


def prepare_stream(
    session: Session, operation: Operation[Any], request: Any, fields: Mapping[str, Any], options: Mapping[str, Any]
) -> PreparedRequest:
    """Return the request for one call of a method that streams.

    Args:
        session: gives the address and what is sent with every request.
        operation: the operation.
        request: the whole body.
        fields: the fields of the body by wire name.
        options: the other keywords of the call.

    Raises:
        TypeError: an argument does not exist, or is of a type that cannot be sent.
    """
    if "stream" in options:
        raise TypeError("stream is always true here: leave it out, or use create, which waits for the whole answer")
    extra = options.get("extra_body", {})
    if isinstance(extra, Mapping):  # else `prepare` says what is wrong with it
        options = {**options, "extra_body": {**extra, "stream": True}}
    headers = {"accept": _ACCEPT}
    return prepare(session, operation, headers=headers, request=request, fields=fields, options=options, stream=True)
