"""`python -m vapi_async.migrate PATH...` reports what to change in code that uses vapi_server_sdk."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from . import source_text
from .edits import apply
from .files import scan_files, sources
from .report import as_json, as_text

if TYPE_CHECKING:
    from .scan import Examined


def main(arguments: Sequence[str] | None = None) -> int:
    """Report on the paths of a command line, or change them, and return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    for path in options.paths:
        if not path.exists():
            parser.error(f"{path}: there is no such file or folder")
    files = list(dict.fromkeys(source for path in options.paths for source in sources(path)))
    examined = scan_files(files)
    if options.diff or options.write:
        return _edit(examined, write=options.write, force=options.force)
    findings = [finding for each in examined.values() for finding in each.findings]
    _print((as_json if options.json else as_text)(findings, len(files)))
    return 1 if findings else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m vapi_async.migrate",
        description="Report what to change in code that uses vapi_server_sdk.",
        epilog="exit code: 0 nothing to do, 1 findings, 2 bad usage, 3 nothing was written since it would not be safe",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", type=Path, help="a file, or a folder with Python files")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="write JSON")
    form.add_argument("--diff", action="store_true", help="show what --write would change")
    form.add_argument("--write", action="store_true", help="change what is certain: imports, names, await, keys")
    parser.add_argument(
        "--force", action="store_true", help="with --write: write although calls stay that nobody awaits"
    )
    return parser


def _edit(examined: Mapping[Path, Examined], *, write: bool, force: bool) -> int:
    """Show or make the edits, and return the exit code."""
    stuck = [] if force else [finding for each in examined.values() for finding in each.stuck]
    changed = {path: found.edits for path, found in examined.items() if found.edits}
    for path, edits in changed.items():
        old = source_text.read(path)
        new = apply(old, edits)
        if not write:
            _print("".join(_diff(path, old, new)), end="")
        elif not stuck:
            path.write_bytes(new.encode(source_text.encoding(path.read_bytes())))
    if stuck:
        sys.stdout.flush()
        _complain([f"{found.path}:{found.line}: {found.what}" for found in stuck], write=write)
        return 3
    if write:
        _print(f"Files changed: {len(changed)}. What is left: python -m vapi_async.migrate, a type checker, the tests.")
    return 1 if changed else 0


def _complain(stuck: Sequence[str], *, write: bool) -> None:
    verb = "was" if write else "would be"
    sys.stderr.write(
        "\n".join(stuck)
        + f"\nCalls that cannot be awaited where they stand, or may not be of this client: {len(stuck)}. "
        f"Nothing {verb} written, since a call that is not awaited does nothing, and says nothing. Make their "
        "functions async, or use a portal (see the guide for synchronous code), and run this again.\n"
    )


def _diff(path: Path, old: str, new: str) -> list[str]:
    lines = difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), f"{path}", f"{path}")
    return [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines]


def _print(text: str, end: str = "\n") -> None:
    sys.stdout.buffer.write((text + end).encode("utf-8", "backslashreplace"))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
