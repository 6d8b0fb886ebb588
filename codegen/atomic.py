"""A file replaced in one step: whoever reads it meanwhile sees the old one or the new one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace(path: Path, content: bytes) -> bool:
    """Replace a file's content, and return whether it changed.

    Raises:
        OSError: It cannot be written; what was there stays.
    """
    target = path.resolve()
    if target.exists() and target.read_bytes() == content:
        return False
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        temporary.chmod(_mode(target))  # mkstemp's are for nobody else
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return True


def _mode(target: Path) -> int:
    """The permissions to keep; a temporary file has none for others."""
    return target.stat().st_mode & 0o777 if target.exists() else 0o644
