"""OpenTelemetry, where its API package is installed and somebody has set a tracer provider up.

It is looked for when the first span could begin. As long as there is no provider no span is begun: it would be recorded
nowhere, and cost as much as all else.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType


def tracer(name: str) -> Any:
    """Return the tracer of a part of this package, None where nothing is traced."""
    trace = trace_api()
    if trace is None or isinstance(provider := trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return None
    return _tracer(provider, name)


@cache
def trace_api() -> ModuleType | None:
    """Return `opentelemetry.trace`, None if it is not installed."""
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    return trace


@lru_cache(maxsize=4)
def _tracer(provider: Any, name: str) -> Any:
    # Kept: a new one is made each time, which takes as long as the span.
    return provider.get_tracer(name)
