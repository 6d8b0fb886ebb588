"""Uploads: every form a file may have, and when they can be sent again."""

from __future__ import annotations

import io
import mimetypes
import os
import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import HTTP
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from tests.http.clocks import FakeClock
from tests.http.conftest import Runner
from tests.http.fault_server import Connection, FaultServer, ok
from tests.http.stub import Stub
from vapi_async import AsyncVapi, FileChanged, RetryPolicy, ServiceUnavailableError, TransportError, VapiError
from vapi_async._operations.multipart import Form
from vapi_async._operations.operation import Operation
from vapi_async.models import CreateFileDTO
from vapi_async.resource import Resource

Part = tuple[str, str | None, str | None, bytes]


def parts(request: httpx.Request) -> list[Part]:
    """Name, file name, media type and content of each part, by the standard library's reading."""
    head = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    message: Any = message_from_bytes(head + request.content, policy=HTTP)
    found = []
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        kind = part.get_content_type() if part["content-type"] else None
        found.append((name, part.get_filename(), kind, part.get_payload(decode=True)))
    return found


class Unseekable(io.RawIOBase):
    """A pipe, as it were."""

    def __init__(self, data: bytes) -> None:
        self._buffer = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._buffer.read(size)


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def upload(file: Any, **fields: Any) -> httpx.Request:
    stub = Stub({"id": "f"})
    async with stub.client() as vapi:
        await vapi.files.create(file=file, **fields)
    return stub.last


async def test_every_form_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"words")
    text = ("file", "notes.txt", "text/plain", b"words")
    assert parts(await upload(path)) == [text]
    assert parts(await upload(str(path))) == [text]
    with path.open("rb") as file:
        assert parts(await upload(file)) == [text]
    assert parts(await upload(b"words")) == [("file", "file", "application/octet-stream", b"words")]
    assert parts(await upload(bytearray(b"words")))[0][3] == b"words"
    assert parts(await upload(io.BytesIO(b"words")))[0][3] == b"words"
    assert parts(await upload(Unseekable(b"words")))[0][3] == b"words"
    assert parts(await upload(stream(b"wo", b"rds")))[0][3] == b"words"
    assert parts(await upload(("a.pdf", b"words"))) == [("file", "a.pdf", "application/pdf", b"words")]
    assert parts(await upload(("a.pdf", path, "text/x-own"))) == [("file", "a.pdf", "text/x-own", b"words")]


async def test_a_file_object_is_sent_from_where_it_stands() -> None:
    file = io.BytesIO(b"0123456789")
    file.seek(4)
    request = await upload(file)
    assert parts(request)[0][3] == b"456789"
    assert request.headers["content-length"] == str(len(request.content))


async def test_lengths_are_sent_where_they_are_known() -> None:
    assert "content-length" in (await upload(b"x")).headers
    unknown = await upload(stream(b"x"))
    assert "content-length" not in unknown.headers
    assert unknown.headers["transfer-encoding"] == "chunked"


async def test_other_fields_are_parts_too() -> None:
    request = await upload(
        b"x", purpose="assistant", metadata='{"a": 1}', extra_body={"more": {"b": [1]}, "flag": True}
    )
    assert parts(request)[1:] == [
        ("purpose", None, None, b"assistant"),
        ("metadata", None, None, b'{"a": 1}'),
        ("more", None, None, b'{"b":[1]}'),
        ("flag", None, None, b"true"),
    ]


async def test_the_whole_form_as_request() -> None:
    stub = Stub({"id": "f"})
    async with stub.client() as vapi:
        await vapi.files.create({"file": b"x", "purpose": "assistant"})
        assert [part[0] for part in parts(stub.last)] == ["file", "purpose"]
        await vapi.files.create(CreateFileDTO(file=b"x", purpose="assistant"))  # type: ignore[arg-type, unused-ignore]
        assert [part[0] for part in parts(stub.last)] == ["file", "purpose"]


async def test_several_files_under_one_name() -> None:
    stub = Stub({})
    fields = {"files": "files", "gone": "gone"}
    operation: Operation[Any] = Operation("POST", "/x", body="multipart", files=("files",), in_body=fields)
    async with stub.client() as vapi:
        await Resource(vapi)._send(operation, {"files": [b"1", ("b", b"2")], "gone": None, "options": {}})
    assert [(part[0], part[3]) for part in parts(stub.last)] == [("files", b"1"), ("files", b"2")]


