"""A span of OpenTelemetry for each operation, around all of its attempts.

It says which operation it was, how often it was sent and what came of it; no ids, no query and no body, which hooks may
add: they run inside of it.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Hashable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vapi_async import errors
from vapi_async._telemetry import trace_api

if TYPE_CHECKING:
    from vapi_async.responses import Response

    from .prepared_request import PreparedRequest


async def send_in_span(
    tracer: Any, request: PreparedRequest, send: Callable[[], Awaitable[Response[Any]]]
) -> Response[Any]:
    """Send a request within a span of its own.

    Args:
        tracer: makes it.
        request: the request.
        send: sends it.
    """
    with tracer.start_as_current_span(
        span_name(request), attributes=_attributes(request), record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            response = await send()
        except errors.RequestError as error:
            _failed(span, error)
            raise
        span.set_attribute("vapi.attempts", response.attempts)
        span.set_attribute("http.response.status_code", response.status_code)
        return response


def span_name(request: PreparedRequest) -> str:
    """Return what a request is, such as `vapi.calls.create`, or of a raw one `vapi.request`."""
    found = operation_name(request.operation) if request.operation is not None else None
    return f"vapi.{found or 'request'}"


def _attributes(request: PreparedRequest) -> dict[str, str]:
    found = {"http.request.method": request.method}
    if request.operation is not None:
        found["url.template"] = request.operation.path
        resource, _, method = (operation_name(request.operation) or "").rpartition(".")
        if resource:
            found |= {"vapi.resource": resource, "vapi.method": method}
    return found


def _failed(span: Any, error: errors.RequestError) -> None:
    # Not its text, nor the exception as an event: both have the URL, and what the API said.
    trace = trace_api()
    assert trace is not None
    span.set_attribute("vapi.attempts", error.attempts)
    span.set_attribute("error.type", type(error).__name__)
    if error.response is not None and error.response.status_code:
        span.set_attribute("http.response.status_code", error.response.status_code)
    span.set_status(trace.Status(trace.StatusCode.ERROR, type(error).__name__))


@lru_cache(maxsize=1024)
def operation_name(operation: Hashable) -> str | None:
    """Return where a client has an operation, `calls.create`: after its module, and its name there, `_CREATE`."""
    for name, module in list(sys.modules.items()):
        package, api, resource = name.partition(".api.")
        if api and package and (found := _name_in(module, operation)):
            return f"{resource}.{found.strip('_').lower()}"
    return None


def _name_in(module: Any, operation: Any) -> str | None:
    return next((name for name, value in vars(module).items() if value is operation), None)
