"""Typed async client for the Vapi API: `AsyncVapi`, its errors and its helpers.

Nothing is loaded before it is used, so importing this package costs next to nothing. The models are in
`vapi_async.models`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vapi_async._lazy import lazy_exports

if TYPE_CHECKING:
    from vapi_async._default import AsyncVapi as AsyncVapi
    from vapi_async._extensions.calls.audio import Audio as Audio
    from vapi_async._extensions.calls.listening import Listening as Listening
    from vapi_async._extensions.calls.live import Live as Live
    from vapi_async._extensions.chats.stream import ChatStream as ChatStream
    from vapi_async._extensions.files.download import Download as Download
    from vapi_async._http.hooks import (
        RequestEvent as RequestEvent,
        RetryEvent as RetryEvent,
    )
    from vapi_async._http.retry import RetryPolicy as RetryPolicy
    from vapi_async._lists import (
        Page as Page,
        Pager as Pager,
    )
    from vapi_async._lists.windows import (
        Window as Window,
        after as after,
        before as before,
        between as between,
        on as on,
        since as since,
    )
    from vapi_async._modeling.conformance import mismatches as mismatches
    from vapi_async._modeling.model import Model as Model
    from vapi_async._modeling.partial_results import Partial as Partial, Recording as Recording
    from vapi_async._modeling.raw import raw as raw
    from vapi_async._modeling.request_bodies import (
        RequestBody as RequestBody,
        create_body as create_body,
        update_body as update_body,
    )
    from vapi_async._modeling.unknown_variant import UnknownVariant as UnknownVariant
    from vapi_async._modeling.unset import (
        UNSET as UNSET,
        Unset as Unset,
    )
    from vapi_async._operations.request_options import RequestOptions as RequestOptions
    from vapi_async._version import __version__ as __version__
    from vapi_async.client import Client as Client
    from vapi_async.errors import (
        AuthenticationError as AuthenticationError,
        BadGatewayError as BadGatewayError,
        BadRequestError as BadRequestError,
        ClientClosedError as ClientClosedError,
        ClientError as ClientError,
        ConfigurationError as ConfigurationError,
        ConflictError as ConflictError,
        ConnectError as ConnectError,
        ConnectionLost as ConnectionLost,
        ConnectTimeout as ConnectTimeout,
        DeadlineExceeded as DeadlineExceeded,
        DecodeError as DecodeError,
        FileChanged as FileChanged,
        GatewayTimeoutError as GatewayTimeoutError,
        HookError as HookError,
        InternalServerError as InternalServerError,
        InvalidRequest as InvalidRequest,
        MessageError as MessageError,
        MissingExtra as MissingExtra,
        NotFoundError as NotFoundError,
        PaginationError as PaginationError,
        PayloadTooLargeError as PayloadTooLargeError,
        PaymentRequiredError as PaymentRequiredError,
        PermissionDeniedError as PermissionDeniedError,
        PoolTimeout as PoolTimeout,
        RateLimitError as RateLimitError,
        ReadTimeout as ReadTimeout,
        RedirectError as RedirectError,
        RequestError as RequestError,
        RequestTimeoutError as RequestTimeoutError,
        ResponseTooLarge as ResponseTooLarge,
        ServerError as ServerError,
        ServiceUnavailableError as ServiceUnavailableError,
        StatusError as StatusError,
        StreamError as StreamError,
        TimeoutError as TimeoutError,
        TransportError as TransportError,
        UnprocessableEntityError as UnprocessableEntityError,
        VapiError as VapiError,
        VerificationError as VerificationError,
        WaitError as WaitError,
        WaitTimeout as WaitTimeout,
        WebhookError as WebhookError,
        WriteTimeout as WriteTimeout,
    )
    from vapi_async.resource import Resource as Resource
    from vapi_async.responses import Response as Response

    from . import models as models
else:
    __getattr__, __dir__ = lazy_exports(
        __name__,
        {
            "vapi_async.resource": ("Resource",),
            "vapi_async.client": ("Client",),
            "vapi_async._operations.request_options": ("RequestOptions",),
            "vapi_async._modeling.partial_results": ("Partial", "Recording"),
            "vapi_async._extensions.calls.listening": ("Listening",),
            "vapi_async._extensions.calls.audio": ("Audio",),
            "vapi_async._default": ("AsyncVapi",),
            "vapi_async._extensions.calls.live": ("Live",),
            "vapi_async._extensions.chats.stream": ("ChatStream",),
            "vapi_async._extensions.files.download": ("Download",),
            "vapi_async._http.hooks": ("RequestEvent", "RetryEvent"),
            "vapi_async._http.retry": ("RetryPolicy",),
            "vapi_async._lists": ("Page", "Pager"),
            "vapi_async._lists.windows": ("Window", "after", "before", "between", "on", "since"),
            "vapi_async._modeling.conformance": ("mismatches",),
            "vapi_async._modeling.model": ("Model",),
            "vapi_async._modeling.raw": ("raw",),
            "vapi_async._modeling.request_bodies": ("RequestBody", "create_body", "update_body"),
            "vapi_async._modeling.unknown_variant": ("UnknownVariant",),
            "vapi_async._modeling.unset": ("UNSET", "Unset"),
            "vapi_async._version": ("__version__",),
            "vapi_async.errors": (
                "AuthenticationError",
                "BadGatewayError",
                "BadRequestError",
                "ClientClosedError",
                "ClientError",
                "ConfigurationError",
                "ConflictError",
                "ConnectError",
                "ConnectionLost",
                "ConnectTimeout",
                "DeadlineExceeded",
                "DecodeError",
                "FileChanged",
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
                "ResponseTooLarge",
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
            "vapi_async.responses": ("Response",),
        },
        submodules=("models",),
        elsewhere={
            "ApiError": "StatusError",
            "Sandbox": "vapi_async.sandbox.Sandbox",
            "Vapi": "AsyncVapi",
            "VapiClient": "AsyncVapi",
            "Webhooks": "vapi_async.webhooks.Webhooks",
        },
    )
