"""`Download`: a file of the API that is yet to be fetched, into memory, to disk, or in pieces.

Four parts, one subject each. A `Source` knows where the file is: behind a redirect of the API, to a storage that must
not see the token, under a link that soon expires. A `Transfer` gets the bytes of it, over as many connections as it
takes. A `PartFile` keeps the bytes under a temporary name until all of them are there. This module puts them together.

The client's retry policy applies twice: to each request until it is answered, as everywhere, and to the transfer, which
may break that often. Its deadline is for each request, not for the file, which may be large.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from attrs import frozen

from vapi_async._http.session import collect
from vapi_async._lazy import exported_by

from .source import Source
from .transfer import Transfer

if TYPE_CHECKING:
    import os
    from types import TracebackType

    from vapi_async._http.prepared_request import PreparedRequest
    from vapi_async._http.session import Session

Progress: TypeAlias = Callable[[int, int | None], Awaitable[Any] | Any]
"""Takes how many bytes came and how many there are, None if that is not known; sync or async."""


@frozen
class SavedFile:
    """A file that was downloaded.

    Attributes:
        path: where it is.
        size: its length in bytes.
        media_type: what the storage says that it is, such as `audio/wav`; None if it does not say.
    """

    path: Path
    size: int
    media_type: str | None


@exported_by("vapi_async")
class Download:
    """A file that nothing was asked for yet; each use asks for it anew.

        data = await vapi.calls.mono_recording(id)
        saved = await vapi.calls.mono_recording(id).to("call.wav")
        async with vapi.calls.mono_recording(id) as pieces:
            async for piece in pieces: ...

    Args:
        session: sends the requests.
        request: the request that the API answers with the file, or with where it is.
    """

    __slots__ = ("_open", "_request", "_session")

    def __init__(self, session: Session, request: PreparedRequest) -> None:
        self._session = session
        headers = {**request.headers, "accept": "*/*", "accept-encoding": "identity"}  # ranges count the file's bytes
        self._request = request.replace(headers=headers, stream=True)
        self._open: Pieces | None = None

    def __repr__(self) -> str:
        return f"<Download {self._request.method} {self._request.path}>"

    def __await__(self) -> Generator[Any, Any, bytes]:
        return self.read().__await__()

    async def read(self) -> bytes:
        """Return the file; awaiting the download itself does the same.

        Raises:
            RequestError: the API, or the storage, did not give it, or not all of it.
            ResponseTooLarge: it has more than `max_response_bytes` of the client; `to` has no such limit.
        """
        content = bytearray()
        most = self._session.options.max_response_bytes
        async with self._transfer() as transfer:
            transfer.check_size(most)
            while piece := await transfer.read():
                del content[transfer.received - len(piece) :]
                content += piece
                transfer.check_size(most)
            del content[transfer.received :]
        data = bytes(content)
        _collect(transfer, data)
        return data

    async def to(
        self, path: str | os.PathLike[str], *, progress: Progress | None = None, resume: bool = True
    ) -> SavedFile:
        """Write the file to disk, under a temporary name next to `path` until it is complete.

        What is at `path` is replaced then, not before. A transfer that breaks is taken up where it broke, if the
        storage allows that and the file is still the same, and else begun anew; as often as the client's retry policy
        says. Whatever goes wrong for good, cancellation included, leaves no part of the file behind.

        Args:
            path: where it goes; in a directory, under the name that the storage gives it, or one like
                `<call id>-mono-recording.wav`.
            progress: is called at the start, after each piece, and at the end before the file gets its name, with the
                number of bytes that are written and the whole number, None if not known. Begun anew, it counts anew.
            resume: whether a broken transfer goes on; if not, its error is raised.

        Raises:
            TypeError: `path` is no path, or `progress` cannot be called.
            RequestError: the API, or the storage, did not give it, or not all of it.
            OSError: it could not be written; raised before anything is sent where the directory is missing.
        """
        from anyio.to_thread import run_sync

        from vapi_async._extensions.part_file import PartFile, is_directory

        if progress is not None and not callable(progress):
            raise TypeError(f"progress must be a function of two numbers, not {type(progress).__name__}")
        within = await run_sync(is_directory, path)
        async with self._transfer(resume=resume) as transfer:
            target = Path(path, transfer.filename) if within else Path(path)
            part = PartFile(target)
            try:
                await run_sync(part.open)
                await _report(progress, 0, transfer.total)
                while piece := await transfer.read():
                    await run_sync(part.write, transfer.received - len(piece), piece)
                    await _report(progress, transfer.received, transfer.total)
                await _report(progress, transfer.received, transfer.received)
                await run_sync(part.complete, transfer.received)
            finally:
                part.discard()
        return SavedFile(target, transfer.received, transfer.media_type)

    async def __aenter__(self) -> Pieces:
        if self._open is not None:
            raise RuntimeError("this download is being read already: ask for another one")
        self._open = pieces = Pieces(self._transfer(restart=False))
        try:
            await pieces._transfer.__aenter__()
        except BaseException:
            self._open = None
            raise
        return pieces

    async def __aexit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._open is not None
        pieces, self._open = self._open, None
        await pieces._transfer.__aexit__(error_type, error, trace)

    def _transfer(self, *, resume: bool = True, restart: bool = True) -> Transfer:
        source = Source(self._session, self._request)
        return Transfer(self._session, source, resume=resume, restart=restart)


class Pieces:
    """The bytes of a file as they come: `async for piece in pieces`.

    A transfer that breaks is taken up where it broke, if the storage allows that and the file is still the same;
    otherwise the error is raised, since the pieces that are out cannot be taken back.
    """

    __slots__ = ("_transfer",)

    def __init__(self, transfer: Transfer) -> None:
        self._transfer = transfer

    @property
    def size(self) -> int | None:
        """The length of the file in bytes, None if it is not known."""
        return self._transfer.total

    @property
    def received(self) -> int:
        """How many bytes came."""
        return self._transfer.received

    @property
    def media_type(self) -> str | None:
        """What the storage says that it is, such as `audio/wav`; None if it does not say."""
        return self._transfer.media_type

    @property
    def filename(self) -> str:
        """The name that the storage gives the file, else one like `<call id>-mono-recording.wav`; never a path."""
        return self._transfer.filename

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """Return the next piece, of one byte or more.

        Raises:
            RequestError: the rest of the file did not come.
        """
        piece = await self._transfer.read()
        if not piece:
            raise StopAsyncIteration
        return piece


def _collect(transfer: Transfer, data: bytes) -> None:
    """Give `Client.detailed` the answer with the content that was read."""
    response = copy(transfer.response)
    response.content = data
    collect(response)


async def _report(progress: Progress | None, received: int, total: int | None) -> None:
    if progress is not None:
        result = progress(received, total)
        if isinstance(result, Awaitable):
            await result
