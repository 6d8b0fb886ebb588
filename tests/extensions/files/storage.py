"""An API and the storage behind it, on real sockets: one file, and what goes wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.http.clocks import FakeClock
from tests.http.fault_server import Connection, Fault, FaultServer, Request
from vapi_async import AsyncVapi

CONTENT = bytes(range(256)) * 40


class Storage:
    """Answers requests for the file.

    Args:
        strikes: what the first requests get: the number of bytes of the body after which the connection is closed, a
            fault, or None for nothing unusual.
        content: the file.
        headers: of every answer with the file.
        ranges: whether requests for a range get one.
    """

    def __init__(
        self,
        *strikes: int | Fault | None,
        content: bytes = CONTENT,
        headers: str = 'etag: "1"\r\ncontent-type: audio/wav\r\n',
        ranges: bool = True,
    ) -> None:
        self.strikes = list(strikes)
        self.content = content
        self.headers = headers
        self.ranges = ranges

    def __call__(self, connection: Connection) -> bool:
        strike = self.strikes.pop(0) if self.strikes else None
        if callable(strike):
            return strike(connection)
        request = connection.read()
        if request is None:
            return connection.close()
        head, body = self._answer(request)
        if strike is None or strike >= len(body):
            connection.send(head + body)
            return True
        connection.send(head + body[:strike])
        return connection.close()

    def _answer(self, request: Request) -> tuple[bytes, bytes]:
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
        same = f": {request.headers.get('if-range')}\r\n" in self.headers
        if asked is None or not self.ranges or not same:
            return self._head("200 OK", "", self.content), self.content
        start, total = int(asked[1]), len(self.content)
        if start >= total:
            return self._head("416 No", f"content-range: bytes */{total}\r\n", b""), b""
        body = self.content[start:]
        return self._head("206 Part", f"content-range: bytes {start}-{total - 1}/{total}\r\n", body), body

    def _head(self, status: str, more: str, body: bytes) -> bytes:
        return f"HTTP/1.1 {status}\r\n{self.headers}{more}content-length: {len(body)}\r\n\r\n".encode()


def answering(status: int, body: bytes = b"", headers: str = "") -> Fault:
    """A fault that reads the request and answers so."""

    def fault(connection: Connection) -> bool:
        if connection.read() is None:
            return connection.close()
        return connection.answer(status, body, headers)

    return fault


def raw(data: bytes) -> Fault:
    """A fault that reads the request, answers with these bytes and closes."""

    def fault(connection: Connection) -> bool:
        connection.read()
        connection.send(data)
        return connection.close()

    return fault


class World:
    """The two servers, and what they were asked."""

    def __init__(self, api: FaultServer, storage: FaultServer) -> None:
        self.api = api
        self.storage = storage
        self.clock = FakeClock()

    def client(self, **options: Any) -> AsyncVapi:
        return AsyncVapi("the-token", base_url=self.api.url, **{"clock": self.clock, **options})

    @property
    def ranges(self) -> list[str | None]:
        """What ranges the storage was asked for."""
        return [request.headers.get("range") for request in self.storage.received]


@contextmanager
def world(storage: Fault) -> Iterator[World]:
    """An API that redirects every request to this storage, each time with another signature."""
    with FaultServer(lambda _: storage) as files:
        number = 0

        def redirect(connection: Connection) -> bool:
            nonlocal number
            if connection.read() is None:
                return connection.close()
            number += 1
            return connection.answer(302, b"", f"location: {files.url}/a.wav?signature={number}\r\n")

        with FaultServer(lambda _: redirect) as api:
            yield World(api, files)
