"""Typed async client for the Vapi API: `AsyncVapi`, its errors and its helpers.

Nothing is loaded before it is used, so importing this package costs next to nothing. The models are in
`vapi_async.models`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import models
    from ._default import AsyncVapi
    from ._version import __version__
    from .chat_stream import ChatStream
    from .download import Download
    from .errors import (
        AuthenticationError,
        BadGatewayError,
        BadRequestError,
        ClientClosedError,
        ClientError,
        ConfigurationError,
        ConflictError,
        ConnectError,
        ConnectionLost,
        ConnectTimeout,
        DeadlineExceeded,
        DecodeError,
        GatewayTimeoutError,
        HookError,
        InternalServerError,
        InvalidRequest,
        MessageError,
        MissingExtra,
        NotFoundError,
        PaginationError,
        PayloadTooLargeError,
        PaymentRequiredError,
        PermissionDeniedError,
        PoolTimeout,
        RateLimitError,
        ReadTimeout,
        RedirectError,
        RequestError,
        RequestTimeoutError,
        ServerError,
        ServiceUnavailableError,
        StatusError,
        StreamError,
        TimeoutError,  # noqa: A004
        TransportError,
        UnprocessableEntityError,
        VapiError,
        VerificationError,
        WaitError,
        WaitTimeout,
        WebhookError,
        WriteTimeout,
    )
    from .filters import after, before, between, on, since
    from .hooks import RequestEvent, RetryEvent
    from .live import Live
    from .mismatch import mismatches
    from .model import Model
    from .pages import Page, Pager
    from .response import Response
    from .retry import RetryPolicy
    from .unset import UNSET, Unset
    from .variants import UnknownVariant

__all__ = [
    "UNSET",
    "AsyncVapi",
    "AuthenticationError",
    "BadGatewayError",
    "BadRequestError",
    "ChatStream",
    "ClientClosedError",
    "ClientError",
    "ConfigurationError",
    "ConflictError",
    "ConnectError",
    "ConnectTimeout",
    "ConnectionLost",
    "DeadlineExceeded",
    "DecodeError",
    "Download",
    "GatewayTimeoutError",
    "HookError",
    "InternalServerError",
    "InvalidRequest",
    "Live",
    "MessageError",
    "MissingExtra",
    "Model",
    "NotFoundError",
    "Page",
    "Pager",
    "PaginationError",
    "PayloadTooLargeError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "PoolTimeout",
    "RateLimitError",
    "ReadTimeout",
    "RedirectError",
    "RequestError",
    "RequestEvent",
    "RequestTimeoutError",
    "Response",
    "RetryEvent",
    "RetryPolicy",
    "ServerError",
    "ServiceUnavailableError",
    "StatusError",
    "StreamError",
    "TimeoutError",
    "TransportError",
    "UnknownVariant",
    "UnprocessableEntityError",
    "Unset",
    "VapiError",
    "VerificationError",
    "WaitError",
    "WaitTimeout",
    "WebhookError",
    "WriteTimeout",
    "__version__",
    "after",
    "before",
    "between",
    "mismatches",
    "models",
    "on",
    "since",
]

_NAMES = {
    "_default": ("AsyncVapi",),
    "_version": ("__version__",),
    "chat_stream": ("ChatStream",),
    "download": ("Download",),
    "errors": (
        "AuthenticationError",
        "BadGatewayError",
        "BadRequestError",
        "ClientClosedError",
        "ClientError",
        "ConfigurationError",
        "ConflictError",
        "ConnectError",
        "ConnectTimeout",
        "ConnectionLost",
        "DeadlineExceeded",
        "DecodeError",
        "GatewayTimeoutError",
        "HookError",
        "InternalServerError",
        "InvalidRequest",
        "MessageError",
        "MissingExtra",
        "NotFoundError",
        "PaginationError",
        "PayloadTooLargeError",
        "PaymentRequiredError",
        "PermissionDeniedError",
        "PoolTimeout",
        "RateLimitError",
        "ReadTimeout",
        "RedirectError",
        "RequestError",
        "RequestTimeoutError",
        "ServerError",
        "ServiceUnavailableError",
        "StatusError",
        "StreamError",
        "TimeoutError",
        "TransportError",
        "UnprocessableEntityError",
        "VapiError",
        "VerificationError",
        "WaitError",
        "WaitTimeout",
        "WebhookError",
        "WriteTimeout",
    ),
    "filters": (
        "after",
        "before",
        "between",
        "on",
        "since",
    ),
    "hooks": (
        "RequestEvent",
        "RetryEvent",
    ),
    "live": ("Live",),
    "mismatch": ("mismatches",),
    "model": ("Model",),
    "pages": (
        "Page",
        "Pager",
    ),
    "response": ("Response",),
    "retry": ("RetryPolicy",),
    "unset": (
        "UNSET",
        "Unset",
    ),
    "variants": ("UnknownVariant",),
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None and name != "models":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    if module is None:
        return import_module(f".{name}", __name__)
    value = globals()[name] = getattr(import_module(f".{module}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
