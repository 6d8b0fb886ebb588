"""Generated text → files: formatted by ruff, written whole, and compared for staleness.

Everything is rendered and formatted in a temporary folder first; the package's ``api/`` and ``models/`` are replaced
only when all of it is there, so a failed run leaves what was.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from ruff import find_ruff_bin

from .errors import Refused

#: What is generated below a package's folder, and nothing else may be in there.
PARTS = ("api", "models", "contract.json")
_LINE_LENGTH = 120
#: No package of its own name, and in no package: what ruff takes for first-party does not depend on where this runs.
_STAGED = ".staged"


class FormatFailed(Refused):
    """ruff could not format what was generated: a bug of the generator, never of the document."""


def write(files: dict[str, str], folder: Path) -> None:
    """Replace the generated parts of a package.

    Args:
        files: Text by path relative to the package's folder.
        folder: The package's folder; created when it is missing.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside the folder, so that each rename stays within one file system.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as name:
        staged = Path(name) / _STAGED
        _stage(files, staged)
        folder.mkdir(exist_ok=True)
        for part in sorted({path.split("/")[0] for path in files}):
            _remove(folder / part)
            (staged / part).rename(folder / part)


def differences(files: dict[str, str], folder: Path) -> list[str]:
    """What differs between the generated parts of a package and what they should be, a line each; empty when fresh."""
    with tempfile.TemporaryDirectory() as name:
        staged = Path(name) / _STAGED
        _stage(files, staged)
        wanted = _read(staged)
    found = _read(folder, [path.split("/")[0] for path in files])
    lines = [f"missing: {path}" for path in wanted.keys() - found.keys()]
    lines += [f"not generated: {path}" for path in found.keys() - wanted.keys()]
    lines += [f"differs: {path}" for path in wanted.keys() & found.keys() if wanted[path] != found[path]]
    return sorted(lines)


def _stage(files: dict[str, str], folder: Path) -> None:
    for path, text in files.items():
        target = folder / path
        if not target.resolve().is_relative_to(folder.resolve()):
            raise FormatFailed(f"{path!r} would be outside of the output folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    _format(folder)


def _format(folder: Path) -> None:
    options = ["--isolated", "--no-cache", f"--line-length={_LINE_LENGTH}", "--target-version=py311"]
    # Without `src` what is first-party would depend on the folder that this runs in.
    first_party = ["--config=lint.isort.known-first-party=['vapi_async']", "--config=src=[]"]
    steps = (["check", "--fix", "--select=I,F401", "--quiet", *first_party], ["format", "--quiet"])
    for step in steps:
        command = [find_ruff_bin(), *step, *options, str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise FormatFailed((done.stdout + done.stderr)[-2000:])


def _read(folder: Path, parts: list[str] | None = None) -> dict[str, bytes]:
    roots = [folder / part for part in dict.fromkeys(parts)] if parts is not None else [folder]
    files = [path for root in roots for path in ([root] if root.is_file() else root.rglob("*"))]
    kept = (path for path in files if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in kept}


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
