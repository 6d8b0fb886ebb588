"""The quickstart as `make run` runs it, and what it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "examples" / "quickstart.py"
SETTINGS = ("VAPI_API_KEY", "VAPI_PHONE_NUMBER_ID", "VAPI_CALL_TO")


def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS} | settings
    environment["PYTHONPATH"] = str(SCRIPT.parents[1])
    command = [sys.executable, "-W", "error", str(SCRIPT), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_offline_it_creates_calls_reads_lists_and_cleans_up() -> None:
    done = run()
    assert done.returncode == 0, done.stderr
    steps = [line.split("  ")[0] for line in done.stdout.splitlines() if "  " in line]
    assert steps == ["created assistant", "placed call", *["read it back"] * 2, "listed calls", "deleted assistant"]
    assert "nobody is called" in done.stdout


def test_live_says_what_is_missing_and_does_nothing() -> None:
    done = run("--live")
    assert done.returncode == 1
    assert all(name in done.stderr for name in SETTINGS)
    assert done.stdout == ""


def test_live_a_failure_is_said_in_a_line() -> None:
    done = run("--live", **dict.fromkeys(SETTINGS, "x"), VAPI_BASE_URL="http://127.0.0.1:1")
    assert done.returncode == 1
    assert done.stdout.startswith("This will create an assistant, call x")
    assert "POST /assistant: no connection" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_option_shows_the_usage() -> None:
    done = run("--dial")
    assert done.returncode == 1
    assert "--live" in done.stderr
