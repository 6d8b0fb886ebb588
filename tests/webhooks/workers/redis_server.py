"""A real Redis on a free port, for as long as a test needs it."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

needs_redis = pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")


@contextmanager
def redis_server(folder: Path) -> Iterator[int]:
    """Start a server without persistence; yields its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"port": str(port), "bind": "127.0.0.1", "save": "", "dir": str(folder)}
    command = ["redis-server", *(part for key, value in options.items() for part in (f"--{key}", value))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert any("Ready to accept connections" in line for line in server.stdout), "it did not start"
            yield port
        finally:
            server.kill()
