"""`PartFile`: a file that is written under a temporary name, and gets its own when it is complete.

The work is done in threads, and a cancelled task may leave one behind that still writes. So every step holds a lock,
and after `discard`, which waits for the step under way, none does anything. `discard` itself is quick and needs no
thread: nothing can come between it and the end of a task.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import IO

_SPECIAL = (
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
)
_SHOWN = 40  # characters of the name in the temporary one, so that it is not too long where the name itself is not


class PartFile:
    """A file in the making.

    Args:
        target: its name when it is complete; a regular file that is there is replaced, one behind a link as well.
    """

    __slots__ = ("_done", "_file", "_lock", "_part", "_target")

    def __init__(self, target: Path) -> None:
        self._target = target.resolve() if target.is_symlink() else target
        self._part = self._target
        self._file: IO[bytes] | None = None
        self._lock = Lock()
        self._done = False

    def open(self) -> None:
        """Create the file under its temporary name.

        Raises:
            ValueError: under its own name is something that is no file, such as a device.
        """
        with self._lock:
            if not self._done:
                _refuse_special(self._target)
                self._part = self._target.with_name(f".{self._target.name[:_SHOWN]}.{token_hex(4)}.part")
                self._file = self._part.open("xb")

    def write(self, offset: int, data: bytes) -> None:
        """Write bytes to where they belong."""
        with self._lock:
            if self._file is not None:
                self._file.seek(offset)
                self._file.write(data)

    def complete(self, size: int) -> None:
        """Give the file its name; what was written beyond its size is cut off."""
        with self._lock:
            if self._file is not None:
                self._file.truncate(size)
                self._file.close()
                _refuse_special(self._target)  # once more: it may have come meanwhile, and a rename would destroy it
                self._part.replace(self._target)
                self._file = None

    def discard(self) -> None:
        """Remove what is not complete; after that, nothing can be done with it."""
        with self._lock:
            self._done = True
            file, self._file = self._file, None
            if file is not None:
                with suppress(OSError):  # what it could not write is not wanted
                    file.close()
                self._part.unlink(missing_ok=True)


def is_directory(path: str | os.PathLike[str]) -> bool:
    """Return whether a path to write to is a directory.

    Raises:
        TypeError: it is no path.
        ValueError: it is empty, or names something that is neither a file nor a directory.
        FileNotFoundError: it is not, and its parent is none either.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path must be a str or an os.PathLike, not {type(path).__name__}")
    if not os.fspath(path):  # which pathlib takes for the current directory
        raise ValueError("path is empty: give the name of a file, or a directory such as '.'")
    place = Path(path)
    if place.is_dir():
        return True
    _refuse_special(place)
    ends = os.fspath(path).endswith(("/", os.sep))
    if ends or not place.parent.is_dir():
        missing = place if ends else place.parent
        raise FileNotFoundError(errno.ENOENT, "path: there is no such directory", str(missing))
    return False


def _refuse_special(place: Path) -> None:
    """Raise a ValueError for a device, a FIFO or a socket: a rename would put a file in its place."""
    try:
        mode = place.stat().st_mode
    except OSError:  # there is nothing, or nothing that can be looked at: writing will tell
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        what = next((name for is_one, name in _SPECIAL if is_one(mode)), "no file")
        raise ValueError(f"path: {place} is {what}, and only a file is replaced: read the bytes and write them there")
