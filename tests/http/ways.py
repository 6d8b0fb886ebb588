"""Ways to a fault server: over TLS, and behind a proxy that passes on what comes behind CONNECT."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.http.fault_server import FaultServer


class TlsServer(FaultServer):
    """A fault server whose connections are encrypted, on localhost."""

    def __init__(self, script: Any, pem: Path) -> None:
        super().__init__(script)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self._listener = context.wrap_socket(self._listener, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://localhost:{self._listener.getsockname()[1]}"


def _pass_on(client: socket.socket, server: socket.socket) -> None:
    """Hand what each of the two sends to the other, until one of them ends."""
    pair = {client: server, server: client}
    while True:
        for ready in select.select(list(pair), [], [])[0]:
            if not (data := ready.recv(65_536)):
                return
            pair[ready].sendall(data)


class Proxy:
    """Passes on what comes behind CONNECT."""

    def __init__(self) -> None:
        self.targets: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            head = b""
            while b"\r\n\r\n" not in head:
                if not (data := client.recv(1000)):
                    return
                head += data
            target = head.split()[1].decode()
            self.targets.append(target)
            with socket.create_connection(("127.0.0.1", int(target.rpartition(":")[2]))) as server:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                _pass_on(client, server)
