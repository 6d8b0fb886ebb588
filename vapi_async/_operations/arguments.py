"""From the arguments of a method to the request: checked here, before anything is sent.

The fields of a body come as keywords or, all of them, as `request`. Values may be models or mappings in the API's own
spelling, on any level. What the contract lacks is added by `extra_headers`, `extra_query` and `extra_body`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vapi_async._http.options import merge_headers
from vapi_async._http.prepared_request import Outgoing
from vapi_async._modeling.encoding import encode, to_json
from vapi_async._modeling.unset import UNSET

from .argument_hints import REQUEST_OPTIONS, unexpected
from .query import path_segment, query_string, query_value

if TYPE_CHECKING:
    from vapi_async.client import Client

    from .multipart import Form
    from .operation import Operation

_NOTHING: Mapping[str, Any] = {}


def prepare(
    client: Client,
    operation: Operation[Any],
    *,
    path: Mapping[str, Any] = _NOTHING,
    query: Mapping[str, Any] = _NOTHING,
    headers: Mapping[str, Any] = _NOTHING,
    request: Any = UNSET,
    fields: Mapping[str, Any] = _NOTHING,
    options: Mapping[str, Any] = _NOTHING,
) -> Outgoing:
    """Return the request for one call of an operation's method.

    Args:
        client: gives the address and what is sent with every request.
        operation: the operation.
        path: the path arguments by name.
        query: the query arguments by wire name.
        headers: the header arguments by wire name.
        request: the whole body.
        fields: the fields of the body by wire name.
        options: the other keywords of the call.

    Raises:
        TypeError: an argument does not exist, or is of a type that cannot be sent.
        ValueError: an argument cannot be sent as it is.
    """
    if options:
        check_options(operation, options)
    settings = client._settings
    location = fill_path(operation, path)
    url = client._core.base_url + location
    query = {**query, **_extra_query(client, operation), **options.get("extra_query", _NOTHING)}
    if query and (text := query_string(query, operation.csv)):
        url = f"{url}?{text}"
    outgoing = Outgoing(
        operation.method,
        location,
        url,
        headers=dict(settings.headers),
        safety=operation.safe,
        returns=operation.returns,
        errors=operation.errors,
        models=operation.models,
    )
    body = _body(operation, request, fields, _extra_body(client, operation, options))
    if operation.body == "multipart":
        from .multipart import Form

        _set_form(outgoing, Form({} if body is UNSET else body, operation.files))
    else:
        set_json(outgoing, body)
    own = {name: query_value(name, value) for name, value in _given(headers).items() if value is not None}
    extra = {**own, **options.get("extra_headers", _NOTHING)}
    if extra:
        outgoing.headers = merge_headers(outgoing.headers, extra)
    return outgoing


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


def set_json(outgoing: Outgoing, body: Any) -> None:
    """Give the request a JSON body; UNSET: none, which some methods have to say."""
    if body is not UNSET:
        outgoing.content = content = to_json(body)
        outgoing.headers["content-type"] = "application/json"
        outgoing.headers["content-length"] = str(len(content))
    elif outgoing.method in ("POST", "PUT", "PATCH"):
        outgoing.headers["content-length"] = "0"


def _set_form(outgoing: Outgoing, form: Form) -> None:
    outgoing.content = form
    outgoing.headers["content-type"] = form.content_type
    if form.length is None:
        outgoing.headers["transfer-encoding"] = "chunked"
    else:
        outgoing.headers["content-length"] = str(form.length)


def _body(operation: Operation[Any], request: Any, fields: Mapping[str, Any], extra: Mapping[str, Any]) -> Any:
    """Return the body as JSON values (of a form: its parts), UNSET if there is none."""
    given = _given(fields)
    if request is not UNSET:
        if given:
            raise TypeError(f"give request or {', '.join(given)}, not both: request is the whole body")
        given = _whole(operation, request)
    elif not given and not extra and not operation.body_required:
        return UNSET
    if operation.body == "multipart":
        return {**given, **extra}
    body = {**operation.defaults, **encode(given)}
    if operation.model is not None and operation.models is not None:
        from vapi_async._modeling.key_spelling import check_spelling

        check_spelling(operation.models, operation.model, body)
    return {**body, **extra} if extra else body


def _whole(operation: Operation[Any], request: Any) -> Any:
    if operation.body == "multipart" and hasattr(request, "_shallow"):
        return request._shallow()
    if hasattr(request, "to_dict") or isinstance(request, Mapping):
        return request
    kind = type(request).__name__
    raise TypeError(f"request must be a {operation.model or 'model'} or a mapping as it goes to the API, not {kind}")


def _extra_query(client: Client, operation: Operation[Any]) -> Mapping[str, Any]:
    """Return the client's own query; without what a list knows, which is in the query of its walk by now."""
    known = getattr(operation, "filters", ())
    return {name: value for name, value in client._settings.extra_query.items() if name not in known}


def _extra_body(client: Client, operation: Operation[Any], options: Mapping[str, Any]) -> Mapping[str, Any]:
    extra = options.get("extra_body", _NOTHING)
    if operation.body is not None:  # that of the client is for the operations that have a body
        extra = {**client._settings.extra_body, **extra}
    return _given(extra)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not UNSET}
