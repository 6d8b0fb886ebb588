"""A terminal with `vapi-async` in it: what is typed there, and what is seen."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
_PATIENCE = 60.0


class Terminal:
    """A command that runs in a terminal of 120 columns."""

    def __init__(self, *arguments: str, environment: Mapping[str, str] | None = None, folder: Path = ROOT) -> None:
        self._master, slave = pty.openpty()
        own = {name: value for name, value in os.environ.items() if not name.startswith("VAPI_")}
        own |= {"PYTHONPATH": str(ROOT), "COLUMNS": "120", "TERM": "xterm", **(environment or {})}
        command = [sys.executable, "-m", "vapi_async", *arguments]
        self._process = subprocess.Popen(command, cwd=folder, env=own, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        self.seen = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def expect(self, text: str) -> str:
        """Wait until a text is seen; return all that was."""
        while text not in self.seen:
            assert self._read(), f"{text!r} did not come: {self.seen!r}"
        return self.seen

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def interrupt(self) -> None:
        """Do what Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)

    def end(self) -> tuple[int, str]:
        """Wait for the end; return the exit code, and all that was seen."""
        while self._read():
            pass
        return self._process.wait(_PATIENCE), self.seen

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], _PATIENCE)
        assert ready, f"nothing more came: {self.seen!r}"
        try:
            data = os.read(self._master, 4096)
        except OSError:  # the other side is closed
            return False
        self.seen += _ESCAPES.sub("", data.decode(errors="replace"))
        return bool(data)
