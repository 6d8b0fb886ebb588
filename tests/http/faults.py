"""The faults of the fault server by name, each with what a client must make of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from attrs import frozen

from tests.http.fault_server import Connection, Fault
from vapi_async import errors
from vapi_async.errors import RequestError


@frozen
class Expected:
    """A fault and its meaning.

    Attributes:
        fault: what the server does, with every request that comes.
        outcome: what the client can know: "lost", a status, "decode" (2xx, but no JSON), or "ok".
        error: the class of the error.
        read: whether the server reads the request in full.
        stalls: whether the client has to time out.
    """

    fault: Fault
    outcome: str | int
    error: type[RequestError] | None
    read: bool = True
    stalls: bool = False


def _before_reading(connection: Connection) -> bool:
    return connection.reset()


def _after_request(connection: Connection) -> bool:
    connection.read()
    return connection.reset()


def _closed_without_answer(connection: Connection) -> bool:
    connection.read()
    return connection.close()


def _then_reset(data: bytes) -> Fault:
    def fault(connection: Connection) -> bool:
        connection.read()
        connection.send(data)
        return connection.reset()

    return fault


def _then_close(data: bytes) -> Fault:
    def fault(connection: Connection) -> bool:
        connection.read()
        connection.send(data)
        return connection.close()

    return fault


def _then_stall(data: bytes) -> Fault:
    def fault(connection: Connection) -> bool:
        connection.read()
        connection.send(data)
        connection.wait_for_client()
        return connection.close()

    return fault


def _byte_by_byte(connection: Connection) -> bool:
    connection.read()
    for byte in b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n{"id": "abc"}'[:-1]:
        connection.send(bytes([byte]))
    return True


def _status(status: int, headers: str = "", body: bytes = b'{"message": "no"}') -> Fault:
    def fault(connection: Connection) -> bool:
        if connection.read() is None:
            return connection.close()
        return connection.answer(status, body, headers)

    return fault


def _in(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
_PART = _HEAD + b'content-length: 100\r\n\r\n{"id": "abc", '
_HTML = b"<html><head><title>Bad Gateway</title></head></html>"

LOST: dict[str, Expected] = {
    "reset before reading": Expected(_before_reading, "lost", errors.ConnectionLost, read=False),
    "reset after the request": Expected(_after_request, "lost", errors.ConnectionLost),
    "closed without an answer": Expected(_closed_without_answer, "lost", errors.ConnectionLost),
    "reset in the headers": Expected(_then_reset(b"HTTP/1.1 200 OK\r\nconte"), "lost", errors.ConnectionLost),
    "closed in the headers": Expected(_then_close(b"HTTP/1.1 200 OK\r\nconte"), "lost", errors.ConnectionLost),
    "reset in the body": Expected(_then_reset(_PART), "lost", errors.ConnectionLost),
    "content-length too long": Expected(_then_close(_PART), "lost", errors.ConnectionLost),
    "chunked, cut short": Expected(
        _then_close(_HEAD + b'transfer-encoding: chunked\r\n\r\n5\r\n{"id"\r\n'), "lost", errors.ConnectionLost
    ),
    "chunked, garbage": Expected(
        _then_close(_HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n"), "lost", errors.ConnectionLost
    ),
    "not http": Expected(_then_close(b"\x00\x01\x02 hello\r\n\r\n"), "lost", errors.ConnectionLost),
}
STALLS: dict[str, Expected] = {
    "stall before the headers": Expected(_then_stall(b""), "lost", errors.ReadTimeout, stalls=True),
    "stall in the headers": Expected(_then_stall(b"HTTP/1.1 200"), "lost", errors.ReadTimeout, stalls=True),
    "stall in the body": Expected(_then_stall(_PART), "lost", errors.ReadTimeout, stalls=True),
}
ANSWERS: dict[str, Expected] = {
    "400": Expected(_status(400), 400, errors.BadRequestError),
    "404": Expected(_status(404), 404, errors.NotFoundError),
    "408": Expected(_status(408), 408, errors.RequestTimeoutError),
    "409": Expected(_status(409), 409, errors.ConflictError),
    "429": Expected(_status(429), 429, errors.RateLimitError),
    "429 seconds": Expected(_status(429, "retry-after: 7\r\n"), 429, errors.RateLimitError),
    "429 milliseconds": Expected(_status(429, "retry-after-ms: 7\r\n"), 429, errors.RateLimitError),
    "429 date": Expected(_status(429, f"retry-after: {_in(20)}\r\n"), 429, errors.RateLimitError),
    "429 garbage": Expected(_status(429, "retry-after: nan\r\n"), 429, errors.RateLimitError),
    "429 above the cap": Expected(_status(429, "retry-after: 3600\r\n"), "429 once", errors.RateLimitError),
    "500": Expected(_status(500), 500, errors.InternalServerError),
    "502 html": Expected(_status(502, "content-type: text/html\r\n", _HTML), 502, errors.BadGatewayError),
    "503": Expected(_status(503, "retry-after: 1\r\n"), 503, errors.ServiceUnavailableError),
    "503 above the cap": Expected(_status(503, "retry-after: 3600\r\n"), "503 once", errors.ServiceUnavailableError),
    "504": Expected(_status(504), 504, errors.GatewayTimeoutError),
    "500, body cut short": Expected(
        _then_close(b"HTTP/1.1 500 X\r\ncontent-length: 100\r\n\r\n{"), 500, errors.InternalServerError
    ),
    "content-length too short": Expected(
        _then_close(_HEAD + b'content-length: 5\r\n\r\n{"id": "abc"}'), "decode", errors.DecodeError
    ),
    "html": Expected(_status(200, "content-type: text/html\r\n", _HTML), "decode", errors.DecodeError),
    "json cut short": Expected(_status(200, "", b'{"id": "a'), "decode", errors.DecodeError),
    "gzip garbage": Expected(_status(200, "content-encoding: gzip\r\n", b"no gzip"), "decode", errors.DecodeError),
    "byte by byte": Expected(_byte_by_byte, "decode", errors.DecodeError),
    "empty": Expected(_status(200, "", b""), "ok", None),
    "wrong content-type": Expected(_status(200, "content-type: text/plain\r\n"), "ok", None),
}
