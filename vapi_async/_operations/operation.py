"""`Operation`: what the client knows of one operation of the contract. The generated endpoint modules are full of them.

They are plain records, cheap to make, since importing an endpoint module makes all of its operations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from vapi_async._http.prepared_request import Decoder, PreparedRequest
    from vapi_async._http.retry import Safety
    from vapi_async._http.session import Session
    from vapi_async.errors import Trace

    Tracer = Callable[[Session, PreparedRequest, Mapping[str, str]], Trace]

T = TypeVar("T")
Walk = Literal["created", "page", "single"]

_NOTHING: Mapping[Any, Any] = {}


class Operation(Generic[T]):
    """One operation of the contract; T is what its method returns.

    Args:
        method: the HTTP method, in capitals.
        path: the path with its parameters in braces, such as `/call/{id}`.
        body: how a body is sent, None if there is none.
        body_required: whether a body is sent even if nothing was given for it.
        model: the name of the body's model or union.
        models: the package of the models.
        files: the wire names of the parts that are files, of a multipart body.
        returns: makes the returned value from the decoded JSON of a 2xx answer; None: it is returned as it is.
        errors: status -> what makes a model of that answer's JSON, where the contract describes one.
        names: the Python names of the method's parameters.
        aliases: outdated parameter -> what to write instead.
        csv: the wire names of query parameters that take a list as one comma-separated value.
        defaults: fields of the body that are sent where the caller says nothing, by wire name.
        deprecated: whether the contract says that it will go; calling it warns.
        safe: "repeatable" or "unsafe", where that does not follow from the method (see `retry`).
        reconcile: makes the trace that errors of this operation get, to look for what it may have made all the same,
            of the session, the request and the header fields of the answer.
    """

    __slots__ = (
        "aliases",
        "body",
        "body_required",
        "csv",
        "defaults",
        "deprecated",
        "errors",
        "files",
        "method",
        "model",
        "models",
        "names",
        "path",
        "reconcile",
        "returns",
        "safe",
    )

    def __init__(
        self,
        method: str,
        path: str,
        *,
        body: Literal["json", "multipart"] | None = None,
        body_required: bool = False,
        model: str | None = None,
        models: str | None = None,
        files: tuple[str, ...] = (),
        returns: Decoder | None = None,
        errors: Mapping[int, Decoder] = _NOTHING,
        names: tuple[str, ...] = (),
        aliases: Mapping[str, str] = _NOTHING,
        csv: tuple[str, ...] = (),
        safe: Safety | None = None,
        reconcile: Tracer | None = None,
        deprecated: bool = False,
        defaults: Mapping[str, Any] = _NOTHING,
    ) -> None:
        self.method = method
        self.path = path
        self.body = body
        self.body_required = body_required
        self.model = model
        self.models = models
        self.files = files
        self.returns = returns
        self.errors = errors
        self.names = names
        self.aliases = aliases
        self.csv = csv
        self.safe: Safety | None = safe
        self.reconcile = reconcile
        self.deprecated = deprecated
        self.defaults = defaults

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.method} {self.path}>"


class ListOperation(Operation[T]):
    """An operation that lists; T is the type of an item.

    Args:
        method: the HTTP method, in capitals.
        path: the path with its parameters in braces.
        item: makes an item from its decoded JSON; None: it stays as it is.
        walk: how to get beyond the first page: by windows of createdAt, by page numbers, or not at all.
        filters: the wire names of all query parameters.
        limits: the least and the greatest `limit` of the contract, and what the API takes if none is sent.
        facts: anything else that `Operation` takes.
    """

    __slots__ = ("filters", "item", "limits", "walk")

    def __init__(
        self,
        method: str,
        path: str,
        *,
        item: Decoder | None = None,
        walk: Walk = "single",
        filters: tuple[str, ...] = (),
        limits: tuple[int, int, int] = (0, 1000, 100),
        **facts: Any,
    ) -> None:
        super().__init__(method, path, **facts)
        self.item = item
        self.walk: Walk = walk
        self.filters = filters
        self.limits = limits
