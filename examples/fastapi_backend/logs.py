"""Logging as JSON lines, by the standard library: `logger.info("call started", extra={"call_id": id})`.

No secret gets into a line: those of the settings are masked wherever they turn up, tracebacks included. Of phone
numbers only the end is written, and nothing of what is said in a call.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from vapi_async._http.hooks import RetryEvent
    from vapi_async.responses import Response

_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "color_message"}
_http_log = logging.getLogger("backend.http")
_vapi_log = logging.getLogger("backend.vapi")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, what was given as `extra`, and the traceback.

    Args:
        secrets: Are masked.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = [_quoted(secret) for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        text = json.dumps(line, default=str, ensure_ascii=False)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def configure(level: str, secrets: Iterable[str], stream: TextIO = sys.stderr) -> None:
    """Send everything that is logged in this process to a stream, as JSON lines."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole URLs


def short_number(number: str) -> str:
    """Return a phone number as it may be logged: its last digits."""
    return f"…{number[-3:]}"


def answered(response: Response[Any]) -> None:
    """Log what Vapi answered; a hook of the client. Without the query, which may hold phone numbers."""
    _vapi_log.info(
        "vapi answered",
        extra={
            "method": response.method,
            "path": urlsplit(response.url).path,
            "status": response.status_code,
            "attempt": response.attempts,
            "vapi_request_id": response.request_id,
        },
    )


def retried(event: RetryEvent) -> None:
    """Log that a request will be sent again; a hook of the client."""
    _vapi_log.warning(
        "vapi request is repeated",
        extra={
            "method": event.method,
            "path": urlsplit(event.url).path,
            "attempt": event.attempt,
            "delay": round(event.delay, 3),
            "reason": type(event.error).__name__,
        },
    )


class RequestLog:
    """ASGI middleware: logs each request to this backend when its answer begins.

    Args:
        app: What answers.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()

        async def log_and_send(message: Any) -> None:
            if message["type"] == "http.response.start":
                facts = {"method": scope["method"], "path": scope["path"], "status": message["status"]}
                _http_log.info("answered", extra={**facts, "ms": round((perf_counter() - began) * 1000, 1)})
            await send(message)

        await self._app(scope, receive, log_and_send)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
