"""Which HTTP status of ours stands for which failure of Vapi's.

What the caller can put right is passed on (4xx). What is wrong between us and Vapi is 502 to 504: a key of ours that
Vapi refuses must not look as if the caller's were wrong. The body says what happened, and whether it may have been done
all the same: who sent a POST then must not simply send it again.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse

from vapi_async import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    PayloadTooLargeError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    StatusError,
    TimeoutError,  # noqa: A004 - that of Vapi's requests
    UnprocessableEntityError,
    VapiError,
)

from .service import CannotEnd, InProgress

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

STATUSES: dict[type[VapiError], tuple[int, str]] = {
    BadRequestError: (400, "refused"),
    NotFoundError: (404, "not_found"),
    ConflictError: (409, "conflict"),
    PayloadTooLargeError: (413, "too_large"),
    UnprocessableEntityError: (422, "refused"),
    RateLimitError: (429, "rate_limited"),
    AuthenticationError: (502, "vapi_credentials"),
    PermissionDeniedError: (502, "vapi_credentials"),
    PaymentRequiredError: (503, "vapi_account"),
    RequestTimeoutError: (504, "vapi_timeout"),
    TimeoutError: (504, "vapi_timeout"),
    VapiError: (502, "vapi_failed"),
}
"""By class; of several that fit an error the nearest counts."""

_PASSED_ON = (400, 409, 422)  # where Vapi's own words help the caller
_log = logging.getLogger("backend.errors")


def add_error_handlers(app: FastAPI) -> None:
    """Register what answers when a route raises."""
    app.add_exception_handler(VapiError, _vapi_failed)
    app.add_exception_handler(InProgress, _conflict)
    app.add_exception_handler(CannotEnd, _conflict)


def status_of(error: VapiError) -> tuple[int, str]:
    """Return the HTTP status and the code for an error."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


async def _vapi_failed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, VapiError)
    status, code = status_of(error)
    maybe = bool(getattr(error, "may_have_been_processed", False))
    request_id = getattr(error, "request_id", None)
    facts = {"status": status, "code": code, "vapi_request_id": request_id, "may_have_been_processed": maybe}
    _log.log(logging.ERROR if status >= 500 else logging.INFO, "vapi: %s", error, extra=facts)
    body = {"error": code, "message": _message(error, status), "vapi_request_id": request_id}
    return JSONResponse(body | {"may_have_been_processed": maybe}, status, headers=_headers(error))


async def _conflict(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": "conflict", "message": str(error)}, 409)


def _message(error: VapiError, status: int) -> str:
    if isinstance(error, StatusError) and status in _PASSED_ON:
        return error.message
    return {404: "There is no such thing.", 429: "Too many requests, try again later."}.get(status, "Vapi failed us.")


def _headers(error: VapiError) -> dict[str, str]:
    wait = getattr(error, "retry_after", None)
    return {} if wait is None else {"retry-after": f"{wait:.0f}"}
