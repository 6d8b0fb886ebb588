"""`python -m vapi_async.migrate PATH...` reports what to change in code that uses vapi_server_sdk."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .files import scan_file, sources
from .report import as_json, as_text


def main(arguments: Sequence[str] | None = None) -> int:
    """Report on the paths of a command line, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m vapi_async.migrate",
        description="Report what to change in code that uses vapi_server_sdk. Nothing is edited.",
        epilog="exit code: 0 nothing to do, 1 findings, 2 bad usage",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", type=Path, help="a file, or a folder with Python files")
    parser.add_argument("--json", action="store_true", help="write JSON")
    options = parser.parse_args(arguments)
    for path in options.paths:
        if not path.exists():
            parser.error(f"{path}: there is no such file or folder")
    files = list(dict.fromkeys(source for path in options.paths for source in sources(path)))
    findings = [finding for file in files for finding in scan_file(file)]
    text = (as_json if options.json else as_text)(findings, len(files))
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.flush()
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
