"""A server on a real loopback socket that misbehaves on command, byte by byte.

Every connection is a blocking thread. A script says what each request gets, in the order in which requests arrive; it
is a function of the number of the request (from 0), the connection is handled by hand. `received` holds every request
that was read in full, `connections` counts what was accepted.
"""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

Fault = Callable[["Connection"], bool]
"""Handles one request on a connection; returns whether the connection goes on."""


class Request:
    """A request that was read in full."""

    def __init__(self, head: bytes, body: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = lines[0].split(" ")
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        self.body = body


class Connection:
    """One accepted connection, and what a fault may do with it."""

    def __init__(self, server: FaultServer, sock: socket.socket) -> None:
        self._server = server
        self._sock = sock
        self._buffer = b""

    def read(self) -> Request | None:
        """Read one request in full; None if the client closed before."""
        head, body = self._until(b"\r\n\r\n"), b""
        if head is None:
            return None
        lowered = head.lower()
        if b"transfer-encoding: chunked" in lowered:
            self._buffer = b"\r\n" + self._buffer  # of the head, so that a body without chunks ends as others do
            chunks = self._until(b"\r\n0\r\n\r\n")
            if chunks is None:
                return None
            body = chunks
        elif b"content-length:" in lowered:
            length = int(lowered.split(b"content-length:")[1].split(b"\r\n")[0])
            while len(self._buffer) < length:
                if not self._receive():
                    return None
            body, self._buffer = self._buffer[:length], self._buffer[length:]
        return self._server.note(Request(head, body))

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def answer(
        self, status: int = 200, body: bytes = b"{}", headers: str = "content-type: application/json\r\n"
    ) -> bool:
        self.send(f"HTTP/1.1 {status} X\r\n{headers}content-length: {len(body)}\r\n\r\n".encode() + body)
        return True

    def reset(self) -> bool:
        """Close so that the client gets a reset, not an orderly end."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()
        return False

    def close(self) -> bool:
        self._sock.close()
        return False

    def wait_for_client(self, seconds: float | None = None) -> bool:
        """Wait until the client closes, at most so long; return whether it did."""
        ready, _, _ = select.select([self._sock], [], [], seconds)
        with suppress(OSError):
            return bool(ready) and not self._sock.recv(1)
        return True

    def wait_in_silence(self) -> None:
        """Wait until the client closes the connection itself; its goodbye within TLS is not answered."""
        with socket.socket(fileno=os.dup(self._sock.fileno())) as underneath:
            while underneath.recv(65536):
                pass

    def serve(self) -> None:
        with suppress(OSError), self._sock:
            while True:
                select.select([self._sock], [], [])
                if not self._server.next_fault()(self):
                    return

    def _until(self, mark: bytes) -> bytes | None:
        while mark not in self._buffer:
            if not self._receive():
                return None
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    def _receive(self) -> bytes:
        data = self._sock.recv(65536)
        self._buffer += data
        return data


class FaultServer:
    """A server whose n-th request is handled by `script(n)`."""

    def __init__(self, script: Callable[[int], Fault]) -> None:
        self._script = script
        self._lock = threading.Lock()
        self._count = 0
        self.received: list[Request] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for sock in self._open:
            with suppress(OSError):  # closed by its own thread meanwhile
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def next_fault(self) -> Fault:
        with self._lock:
            self._count += 1
            return self._script(self._count - 1)

    def note(self, request: Request) -> Request:
        with self._lock:
            self.received.append(request)
        return request

    def wait_until_idle(self) -> None:
        """Wait until the client has closed every connection; fail if it keeps one."""
        for thread in self._threads:
            thread.join(timeout=10)
            assert not thread.is_alive(), "a connection was left open"

    def forget(self) -> None:
        """Let go of the requests that came, and of the connections that have ended."""
        self.received.clear()
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._open = [sock for sock in self._open if sock.fileno() >= 0]

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections += 1
                self._open.append(sock)
                thread = threading.Thread(target=Connection(self, sock).serve, daemon=True)
                thread.start()
                self._threads.append(thread)  # only now: nobody can wait for one that has not begun


def ok(connection: Connection) -> bool:
    """Answer properly, echoing what was asked."""
    request = connection.read()
    if request is None:
        return connection.close()
    return connection.answer(body=json.dumps({"id": "x", "method": request.method}).encode())


def refused_url() -> str:
    """Return a URL at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return f"http://127.0.0.1:{sock.getsockname()[1]}"
