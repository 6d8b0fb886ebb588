"""OpenTelemetry: a span for each message and each run of a tool, where the app has loaded the API package.

It is never imported from here: an app that has not loaded it records nothing either.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

_NO_SPAN: AbstractContextManager[Any] = nullcontext()


def span(name: str, **attributes: str) -> AbstractContextManager[Any]:
    """Return a context in which a span is the current one; it gives None where nothing is traced.

    Args:
        name: of the span.
        attributes: of the span, dots in their names as `__`.
    """
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return _NO_SPAN
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    found: AbstractContextManager[Any] = trace.get_tracer("vapi_async.webhooks").start_as_current_span(
        name, attributes=named
    )
    return found


def mark_failed(current: Any, error: Exception) -> None:
    """Say in a span, if there is one, that what it stands for failed."""
    if current is not None:
        trace = sys.modules["opentelemetry.trace"]
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
