"""`patient`: bulk work waits for a rate limit, however long it takes to get through, where a single call gives up.

It is a context variable, so that whatever a method of `vapi.map` sends is patient, through whichever session it goes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

BULK_PATIENCE = 600.0
"""Seconds for which bulk work waits while the API refuses everything; anything that gets through begins them anew."""

PATIENT: ContextVar[bool] = ContextVar("vapi_async.patient", default=False)


def patiently(method: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Return `method` as bulk work: its requests wait out rate limits."""

    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        before = PATIENT.set(True)
        try:
            return await method(*args, **kwargs)
        finally:
            PATIENT.reset(before)

    return call
