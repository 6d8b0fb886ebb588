"""`Resource`: base of the generated endpoint classes. What their methods have in common is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from warnings import warn

from vapi_async._lazy import exported_by

from ._operations.missing_attributes import Attributes

if TYPE_CHECKING:
    from ._extensions.chats.stream import ChatStream
    from ._extensions.files.download import Download
    from ._http.session import Session
    from ._lists import Pager
    from ._operations.operation import ListOperation, Operation
    from .client import Client

T = TypeVar("T")

_NOTHING: Mapping[str, Any] = {}


@exported_by("vapi_async")
class Resource(Attributes):
    """The operations of one kind of thing.

    Args:
        client: sends the requests.
    """

    def __init__(self, client: Any) -> None:  # Any: the generated Resources become a Client only by inheritance
        self._client: Client = client
        self._session: Session = client._session

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._client!r}>"

    async def _send(self, operation: Operation[T], given: Mapping[str, Any] = _NOTHING) -> T:
        """Send the request of an operation and return what its method returns.

        Args:
            operation: what the contract says.
            given: the arguments of the method by their names, which are those in the operation's `in_…`, and `options`.
        """
        from ._operations.arguments import prepare

        if operation.deprecated:
            _warn(operation)
        value: T = await self._session.perform(prepare(self._session, operation, **operation.arguments(given)))
        return value

    def _download(self, operation: Operation[Any], given: Mapping[str, Any] = _NOTHING) -> Download:
        """Return the file that an operation answers with, or redirects to; nothing is sent until it is used."""
        from ._extensions.files.download import Download
        from ._operations.arguments import prepare

        if operation.deprecated:
            _warn(operation)
        return Download(self._session, prepare(self._session, operation, **operation.arguments(given)))

    def _stream(
        self, operation: Operation[Any], given: Mapping[str, Any], shapes: Sequence[Operation[Any]]
    ) -> ChatStream[Any]:
        """Return the answer of an operation as a stream; nothing is sent until it is used.

        The API may send the events of each of its streamed operations in the shape of any other: `shapes` are all.
        """
        from ._extensions.chats.stream import ChatStream
        from ._extensions.chats.stream_request import prepare_stream

        if operation.deprecated:
            _warn(operation)
        sent = operation.arguments(given)
        prepared = prepare_stream(self._session, operation, sent["request"], sent["fields"], sent["options"])
        return ChatStream(self._session, prepared, shapes[0].returns, shapes[-1].returns)

    def _list(self, operation: ListOperation[T], given: Mapping[str, Any]) -> Pager[T]:
        """Return the pager of a list operation; nothing is sent until it is used."""
        from ._operations.list_request import pager

        if operation.deprecated:
            _warn(operation)
        sent = operation.arguments(given)
        return pager(self._session, operation, sent["path"], sent["query"], sent["options"], given)


class Namespace(Attributes):
    """Resources below a common part of the path, such as `vapi.v2`.

    Args:
        client: sends the requests.
    """

    def __init__(self, client: Any) -> None:  # Any: the generated Resources become a Client only by inheritance
        self._client: Client = client

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._client!r}>"


def _warn(operation: Operation[Any]) -> None:
    text = f"{operation.method} {operation.path} is deprecated: the API may drop it"
    warn(text, DeprecationWarning, stacklevel=4)  # the caller of the resource's method