async def test_names_cannot_break_out_of_their_header() -> None:
    request = await upload(('a"; x="\r\nEvil: 1\r\n\r\n.txt', b"x", "text/plain\r\nEvil: 2"))
    head = request.content.split(b"\r\n\r\n")[0]
    assert b'filename="a%22; x=%22%0D%0AEvil: 1%0D%0A%0D%0A.txt"' in head
    assert head.count(b"\r\n") == 2


@pytest.mark.parametrize(
    ("file", "error", "why"),
    [
        (io.StringIO("text"), TypeError, "'rb'"),
        (7, TypeError, "not int"),
        (("only a name",), TypeError, "tuple"),
        (str(Path(__file__).parent), ValueError, "no regular file"),
        ("/does/not/exist", FileNotFoundError, "exist"),
    ],
)
async def test_what_is_no_file_is_an_error_before_anything_is_sent(file: Any, error: type[Exception], why: str) -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(error, match=why):
            await vapi.files.create(file=file)
    assert stub.requests == []


def again(file: Any) -> tuple[list[bytes], str]:
    """Upload against a 429 and then a 200; return what was received, and the error if it was raised."""
    received: list[bytes] = []
    answers = [httpx.Response(429), httpx.Response(200, json={"id": "f"})]

    async def answer(request: httpx.Request) -> httpx.Response:
        received.append(parts(request)[0][3])
        return answers.pop(0)

    async def main() -> str:
        transport = httpx.MockTransport(answer)
        async with (
            httpx.AsyncClient(transport=transport) as http,
            AsyncVapi("t", http_client=http, clock=FakeClock()) as vapi,
        ):
            try:
                await vapi.files.create(file=file)
            except VapiError as error:
                return str(error)
        return ""

    return received, anyio.run(main)


def test_what_can_be_read_again_is_sent_again(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"words")
    file = io.BytesIO(b"a words")
    file.seek(2)
    for upload_again in (path, b"words", file):
        assert again(upload_again) == ([b"words", b"words"], "")


@pytest.mark.parametrize("kind", ["unseekable", "stream"])
def test_what_cannot_be_read_again_is_sent_once(kind: str) -> None:
    received, error = again(Unseekable(b"words") if kind == "unseekable" else stream(b"words"))
    assert received == [b"words"]
    assert "the file cannot be read again" in error


async def test_a_stream_that_was_not_begun_may_be_tried_again() -> None:
    """No connection came about, so nothing of it was read."""

    class Refusing(httpx.AsyncBaseTransport):
        attempts = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.attempts += 1
            if self.attempts == 1:
                raise httpx.ConnectError("refused")
            await request.aread()
            return httpx.Response(200, json={"id": "f"})

    transport = Refusing()
    async with (
        httpx.AsyncClient(transport=transport) as http,
        AsyncVapi("t", http_client=http, clock=FakeClock()) as vapi,
    ):
        await vapi.files.create(file=stream(b"words"))
    assert transport.attempts == 2


async def test_an_upload_of_unknown_outcome_is_not_repeated() -> None:
    stub = Stub(503)
    async with stub.client() as vapi:
        with pytest.raises(ServiceUnavailableError) as caught:
            await vapi.files.create(file=b"x")
    assert caught.value.may_have_been_processed
    assert len(stub.requests) == 1


