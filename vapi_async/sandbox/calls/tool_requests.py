"""Requests that tools make themselves: those of the type apiRequest."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from attrs import frozen

from vapi_async.sandbox.deliveries.delivery import Delivery

from .tool_messages import ToolOutcome, failure

if TYPE_CHECKING:
    from datetime import datetime

    from .call_resources import Json

_TIMEOUT = 20.0


@frozen
class ToolRequest:
    """A request of a tool.

    Attributes:
        method: in capitals.
        url: where to, its template filled in.
        headers: the header fields, names in lower case.
        body: the arguments.
        timeout: how many seconds the server has.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    timeout: float

    @property
    def content(self) -> bytes:
        """The body as it is sent; none with GET, whose arguments are in the URL."""
        return b"" if self.method == "GET" else json.dumps(dict(self.body), ensure_ascii=False).encode()

    def delivery(self, at: datetime, call_id: str | None) -> Delivery:
        """Return it as a delivery that is still to be made."""
        body, headers, size = dict(self.body), dict(self.headers), len(self.content)
        return Delivery("api-request", self.url, body, headers, at, call_id, 1, self.timeout, size=size)


def request_of(tool: Json, arguments: Mapping[str, Any], fill: Callable[[str], str]) -> ToolRequest:
    """Return the request that a tool of the type apiRequest makes.

    Args:
        tool: the tool; the properties of its `headers` and `body` may have values of their own.
        arguments: what the model calls it with.
        fill: fills a template in.
    """
    method, url = tool["method"], fill(tool["url"])
    body = {**_values(tool.get("body"), fill), **arguments}
    if method == "GET" and body:
        url += ("&" if "?" in url else "?") + urlencode({name: _text(value) for name, value in body.items()})
    fields = {name.lower(): str(value) for name, value in _values(tool.get("headers"), fill).items()}
    headers = {"content-type": "application/json", "user-agent": "vapi-sandbox", **fields}
    return ToolRequest(method, url, headers, body, float(tool.get("timeoutSeconds") or _TIMEOUT))


def outcome_of_answer(delivery: Delivery) -> ToolOutcome:
    """Return what an answer brings: its text, or that it failed."""
    if not delivery.status:
        return failure(f"{delivery.error}; or say what the tool brings: tool(…).returns(…)")
    text = delivery.content.decode("utf-8", "replace")
    return ToolOutcome(text) if delivery.ok else failure(f"{delivery.status} {text}".strip())


def _values(schema: Json | None, fill: Callable[[str], str]) -> Json:
    """Return the values that the properties of a schema have themselves."""
    given = (schema or {}).get("properties") or {}
    found = {name: each.get("value", each.get("default")) for name, each in given.items() if isinstance(each, Mapping)}
    return {
        name: fill(value) if isinstance(value, str) else value for name, value in found.items() if value is not None
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
