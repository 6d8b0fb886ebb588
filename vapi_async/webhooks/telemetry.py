"""OpenTelemetry: a span for each message and each run of a tool, where the API package is installed.

It is imported when the first delivery comes. As long as nobody has set a tracer provider up, no span is begun: it would
be recorded nowhere, and cost as much as all else.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

_NO_SPAN: AbstractContextManager[Any] = nullcontext()


def span(name: str, **attributes: str) -> AbstractContextManager[Any]:
    """Return a context in which a span is the current one; it gives None where nothing is traced.

    Args:
        name: of the span.
        attributes: of the span, dots in their names as `__`.
    """
    trace = _api()
    if trace is None or isinstance(provider := trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return _NO_SPAN
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    found: AbstractContextManager[Any] = _tracer(provider).start_as_current_span(name, attributes=named)
    return found


@cache
def _api() -> ModuleType | None:
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    return trace


@lru_cache(maxsize=1)
def _tracer(provider: Any) -> Any:
    # Kept: a new one is made each time, which takes as long as the span.
    return provider.get_tracer("vapi_async.webhooks")


def mark_failed(current: Any, error: Exception) -> None:
    """Say in a span, if there is one, that what it stands for failed."""
    trace = _api()
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
