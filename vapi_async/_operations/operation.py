"""`Operation`: what the client knows of one operation of the contract. The generated endpoint modules are full of them.

They are plain records, cheap to make, since importing an endpoint module makes all of its operations.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from vapi_async._modeling.unset import UNSET

if TYPE_CHECKING:
    from vapi_async._http.prepared_request import Decoder, PreparedRequest
    from vapi_async._http.retry import Safety
    from vapi_async._http.session import Session
    from vapi_async.errors import Trace

    Tracer = Callable[[Session, PreparedRequest, Mapping[str, str]], Trace]
    Parameters = Mapping[str, str | tuple[str, ...]]

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
        in_path: wire name -> the method's parameter, for what is part of the path.
        in_query: the same for query parameters; several parameters make a repeated one.
        in_header: the same for header fields.
        in_body: the same for the fields of the body.
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
        "in_body",
        "in_header",
        "in_path",
        "in_query",
        "method",
        "model",
        "models",
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
        body: Literal["json", "multipart", "form"] | None = None,
        body_required: bool = False,
        model: str | None = None,
        models: str | None = None,
        files: tuple[str, ...] = (),
        returns: Decoder | None = None,
        errors: Mapping[int, Decoder] = _NOTHING,
        in_path: Parameters = _NOTHING,
        in_query: Parameters = _NOTHING,
        in_header: Parameters = _NOTHING,
        in_body: Parameters = _NOTHING,
        aliases: Mapping[str, str] = _NOTHING,
        csv: tuple[str, ...] = (),
        safe: Safety | None = None,
        reconcile: Tracer | None = None,
        deprecated: bool = False,
        defaults: Mapping[str, Any] = _NOTHING,
    ) -> None:
        self.method: str = method
        self.path: str = path
        self.body = body
        self.body_required: bool = body_required
        self.model: str | None = model
        self.models: str | None = models
        self.files: tuple[str, ...] = files
        self.returns: Decoder | None = returns
        self.errors: Mapping[int, Decoder] = errors
        self.in_path: Parameters = in_path
        self.in_query: Parameters = in_query
        self.in_header: Parameters = in_header
        self.in_body: Parameters = in_body
        self.aliases: Mapping[str, str] = aliases
        self.csv: tuple[str, ...] = csv
        self.safe: Safety | None = safe
        self.reconcile: Tracer | None = reconcile
        self.deprecated: bool = deprecated
        self.defaults: Mapping[str, Any] = defaults

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.method} {self.path}>"

    @property
    def names(self) -> list[str]:
        """The method's parameters."""
        mappings = (self.in_path, self.in_query, self.in_header, self.in_body)
        found = (name for mapping in mappings for name in mapping.values())
        return [each for name in found for each in ([name] if isinstance(name, str) else name)]

    def arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what `arguments.prepare` takes: the arguments of a call of the method, by place and wire name.

        Args:
            given: the arguments by the method's parameters; what it has beside those does not matter.
        """
        return {
            "path": _by_wire_name(self.in_path, given),
            "query": _by_wire_name(self.in_query, given),
            "headers": _by_wire_name(self.in_header, given),
            "request": given.get("request", UNSET),
            "fields": _by_wire_name(self.in_body, given),
            "options": given.get("options", _NOTHING),
        }


class ListOperation(Operation[T]):
    """An operation that lists; T is the type of an item.

    Args:
        method: the HTTP method, in capitals.
        path: the path with its parameters in braces.
        item: makes an item from its decoded JSON; None: it stays as it is.
        walk: how to get beyond the first page: by windows of createdAt, by page numbers, or not at all.
        limits: the least and the greatest `limit` of the contract, and what the API takes if none is sent.
        facts: anything else that `Operation` takes.
    """

    __slots__ = ("item", "limits", "walk")

    def __init__(
        self,
        method: str,
        path: str,
        *,
        item: Decoder | None = None,
        walk: Walk = "single",
        limits: tuple[int, int, int] = (0, 1000, 100),
        **facts: Any,
    ) -> None:
        super().__init__(method, path, **facts)
        self.item: Decoder | None = item
        self.walk: Walk = walk
        self.limits: tuple[int, int, int] = limits

    @property
    def filters(self) -> Collection[str]:
        """The wire names of all query parameters."""
        return self.in_query.keys()


def _by_wire_name(parameters: Parameters, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        wire: given.get(name, UNSET) if isinstance(name, str) else [given.get(each, UNSET) for each in name]
        for wire, name in parameters.items()
    }