async def test_uploads_over_a_socket(tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(bytes(range(256)) * 2000)
    with FaultServer(lambda _: ok) as server:
        async with AsyncVapi("t", base_url=server.url) as vapi:
            await vapi.files.create(file=path)
            await vapi.files.create(file=stream(b"a" * 100_000, b"b"))
    assert path.read_bytes() in server.received[0].body
    assert server.received[1].headers["transfer-encoding"] == "chunked"


async def test_a_stream_that_raises_is_the_users_error_and_leaves_the_pool_usable() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise KeyError("mine")

    with FaultServer(lambda _: ok) as server:
        async with AsyncVapi("t", base_url=server.url, max_concurrency=1) as vapi:
            with pytest.raises(KeyError):
                await vapi.files.create(file=broken())
            await vapi.request("GET", "/x")
    assert [request.method for request in server.received] == ["GET"]


async def test_a_connection_lost_while_sending() -> None:
    with FaultServer(lambda _: lambda connection: connection.reset()) as server:
        async with AsyncVapi("t", base_url=server.url) as vapi:
            with pytest.raises(TransportError):
                await vapi.files.create(file=b"x" * 1_000_000)
        assert server.connections == 1


MEDIA_TYPES = {
    "txt": "text/plain",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "csv": "text/csv",
    "md": "text/markdown",
    "tsv": "text/tab-separated-values",
    "yaml": "application/yaml",
    "json": "application/json",
    "xml": "application/xml",
    "LOG": "text/plain",
    "png": "image/png",
    "csv.gz": "application/octet-stream",
    "own": "application/octet-stream",
}


@pytest.mark.parametrize(("suffix", "media_type"), MEDIA_TYPES.items(), ids=MEDIA_TYPES)
async def test_media_types_do_not_depend_on_the_machine(
    suffix: str, media_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mimetypes.init()
    for table in mimetypes._db.types_map:  # type: ignore[attr-defined]
        monkeypatch.setitem(table, f".{suffix.lower()}", "x/of-this-machine")
    ((_, filename, kind, _),) = parts(await upload((f"a.{suffix}", b"x")))
    assert (filename, kind) == (f"a.{suffix}", media_type)


async def test_metadata_may_be_a_mapping() -> None:
    request = await upload(b"x", metadata={"who": "é", "n": [1]})
    assert parts(request)[1] == ("metadata", None, None, '{"who":"é","n":[1]}'.encode())


@pytest.mark.parametrize("metadata", ["é" * 4097, {"k": "x" * 4096}])
async def test_metadata_that_is_too_long_is_said_before_anything_is_sent(metadata: Any) -> None:
    stub = Stub({"id": "f"})
    async with stub.client() as vapi:
        with pytest.raises(ValueError, match=r"metadata has .* 4096"):
            await vapi.files.create(file=b"x", metadata=metadata)
        assert stub.requests == []
        await vapi.files.create(file=b"x", metadata="é" * 4096)


async def test_a_file_is_read_while_it_is_sent() -> None:
    """Never the whole of it: the server gets the beginning before the rest is read."""
    sizes: list[int] = []
    begun = threading.Event()

    class Large(io.RawIOBase):
        left = 5_000_000

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            if self.left < 2_500_000:
                assert begun.wait(60), "the request does not begin before half of the file is read"
            sizes.append(size)
            piece = min(size, self.left)
            self.left -= piece
            return bytes(piece)

    def note(connection: Connection) -> bool:
        begun.set()
        return ok(connection)

    with FaultServer(lambda _: note) as server:
        async with AsyncVapi("t", base_url=server.url) as vapi:
            await vapi.files.create(file=Large())
    assert set(sizes) <= {0, 64 * 1024}
    assert len(server.received[0].body) > 5_000_000


async def test_an_async_file_will_do(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\ntwo\n")
    async with await anyio.open_file(path, "rb") as file:
        ((_, filename, kind, content),) = parts(await upload(file))
    assert (filename, kind, content) == ("a.txt", "text/plain", b"one\ntwo\n")


async def test_a_stream_of_text_is_an_error_that_says_so() -> None:
    async def words() -> AsyncIterator[str]:
        yield "words"

    with FaultServer(lambda _: ok) as server:
        async with AsyncVapi("t", base_url=server.url) as vapi:
            with pytest.raises(TypeError, match="file: the pieces of a stream are bytes, not str"):
                await vapi.files.create(file=words())


async def test_a_stream_is_closed_when_sending_ends_early() -> None:
    closed = []

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 10_000
        finally:
            closed.append(True)

    with FaultServer(lambda _: lambda connection: connection.reset()) as server:
        async with AsyncVapi("t", base_url=server.url) as vapi:
            with pytest.raises(TransportError):
                await vapi.files.create(file=endless())
    assert closed == [True]


async def test_a_path_that_cannot_be_read_is_said_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret.txt"
    path.write_bytes(b"x")

    def refuse(self: Path, *args: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)  # the rights of a file mean nothing to root
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(PermissionError):
            await vapi.files.create(file=path)
    assert stub.requests == []


@pytest.mark.parametrize("cause", [OSError(5, "Input/output error"), httpx.ReadError("Input/output error")])
async def test_a_file_that_fails_while_it_is_read_is_no_lost_connection(cause: Exception) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        yield b""
        raise cause

    with FaultServer(lambda _: ok) as server:
        async with AsyncVapi("t", base_url=server.url, retry=RetryPolicy(retry_unsafe=True)) as vapi:
            with pytest.raises(type(cause), match="Input/output error") as caught:
                await vapi.files.create(file=broken())
    assert not isinstance(caught.value, VapiError)
    assert server.received == []


async def test_empty_pieces_and_files_are_sent_too() -> None:
    assert parts(await upload(stream(b"", b"a", b"", b"b")))[0][3] == b"ab"
    assert parts(await upload(b""))[0][3] == b""


SIZE = 300_000
CHANGES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "shrinks": (lambda path: os.truncate(path, 150_000), "it had 300000 bytes, and then only 150000"),
    "grows": (lambda path: write(path, SIZE, b"y" * 100_000), "it had 300000 bytes, and then more"),
    "is written to": (lambda path: write(path, 10, b"y"), "it was written to"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", ["path", "file object", "temporary file"])
@pytest.mark.parametrize("transport", [None, "aiohttp", "borrowed"])
def test_a_file_that_changes_while_it_is_sent_is_not_stored(
    change: str, kind: str, transport: str | None, tmp_path: Path, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        path = tmp_path / "a.bin"
        path.write_bytes(b"x" * SIZE)
        os.utime(path, ns=(0, 0))  # long ago, however coarse the times of the file system are
        act, text = CHANGES[change]
        with FaultServer(lambda _: ok) as server:
            async with given(path, kind) as (content, target), uploading(server, transport) as vapi:
                monkeypatch.setattr(Form, "_next", after_pieces(2, lambda: act(target)))
                with pytest.raises(FileChanged, match=text) as caught:
                    await vapi.files.create(file=content)
            server.wait_until_idle()
            assert server.received == []
        assert str(target) in str(caught.value) or kind != "path"
        assert caught.value.may_have_been_processed
        assert caught.value.attempts == 1

    on_backend(run, transport, main)


@pytest.mark.parametrize("change", ["shrinks", "grows"])
@pytest.mark.parametrize("transport", [None, "aiohttp", "borrowed"])
def test_a_file_that_changed_just_before_is_not_stored_either(
    change: str, transport: str | None, tmp_path: Path, run: Runner
) -> None:
    async def main() -> None:
        path = tmp_path / "a.bin"
        path.write_bytes(b"x" * SIZE)
        act, text = CHANGES[change]
        with FaultServer(lambda _: ok) as server:
            async with uploading(server, transport, on_request=lambda event: act(path)) as vapi:
                with pytest.raises(FileChanged, match=text) as caught:
                    await vapi.files.create(file=path)
            server.wait_until_idle()
            assert server.received == []
        assert caught.value.attempts == 1

    on_backend(run, transport, main)


async def test_a_file_that_is_rewritten_alike_before_it_is_read_is_sent_as_it_is_then(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with FaultServer(lambda _: ok) as server:
        async with uploading(server, None, on_request=lambda event: write(path, 0, b"new")) as vapi:
            await vapi.files.create(file=path)
    assert b"\r\n\r\nnew\r\n" in server.received[0].body


async def test_a_spooled_file_stays_in_memory() -> None:
    with tempfile.SpooledTemporaryFile() as file:
        file.write(b"words")
        file.seek(0)
        assert parts(await upload(("a.txt", file)))[0][3] == b"words"
        assert not file._rolled  # type: ignore[attr-defined]


def write(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def after_pieces(count: int, act: Callable[[], Any]) -> Any:
    """The reading of a form that, after so many pieces of a file, does something else first."""
    read, pieces = Form._next, 0

    async def read_and_act(self: Form, source: Any) -> bytes:
        nonlocal pieces
        piece = await read(self, source)
        pieces += 1
        if pieces == count:
            act()
        return piece

    return read_and_act


def on_backend(run: Runner, transport: str | None, main: Callable[[], Any]) -> None:
    if transport == "aiohttp":
        anyio.run(main)
    else:
        run(main)


@asynccontextmanager
async def uploading(server: FaultServer, transport: str | None, **options: Any) -> AsyncIterator[AsyncVapi]:
    """A client that sends to the server through one of the transports, and would send again if that could help."""
    async with httpx.AsyncClient() as http:
        if transport == "borrowed":
            options["http_client"] = http
        if transport == "aiohttp":
            options["transport"] = "aiohttp"
        retry = RetryPolicy(retry_unsafe=True)
        async with AsyncVapi("t", base_url=server.url, clock=FakeClock(), retry=retry, **options) as vapi:
            yield vapi


@asynccontextmanager
async def given(path: Path, kind: str) -> AsyncIterator[tuple[Any, Path]]:
    """A file in one of its forms, and where it is."""
    if kind == "path":
        yield path, path
    elif kind == "file object":
        with path.open("rb") as file:
            yield file, path
    else:
        with tempfile.NamedTemporaryFile() as temporary:
            temporary.write(b"x" * SIZE)
            temporary.seek(0)
            os.utime(temporary.name, ns=(0, 0))
            yield temporary, Path(temporary.name)
