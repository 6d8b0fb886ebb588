"""Examples, run as `python -m` runs them, in this process."""

from __future__ import annotations

import runpy
import sys
from typing import Any

import pytest

from examples import kit
from vapi_async.sandbox import Sandbox


class Player:
    """Runs examples, and sees what they printed and did."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self._sandboxes: list[Sandbox] = []
        monkeypatch.setattr(kit, "offline", self._watched(kit.offline))

    def run(self, module: str, *arguments: str) -> list[str]:
        """Run `python -m examples.MODULE`, and return the lines that it printed."""
        self._monkeypatch.setattr(sys, "argv", [module, *arguments])
        # Another test may have imported it, which `python -m` never sees.
        self._monkeypatch.delitem(sys.modules, f"examples.{module}", raising=False)
        runpy.run_module(f"examples.{module}", run_name="__main__", alter_sys=True)
        return self._capsys.readouterr().out.splitlines()

    def offline(self, module: str) -> tuple[dict[str, list[str]], Sandbox]:
        """Run an example offline, and return its lines without their first word, by that word, and its sandbox."""
        first, empty, *lines = self.run(module)
        assert "nothing is sent" in first
        assert empty == ""
        said: dict[str, list[str]] = {}
        for line in lines:
            word, _, rest = line.partition(" ")
            said.setdefault(word, []).append(rest.strip())
        return said, self._sandboxes.pop()

    def _watched(self, offline: Any) -> Any:
        async def watched(*arguments: Any, **options: Any) -> Sandbox:
            sandbox = await offline(*arguments, **options)
            self._sandboxes.append(sandbox)
            return sandbox

        return watched
