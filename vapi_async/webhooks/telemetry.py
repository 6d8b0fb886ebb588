"""A span of OpenTelemetry for each message and each run of a tool."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from vapi_async._telemetry import trace_api, tracer

_NO_SPAN: AbstractContextManager[Any] = nullcontext()


def span(name: str, **attributes: str) -> AbstractContextManager[Any]:
    """Return a context in which a span is the current one; it gives None where nothing is traced.

    Args:
        name: of the span.
        attributes: of the span, dots in their names as `__`.
    """
    found = tracer("vapi_async.webhooks")
    if found is None:
        return _NO_SPAN
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    begun: AbstractContextManager[Any] = found.start_as_current_span(name, attributes=named)
    return begun


def mark_failed(current: Any, error: Exception) -> None:
    """Say in a span, if there is one, that what it stands for failed."""
    trace = trace_api()
    if current is not None and trace is not None:
        current.record_exception(error)
        current.set_status(trace.Status(trace.StatusCode.ERROR, type(error).__name__))


def describe(current: Any, type_: str | None, call_id: str | None, status: int) -> None:
    """Say in a span, if there is one, which message it stands for, and how it was answered."""
    if current is None:
        return
    current.set_attribute("http.response.status_code", status)
    if type_ is not None:
        current.update_name(f"vapi.webhook {type_}")
        current.set_attribute("vapi.message.type", type_)
    if call_id is not None:
        current.set_attribute("vapi.call.id", call_id)
