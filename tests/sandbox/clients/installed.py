"""Clients that others wrote, installed from their registries into a cache outside of the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

#: `VAPI_ASYNC_CLIENTS` names another folder.
CACHE = Path(os.environ.get("VAPI_ASYNC_CLIENTS") or Path.home() / ".cache" / "vapi-async" / "clients")
PYTHON_SDK = "vapi_server_sdk==3.0.0"
NODE_PACKAGES = ("@vapi-ai/server-sdk@2.0.1", "@vapi-ai/mcp-server@0.0.11")
_WITHIN = 600.0


def python() -> Path:
    """Return a Python that has the official Python SDK; skips where it cannot be installed."""
    folder = CACHE / PYTHON_SDK.replace("==", "-")
    found = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not (folder / ".ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        _run(sys.executable, "-m", "venv", str(folder), what=PYTHON_SDK)
        _run(str(found), "-m", "pip", "install", "--quiet", PYTHON_SDK, what=PYTHON_SDK)
        (folder / ".ready").touch()
    return found


def node_modules() -> Path:
    """Return a folder with the packages for Node in its node_modules; skips where they cannot be installed."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("there is no Node")
    folder = CACHE / "node"
    ready = folder / f".ready-{'-'.join(each.rpartition('@')[2] for each in NODE_PACKAGES)}"
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "package.json").write_text("{}")
        what = ", ".join(NODE_PACKAGES)
        _run(npm, "install", "--no-audit", "--no-fund", "--silent", *NODE_PACKAGES, what=what, cwd=folder)
        ready.touch()
    return folder


def _run(*command: str, what: str, cwd: Path | None = None) -> None:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=_WITHIN, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"{what} cannot be installed: {error}")
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["?"]
        pytest.skip(f"{what} cannot be installed: {said[-1]}")
