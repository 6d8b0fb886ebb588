"""Multipart bodies: a form whose parts are files and values.

Files are read in pieces while they are sent, in a thread, so their size does not matter to memory or event loop. What
can be read again can be sent again: a path, bytes, a file object that can seek. A stream cannot, once it was begun;
then a failed request is not retried.

The length is sent where it is known. Of a stream it is not: the form then goes in chunks.

A file that changes while it is read would arrive as a mixture of two versions. So before the end of the form is sent,
its size and time of modification are looked at once more; if they changed, the request breaks off without its end, and
fails. This is stricter than other HTTP clients, which cut a file that grew at the length that they announced.
"""

from __future__ import annotations

import io
import os
from collections.abc import AsyncGenerator, AsyncIterable, Collection, Mapping
from contextlib import aclosing, nullcontext
from pathlib import Path
from stat import S_ISREG
from typing import IO, Any, TypeAlias

from vapi_async._http.prepared_request import ContentChanged
from vapi_async._modeling.encoding import to_json
from vapi_async._modeling.unset import UNSET

from .media_type import guess
from .query import query_value

FileContent: TypeAlias = str | os.PathLike[str] | bytes | IO[bytes] | AsyncIterable[bytes]
FileInput: TypeAlias = FileContent | tuple[str, FileContent] | tuple[str, FileContent, str]
"""A file to send: a path, its bytes, a binary file object, an async iterable of bytes; or (file name, any of these[,
media type])."""

_PIECE = 64 * 1024
_LIMITS = {"metadata": 4096}  # characters that the API takes (POST /file, metadata)


