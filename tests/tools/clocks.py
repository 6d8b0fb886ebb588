"""`python -m tests.tools.clocks`: the tests that touch time, at moments and in zones where programs go wrong.

The clock is that of libfaketime, so subprocesses have it as well. Spans are measured by the real one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Local moment and zone.
MOMENTS = (
    ("2026-11-28 23:59:30", "UTC"),
    ("2028-02-29 12:00:00", "Asia/Kolkata"),
    ("2026-11-01 01:30:00", "America/New_York"),
    ("2027-04-04 03:30:00", "Pacific/Chatham"),
    ("2026-12-31 23:59:30", "America/New_York"),
    ("2037-06-30 22:12:00", "UTC"),
)
# Not tests/codegen/test_update.py: under libfaketime a wait for a subprocess that has a timeout raises EINVAL.
TOUCHING_TIME = (
    "tests/lists/test_windows.py",
    "tests/lists/test_export.py",
    "tests/http/test_retry.py",
    "tests/sandbox/test_clock.py",
    "tests/sandbox/deliveries",
    "tests/webhooks/verification",
    "tests/extensions/calls/test_tls.py",
    "tests/examples",
    "tests/test_quickstart.py",
    "tests/codegen/test_release.py",
)


def library() -> Path:
    """Return libfaketime's file, or leave and say that it is missing."""
    folders = ("/usr/lib", "/usr/local/lib", "/opt/homebrew/lib")
    found = (file for folder in folders for file in Path(folder).glob("**/faketime/libfaketimeMT.*"))
    return next(found, None) or sys.exit("this needs libfaketime, which is a package of that name in most systems")


def at(moment: str, zone: str, files: tuple[str, ...]) -> int:
    """Run tests at a moment; return pytest's exit code."""
    preload = "DYLD_INSERT_LIBRARIES" if sys.platform == "darwin" else "LD_PRELOAD"
    faked = {preload: str(library()), "FAKETIME": f"@{moment}", "TZ": zone, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not slow", *files]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **faked}, check=False).returncode


def main() -> int:
    """Run them all; return 1 if one failed."""
    files = tuple(sys.argv[1:]) or TOUCHING_TIME
    failed = [f"{moment} {zone}" for moment, zone in MOMENTS if at(moment, zone, files)]
    print("failed at: " + ", ".join(failed) if failed else f"green at {len(MOMENTS)} moments")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
