"""From the arguments of a method to the request: checked here, before anything is sent.

The fields of a body come as keywords or, all of them, as `request`. Values may be models or mappings in the API's own
spelling, on any level. What the contract lacks is added by `extra_headers`, `extra_query` and `extra_body`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from vapi_async._http.options import merge_headers
from vapi_async._http.prepared_request import PreparedRequest
from vapi_async._modeling.encoding import encode, to_json
from vapi_async._modeling.unset import UNSET

from .argument_hints import REQUEST_OPTIONS, unexpected
from .query import path_segment, query_string, query_value

if TYPE_CHECKING:
    from vapi_async._http.prepared_request import StreamedContent
    from vapi_async._http.session import Session

    from .operation import Operation

_NOTHING: Mapping[str, Any] = {}
#: Encodings of bodies that are fields and not JSON.
_FORMS = ("multipart", "form")


def prepare(
    session: Session,
    operation: Operation[Any],
    *,
    path: Mapping[str, Any] = _NOTHING,
    query: Mapping[str, Any] = _NOTHING,
    headers: Mapping[str, Any] = _NOTHING,
    request: Any = UNSET,
    fields: Mapping[str, Any] = _NOTHING,
    options: Mapping[str, Any] = _NOTHING,
    stream: bool = False,
) -> PreparedRequest:
    """Return the request for one call of an operation's method.

    Args:
        session: gives the address and what is sent with every request.
        operation: the operation.
        path: the path arguments by name.
        query: the query arguments by wire name.
        headers: the header arguments by wire name.
        request: the whole body.
        fields: the fields of the body by wire name.
        options: the other keywords of the call.
        stream: whether the value of a success is its body yet to be read.

    Raises:
        TypeError: an argument does not exist, or is of a type that cannot be sent.
        ValueError: an argument cannot be sent as it is.
    """
    if options:
        check_options(operation, options)
    location = fill_path(operation, path)
    url = session.shared.base_url + location
    query = {**query, **extra_query(session, options)}
    if query and (text := query_string(query, operation.csv)):
        url = f"{url}?{text}"
    body = _body(operation, request, fields, _extra_body(session, operation, options))
    content, described = _content(operation, body)
    own = {name: query_value(name, value) for name, value in _given(headers).items() if value is not None}
    fields_sent = {**session.options.headers, **described}
    if own or "extra_headers" in options:
        fields_sent = merge_headers(fields_sent, {**own, **options.get("extra_headers", _NOTHING)})
    return PreparedRequest(
        operation.method,
        location,
        url,
        headers=fields_sent,
        content=content,
        safety=operation.safe,
        returns=operation.returns,
        errors=operation.errors,
        models=operation.models,
        stream=stream,
        trace=None if operation.reconcile is None else partial(operation.reconcile, session),
        operation=operation,
    )


def extra_query(session: Session, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the query parameters that no argument of the method stands for: the client's, over them the call's."""
    return {**session.options.extra_query, **options.get("extra_query", _NOTHING)}


def fill_path(operation: Operation[Any], path: Mapping[str, Any]) -> str:
    """Return the operation's path with the arguments in it.

    Raises:
        ValueError: an argument cannot be part of a path.
    """
    location = operation.path
    for name, value in path.items():
        location = location.replace(f"{{{name}}}", path_segment(name, value))
    return location


def check_options(operation: Operation[Any], options: Mapping[str, Any]) -> None:
    """Raise a TypeError for a keyword that the method does not have."""
    for name, value in options.items():
        if name not in REQUEST_OPTIONS:
            raise unexpected(operation, name)
        if not isinstance(value, Mapping):
            raise TypeError(f"{name} must be a mapping, not {type(value).__name__}")


def json_content(method: str, body: Any) -> tuple[bytes, dict[str, str]]:
    """Return a JSON body, and the header fields that describe it.

    Args:
        method: the HTTP method.
        body: JSON values and models; UNSET: there is no body, which some methods have to say.
    """
    if body is not UNSET:
        content = to_json(body)
        return content, {"content-type": "application/json", "content-length": str(len(content))}
    return b"", {"content-length": "0"} if method in ("POST", "PUT", "PATCH") else {}


def _content(operation: Operation[Any], body: Any) -> tuple[bytes | StreamedContent, dict[str, str]]:
    """Return a body in the form in which it is sent, and the header fields that describe it."""
    if operation.body == "form" and body is not UNSET:
        content = query_string(body).encode()
        return content, {"content-type": "application/x-www-form-urlencoded", "content-length": str(len(content))}
    if operation.body != "multipart":
        return json_content(operation.method, body)
    from .multipart import Form

    form = Form({} if body is UNSET else body, operation.files)
    if form.length is None:
        return form, {"content-type": form.content_type, "transfer-encoding": "chunked"}
    return form, {"content-type": form.content_type, "content-length": str(form.length)}


def _body(operation: Operation[Any], request: Any, fields: Mapping[str, Any], extra: Mapping[str, Any]) -> Any:
    """Return the body as JSON values (of a form: its parts), UNSET if there is none."""
    given = _given(fields)
    if request is not UNSET:
        if given:
            raise TypeError(f"give request or {', '.join(given)}, not both: request is the whole body")
        given = _whole(operation, request)
    elif not given and not extra and not operation.body_required:
        return UNSET
    if operation.body in _FORMS:
        return {**given, **extra}
    body = {**operation.defaults, **encode(given)}
    if operation.model is not None and operation.models is not None:
        from vapi_async._modeling.key_spelling import check_spelling

        check_spelling(operation.models, operation.model, body)
    return {**body, **extra} if extra else body


def _whole(operation: Operation[Any], request: Any) -> Any:
    if operation.body in _FORMS and hasattr(request, "_shallow"):
        return request._shallow()
    if hasattr(request, "to_dict") or isinstance(request, Mapping):
        return request
    expected = f"a {operation.model or 'model'} or a mapping as it goes to the API"
    raise TypeError(f"request must be {expected}, not {type(request).__name__}")


def _extra_body(session: Session, operation: Operation[Any], options: Mapping[str, Any]) -> Mapping[str, Any]:
    extra = options.get("extra_body", _NOTHING)
    if operation.body is not None:  # that of the client is for the operations that have a body
        extra = {**session.options.extra_body, **extra}
    return _given(extra)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not UNSET}