class Form:
    """A multipart body.

    Args:
        values: by wire name; UNSET and None are left out, lists become a part per item.
        files: the names of those that are files; their values are a FileInput.

    Raises:
        TypeError: a file is no FileInput, or was opened as text.
        ValueError: a value is longer than the API takes, or a path is that of no regular file.
        OSError: a file cannot be read.

    Attributes:
        failure: what reading a file raised while the form was sent; not the connection's failure.
    """

    def __init__(self, values: Mapping[str, Any], files: Collection[str]) -> None:
        self.failure: Exception | None = None
        self._boundary = os.urandom(16).hex()
        self._parts: list[tuple[bytes, _Content]] = []
        for name, value in values.items():
            for member in value if isinstance(value, list) else [value]:
                if member is not UNSET and member is not None:
                    head, content = _file(name, member) if name in files else _field(name, member)
                    self._parts.append((f"--{self._boundary}\r\n{head}\r\n\r\n".encode(), content))
        self._end = f"--{self._boundary}--\r\n".encode()

    @property
    def content_type(self) -> str:
        """The value of the content-type header."""
        return f"multipart/form-data; boundary={self._boundary}"

    @property
    def length(self) -> int | None:
        """The number of bytes, None if it is not known."""
        total = len(self._end)
        for head, content in self._parts:
            if content.size is None:
                return None
            total += len(head) + content.size + 2
        return total

    @property
    def can_be_read(self) -> bool:
        """Whether all parts can be read, again or for the first time."""
        return all(content.can_be_read for _, content in self._parts)

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Yield the body in pieces; to be closed if it is not read to its end."""
        self.failure = None
        for head, content in self._parts:
            yield head
            async with aclosing(self._announced(content)) as pieces:
                async for piece in pieces:
                    yield piece
            yield b"\r\n"
        yield self._end

    async def _announced(self, content: _Content) -> AsyncGenerator[bytes, None]:
        """Yield a content, which has to be what its size says: the length of the body was sent before it."""
        sent = 0
        async with aclosing(content.read()) as pieces:
            while piece := await self._next(pieces):
                sent += len(piece)
                if content.size is not None and sent > content.size:
                    break
                yield piece
        if change := content.change(sent):
            self.failure = ContentChanged(f"{content.name} changed while it was sent: {change}")
            raise self.failure

    async def _next(self, pieces: AsyncGenerator[bytes, None]) -> bytes:
        try:
            return await anext(pieces, b"")
        except Exception as error:  # such as that of another connection, which the file comes from
            self.failure = error
            raise


class _Content:
    """Bytes at hand. Subclasses: the other kinds of content."""

    def __init__(self, data: bytes = b"", name: str = "") -> None:
        self._data = data
        self.name = name  # of the argument, and of the file
        self.size: int | None = len(data)
        self.can_be_read = True
        self.written_to = False  # while it was read

    def change(self, sent: int) -> str:
        """Return what became of it while so many bytes of it were sent, "" if nothing."""
        if self.size not in (None, sent):
            return f"it had {self.size} bytes, and then {'more' if sent > (self.size or 0) else f'only {sent}'}"
        return "it was written to" if self.written_to else ""

    async def read(self) -> AsyncGenerator[bytes, None]:
        """Yield the content in pieces. What it holds is let go of without waiting, so also in a cancelled task."""
        if self._data:
            yield self._data


class _PathContent(_Content):
    def __init__(self, name: str, path: str | os.PathLike[str]) -> None:
        super().__init__(name=f"{name}: {str(path)!r}")
        self._path = path
        status = Path(path).stat()
        if not S_ISREG(status.st_mode):
            raise ValueError(f"{name}: {str(path)!r} is no regular file")
        Path(path).open("rb").close()  # what cannot be read is said now, not when half of the form is sent
        self.size = status.st_size

    async def read(self) -> AsyncGenerator[bytes, None]:
        from anyio.to_thread import run_sync

        with await run_sync(Path(self._path).open, "rb") as file:
            modified = _modified(file)
            while piece := await run_sync(file.read, _PIECE):
                yield piece
            self.written_to = _modified(file) != modified


class _FileContent(_Content):
    """A file object, from where it stands; one that cannot seek is read once."""

    def __init__(self, name: str, file: Any) -> None:
        super().__init__(name=f"{name}: the file")
        self._file = file
        if isinstance(file.read(0), str):
            raise TypeError(f"{name}: the file was opened as text; open it with mode 'rb'")
        self._seekable = hasattr(file, "seekable") and file.seekable()
        self._start = file.tell() if self._seekable else 0
        self.size = self._rest() if self._seekable else None

    def _rest(self) -> int:
        size = int(self._file.seek(0, os.SEEK_END)) - self._start
        self._file.seek(self._start)
        return size

    async def read(self) -> AsyncGenerator[bytes, None]:
        from anyio.to_thread import run_sync

        if self._seekable:
            self._file.seek(self._start)
        self.can_be_read = self._seekable
        modified = _modified(self._file)
        while piece := await run_sync(self._file.read, _PIECE):
            yield piece
        self.written_to = _modified(self._file) != modified


class _StreamContent(_Content):
    def __init__(self, name: str, stream: AsyncIterable[bytes]) -> None:
        super().__init__()
        self._name = name
        self._stream = stream
        self.size = None

    async def read(self) -> AsyncGenerator[bytes, None]:
        self.can_be_read = False
        stream: Any = self._stream
        async with aclosing(stream) if hasattr(stream, "aclose") else nullcontext():
            async for piece in stream:
                if not isinstance(piece, bytes | bytearray | memoryview):
                    raise TypeError(f"{self._name}: the pieces of a stream are bytes, not {type(piece).__name__}")
                if piece:
                    yield bytes(piece)


def _modified(file: Any) -> int | None:
    """Return when the file behind a file object was written to last, in nanoseconds; None if there is none."""
    file = getattr(file, "file", file)  # of a named temporary one
    if not isinstance(file, io.BufferedIOBase | io.RawIOBase):  # a spooled one would move to disk for the question
        return None
    try:
        status = os.fstat(file.fileno())
    except (OSError, ValueError):  # bytes in memory; or closed meanwhile
        return None
    return status.st_mtime_ns if S_ISREG(status.st_mode) else None


def _field(name: str, value: Any) -> tuple[str, _Content]:
    is_json = isinstance(value, Mapping) or hasattr(value, "to_dict")
    data = to_json(value) if is_json else query_value(name, value).encode()
    limit = _LIMITS.get(name, len(data))
    if len(data) > limit and (length := len(data.decode())) > limit:
        raise ValueError(f"{name} has {length} characters: the API takes {limit} at most")
    return f'Content-Disposition: form-data; name="{_quoted(name)}"', _Content(data)


def _file(name: str, value: Any) -> tuple[str, _Content]:
    filename, content, media_type = _described(name, value)
    head = f'Content-Disposition: form-data; name="{_quoted(name)}"; filename="{_quoted(filename)}"'
    one_line = " ".join((media_type or guess(filename)).split())
    return f"{head}\r\nContent-Type: {one_line}", _content(name, content)


def _described(name: str, value: Any) -> tuple[str, Any, str | None]:
    """Return file name, content and media type of a file in any of its forms."""
    if isinstance(value, tuple):
        if not 2 <= len(value) <= 3:
            raise TypeError(f"{name}: a tuple for a file is (file name, content) or (file name, content, media type)")
        return str(value[0]), value[1], value[2] if len(value) == 3 else None
    path = value if isinstance(value, str | os.PathLike) else getattr(value, "name", None)
    return Path(path).name if isinstance(path, str | os.PathLike) else "file", value, None


def _content(name: str, value: Any) -> _Content:
    if isinstance(value, bytes | bytearray | memoryview):
        return _Content(bytes(value))
    if isinstance(value, str | os.PathLike):
        return _PathContent(name, value)
    if isinstance(value, AsyncIterable):
        return _StreamContent(name, value)
    if hasattr(value, "read"):
        return _FileContent(name, value)
    raise TypeError(f"{name}: a file is a path, bytes, a file object or a tuple, not {type(value).__name__}")


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
