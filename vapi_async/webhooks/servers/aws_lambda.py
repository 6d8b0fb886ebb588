"""`Webhooks` as a handler of AWS Lambda: API Gateway (REST and HTTP APIs), function URLs, load balancers.

Lambda freezes a process when its answer goes out, so nothing can run after it: the handlers of events run before, while
Vapi waits, or are handed to a queue.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlencode

from attrs import frozen

from vapi_async.webhooks.handlers import logger

if TYPE_CHECKING:
    from vapi_async.webhooks.answer import Answer
    from vapi_async.webhooks.servers.endpoint import HandlesDeliveries

Event: TypeAlias = Mapping[str, Any]
Defer: TypeAlias = Callable[[bytes], Any]


@frozen
class _Request:
    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes


def lambda_handler(hooks: HandlesDeliveries, defer: Defer | None) -> Callable[[Event, Any], dict[str, Any]]:
    """Return the handler; the arguments are those of `Webhooks.lambda_handler`."""

    def handler(event: Event, context: Any = None) -> dict[str, Any]:
        request = _read(event)
        answer = hooks.handle_sync(request.body, request.headers, method=request.method, url=request.url)
        if answer.pending and not _is_deferred(defer, request.body):
            answer.after()
        return _response(event, answer)

    return handler


def _is_deferred(defer: Defer | None, body: bytes) -> bool:
    if defer is None:
        return False
    try:
        defer(body)
    except Exception:  # noqa: BLE001 - from the user's own queue
        logger.exception("an event could not be handed to the queue, so its handlers run now")
        return False
    return True


def _read(event: Event) -> _Request:
    """Return the request of an event.

    Raises:
        ValueError: the event is of another kind.
    """
    request_context = event.get("requestContext") or {}
    body = event.get("body") or ""
    content = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")
    headers = list(_headers(event))
    if "http" in request_context:  # HTTP APIs and function URLs
        method, path, query = request_context["http"]["method"], event["rawPath"], event.get("rawQueryString", "")
    elif "httpMethod" in event:  # REST APIs, HTTP APIs with payload 1.0, load balancers
        method, path = event["httpMethod"], request_context.get("path") or event["path"]
        query = _query(event, is_encoded="elb" in request_context)
    else:
        raise ValueError("the event is no HTTP request: from API Gateway, a function URL or a load balancer")
    return _Request(method, _url(headers, request_context, path, query), headers, content)


def _headers(event: Event) -> Iterable[tuple[str, str]]:
    several = event.get("multiValueHeaders")
    if several:
        return ((name, value) for name, values in several.items() for value in values)
    return (event.get("headers") or {}).items()


def _query(event: Event, *, is_encoded: bool) -> str:
    several = event.get("multiValueQueryStringParameters")
    pairs = [(name, value) for name, values in (several or {}).items() for value in values]
    pairs = pairs or list((event.get("queryStringParameters") or {}).items())
    return "&".join(f"{name}={value}" for name, value in pairs) if is_encoded else urlencode(pairs)


def _url(headers: Iterable[tuple[str, str]], request_context: Event, path: str, query: str) -> str:
    fields = {name.lower(): value for name, value in headers}
    host = fields.get("host") or request_context.get("domainName") or "localhost"
    scheme = fields.get("x-forwarded-proto", "https")
    return f"{scheme}://{host}{path}" + (f"?{query}" if query else "")


def _response(event: Event, answer: Answer) -> dict[str, Any]:
    headers = {"content-type": answer.media_type, **answer.headers}
    response: dict[str, Any] = {"statusCode": answer.status, "headers": headers, "isBase64Encoded": False}
    body: Any = answer.body
    if answer.media_type == "application/json":
        response["body"] = body.decode()
    else:
        response |= {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    if "elb" in (event.get("requestContext") or {}):
        response["statusDescription"] = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        if event.get("multiValueHeaders"):  # then a load balancer reads these only
            response["multiValueHeaders"] = {name: [value] for name, value in headers.items()}
    return response
