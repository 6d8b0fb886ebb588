"""The log: a line for each attempt, by the logger `vapi_async`.

At INFO it has the method, the path without its query, the status, the time it took, the number of the attempt and the
request's id; at DEBUG also the names of what was sent. Bodies, values and header fields are never in it.
"""

from __future__ import annotations

import json
import logging
import os
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from vapi_async.errors import ConfigurationError
from vapi_async.responses import Headers, Response

if TYPE_CHECKING:
    from .prepared_request import PreparedRequest
    from .transport.protocol import AttemptResult

LOGGER = logging.getLogger("vapi_async")
_LEVELS = {"info": logging.INFO, "debug": logging.DEBUG}
_FORMAT = "%(asctime)s %(name)s %(levelname)s %(message)s"


def switch_on() -> None:
    """Do what VAPI_LOG of the environment says: `info` or `debug`, to the standard error unless handlers are there.

    Raises:
        ConfigurationError: it says something else.
    """
    said = os.environ.get("VAPI_LOG", "").strip().lower()
    if not said:
        return
    if said not in _LEVELS:
        raise ConfigurationError(f"VAPI_LOG is {said!r}: it must be info or debug")
    if LOGGER.level == logging.NOTSET:  # else the program has its own opinion
        LOGGER.setLevel(_LEVELS[said])
    if not LOGGER.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter(_FORMAT))
        LOGGER.addHandler(handler)


def log_attempt(
    request: PreparedRequest, headers: dict[str, str], result: AttemptResult, *, attempt: int, seconds: float
) -> None:
    """Write the line of an attempt, if somebody reads it.

    Args:
        request: the request.
        headers: the header fields that were sent.
        result: what came of it.
        attempt: its number, from 1.
        seconds: the time it took; of a stream, until it began.
    """
    if not LOGGER.isEnabledFor(logging.INFO):
        return
    outcome = (
        str(result.status) if result.failure is None else f"{result.failure.__name__} {result.status or ''}".strip()
    )
    known = _request_id(result)
    LOGGER.info(
        "%s %s: %s in %.0f ms, attempt %d%s",
        request.method,
        request.path,
        outcome,
        seconds * 1000,
        attempt,
        f", request id {known}" if known else "",
    )
    if LOGGER.isEnabledFor(logging.DEBUG):
        LOGGER.debug("%s %s: sent %s", request.method, request.path, _names(request, headers))


def _request_id(result: AttemptResult) -> str | None:
    headers = Headers(result.headers)
    return Response(
        parsed=None, status_code=result.status, headers=headers, content=b"", method="", url="", attempts=0
    ).request_id


def _names(request: PreparedRequest, headers: dict[str, str]) -> str:
    query = [name for name, _ in parse_qsl(urlsplit(request.shown_url).query, keep_blank_values=True)]
    parts = {"query": query, "headers": list(headers), "body": _fields(request)}
    return (
        "; ".join(f"{part}: {', '.join(dict.fromkeys(names))}" for part, names in parts.items() if names) or "nothing"
    )


def _fields(request: PreparedRequest) -> list[str]:
    """Return the names of the body's fields, of an object of JSON; what streams has been read already."""
    if not isinstance(request.content, bytes) or not request.content.startswith(b"{"):
        return []
    try:
        return list(json.loads(request.content))
    except ValueError:
        return []
