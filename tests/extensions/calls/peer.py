"""The other side of a live call, on a real loopback socket: takes commands, and does with a websocket what a test says.

Every connection is a blocking thread. A request without upgrade is kept in `commands` and answered with the next of
`answers`. For an upgrade `script` is called with a `Peer`, which has not answered the handshake yet.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Self

import wsproto
from wsproto import events

_PATIENCE = 30.0  # seconds that no test comes near


class Command:
    """A request to the control URL."""

    def __init__(self, head: bytes, body: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.path, _ = first.split(" ")
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.body = json.loads(body) if body else None


class Peer:
    """One websocket connection, as the server sees it."""

    def __init__(self, sock: socket.socket, request: bytes) -> None:
        self._sock = sock
        self._request = request
        self._websocket = wsproto.WSConnection(wsproto.ConnectionType.SERVER)
        self.closed_with: int | None = None
        self.pongs = 0

    def accept(self) -> Self:
        self._websocket.receive_data(self._request)
        next(iter(self._websocket.events()))
        self.raw(self._websocket.send(events.AcceptConnection()))
        return self

    def refuse(self, status: int, body: bytes = b"") -> None:
        self.raw(b"HTTP/1.1 %d Whatever\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body))

    def send(self, *messages: bytes | str | Mapping[str, Any]) -> Self:
        for message in messages:
            data = message if isinstance(message, bytes | str) else json.dumps(message)
            self.raw(self._websocket.send(events.Message(data=data)))
        return self

    def frame(self, event: events.Event) -> bytes:
        return self._websocket.send(event)

    def raw(self, data: bytes) -> None:
        self._sock.sendall(data)

    def close(self, code: int = 1000, reason: str | None = None) -> None:
        self.raw(self._websocket.send(events.CloseConnection(code, reason)))
        self.receive()

    def cut(self) -> None:
        """End the connection with a reset."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()

    def receive(self) -> bytes | str | None:
        """Return the next message; None once the client closed."""
        parts: list[Any] = []
        while True:
            for event in self._websocket.events():
                if isinstance(event, events.Message):
                    parts.append(event.data if isinstance(event.data, str) else bytes(event.data))
                    if event.message_finished:
                        return parts[0][:0].join(parts)
                elif isinstance(event, events.Pong):
                    self.pongs += 1
                elif isinstance(event, events.Ping):
                    self.raw(self._websocket.send(event.response()))
                elif isinstance(event, events.CloseConnection):
                    self.closed_with = int(event.code)
                    with suppress(wsproto.utilities.LocalProtocolError, OSError):
                        self.raw(self._websocket.send(event.response()))
                    return None
            data = self._sock.recv(65_536)
            if not data:
                return None
            self._websocket.receive_data(data)


class LiveServer:
    """Serves until the end of the `with` block; an exception in a script is raised there."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.answers: list[tuple[int, bytes]] = []
        self.handshakes: list[Command] = []
        self.script: Callable[[Peer], None] = lambda peer: None
        self.wrap: Callable[[socket.socket], socket.socket] = lambda sock: sock
        self.over = threading.Event()
        self._failures: list[Exception] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def call(self, **more: Any) -> dict[str, Any]:
        """A call that is going on here."""
        where = f"127.0.0.1:{self.port}/secret-id"
        monitor = {"controlUrl": f"http://{where}/control", "listenUrl": f"ws://{where}/listen"}
        transport = {"provider": "vapi.websocket", "websocketCallUrl": f"ws://{where}/transport"}
        return {"id": "call-1", "status": "in-progress", "monitor": monitor, "transport": transport, **more}

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(_PATIENCE)
        if self._failures:
            raise self._failures[0]

    def settle(self) -> None:
        """Wait until every script is at its end."""
        for thread in self._threads[1:]:
            thread.join(_PATIENCE)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.settimeout(_PATIENCE)
            self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        with sock:
            try:
                sock = self.wrap(sock)
                while self._request(sock):
                    pass
                sock.close()
            except (ConnectionError, ssl.SSLError):
                pass
            except Exception as error:  # noqa: BLE001 - the test has to hear of it
                self._failures.append(error)

    def _request(self, sock: socket.socket) -> bool:
        data = b""
        while b"\r\n\r\n" not in data:
            more = sock.recv(65_536)
            if not more:
                return False
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        request = Command(head, b"")
        if "upgrade" in request.headers:
            self.handshakes.append(request)
            self.script(Peer(sock, data))
            return False
        while len(body) < int(request.headers.get("content-length", 0)):
            body += sock.recv(65_536)
        self.commands.append(Command(head, body))
        status, answer = self.answers.pop(0) if self.answers else (200, b"{}")
        sock.sendall(b"HTTP/1.1 %d Whatever\r\ncontent-length: %d\r\n\r\n%s" % (status, len(answer), answer))
        return True
