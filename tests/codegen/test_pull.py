"""A pull writes the contract or changes nothing. A local server answers with exactly the bytes of the test."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from codegen import source as source_module
from codegen.facts import DATA, NAMES, PROSE, SOURCE_KEY
from codegen.pull import PUBLISHED_URL, PullRefused, PullReport, pull

Serve = Callable[..., str]

_words = st.sampled_from(
    sorted(PROSE | DATA | NAMES | {"openapi", "info", "tags", "components", "default", "get", "x-a"})
)


def document(operations: int = 10, **more: Any) -> dict[str, Any]:
    paths = {f"/thing-{number}/{{id}}": {"get": {"summary": "Prose."}} for number in range(operations)}
    return {"openapi": "3.0.0", "info": {"title": "T", "version": "1"}, "paths": paths} | more


def encode(value: Any) -> bytes:
    return json.dumps(value).encode()


def http(body: bytes, status: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body) if length is None else length}", "Connection: close"]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Serve the given responses by path (the first is for ``/``) on this machine, and return the address."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    responses: dict[str, bytes | threading.Event] = {}

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().split()[1].decode()
            while self.rfile.readline().strip():
                pass
            response = responses[path]
            if isinstance(response, threading.Event):
                response.wait()
            else:
                self.wfile.write(response)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Whoever refuses a body hangs up on it."""

    def start(first: bytes | threading.Event, **others: bytes) -> str:
        responses.update({"/": first} | {f"/{name}": response for name, response in others.items()})
        return f"http://127.0.0.1:{server.server_address[1]}/"

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield start
        finally:
            for response in responses.values():
                if isinstance(response, threading.Event):
                    response.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Return a contract with 10 operations in a folder of its own."""
    path = tmp_path / "out" / "openapi.json"
    path.parent.mkdir()
    path.write_bytes(encode(document()))
    return path


def refusal(source: str | Path, output: Path, *, force: bool = False) -> str:
    """Pull, and return the message of the refusal, having seen that nothing changed."""
    before = {path: path.read_bytes() for path in output.parent.iterdir()}
    with pytest.raises(PullRefused) as caught:
        pull(str(source), output, force)
    assert {path: path.read_bytes() for path in output.parent.iterdir()} == before
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


# Sources that can be read


def test_the_default_is_the_published_document() -> None:
    assert PUBLISHED_URL == "https://api.vapi.ai/api-json"
    assert pull.__defaults__ == (PUBLISHED_URL, Path("openapi.json"), False)


def test_a_file_becomes_a_contract(tmp_path: Path) -> None:
    published = tmp_path / "published.json"
    published.write_bytes(encode(document(2, components={"schemas": {"A": {}, "B": {}}})))
    output = tmp_path / "openapi.json"
    sha256 = hashlib.sha256(published.read_bytes()).hexdigest()
    report = pull(str(published), output)
    assert report == PullReport(
        source=str(published), output=output, sha256=sha256, operations=2, schemas=2, added=(), gone=(),
        size=output.stat().st_size, changed=True,
    )  # fmt: skip
    contract = json.loads(output.read_text(encoding="utf-8"))
    assert contract[SOURCE_KEY] == sha256
    assert contract["paths"]["/thing-0/{id}"] == {"get": {}}
    assert output.stat().st_mode & 0o777 == 0o644


def test_the_same_source_gives_the_same_bytes_from_anywhere(tmp_path: Path, serve: Serve) -> None:
    raw = encode(document(3))
    (tmp_path / "published.json").write_bytes(raw)
    squeezed = http(gzip.compress(raw), Content_Encoding="gzip")
    address = serve(http(raw), squeezed=squeezed, moved=http(b"", "302 Found", Location="/"))
    contents = set()
    for number, source in enumerate([tmp_path / "published.json", address, address + "squeezed", address + "moved"]):
        output = tmp_path / f"{number}.json"
        pull(str(source), output)
        contents.add(output.read_bytes())
    assert len(contents) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_a_byte_order_mark_is_no_part_of_the_document(encoding: str, output: Path, tmp_path: Path) -> None:
    (tmp_path / "published.json").write_bytes(json.dumps(document()).encode(encoding))
    assert pull(str(tmp_path / "published.json"), output).operations == 10


def test_pulling_a_contract_again_changes_nothing(output: Path, tmp_path: Path) -> None:
    (tmp_path / "published.json").write_bytes(encode(document()))
    first = pull(str(tmp_path / "published.json"), output)
    content, inode = output.read_bytes(), output.stat().st_ino
    for source in (tmp_path / "published.json", output):
        again = pull(str(source), output)
        assert not again.changed
        assert again.sha256 == first.sha256
        assert output.read_bytes() == content
        assert output.stat().st_ino == inode


# Sources that are refused


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "is not JSON"),
        (b"<!doctype html><html></html>", "is not JSON"),
        (b"\x1f\x8b\x08\x00", "is not JSON"),
        (encode(document())[:-1] + b", }", "is not JSON"),
        (b'{"openapi": "3.0.0", "paths": NaN}', "NaN is no JSON value"),
        (encode(document()).replace(b'"1"', b"1e999"), "is not JSON"),
        (encode(document())[:-1], "is truncated"),
        (encode(document())[:100], "is truncated"),
        ('{"openapi": "3.0.0", "info": {"title": "é'.encode()[:-1], "is truncated"),
        (b"[" * 100_000 + b"]" * 100_000, "is nested deeper"),
        (encode(document(x={"a": 1})).replace(b'{"a": 1}', b'{"a":' * 800 + b"1" + b"}" * 800), "is nested deeper"),
        (encode([document()]), "not an OpenAPI document"),
        (encode("openapi"), "not an OpenAPI document"),
        (encode({"paths": {}}), "not an OpenAPI document"),
        (encode(document() | {"openapi": "4.0.0"}), "version '4.0.0'; only 3.x"),
        (encode(document() | {"openapi": "3.0.0; drop"}), "only 3.x"),
        (encode({"swagger": "2.0", "paths": document()["paths"]}), "version '2.0'; only 3.x"),
        (encode({"openapi": "3.1.0"}), "has no paths"),
        (encode(document(0)), "has no paths"),
        (encode(document() | {"paths": {"/a": {"summary": "no operation"}}}), "has no paths"),
        (encode(document() | {"paths": []}), "has no paths"),
    ],
)
def test_a_document_that_is_none_is_refused(raw: bytes, why: str, output: Path, tmp_path: Path) -> None:
    published = tmp_path / "published.json"
    published.write_bytes(raw)
    message = refusal(published, output, force=True)
    assert str(published) in message
    assert why in message


def test_wherever_a_document_is_cut_it_is_refused(tmp_path: Path) -> None:
    raw = encode(document(2, x=["{a}", "[b]", '\\"}', "\u00e9]", True, None, -1.5e3, {}, []]))
    for length in range(len(raw)):
        (tmp_path / "published.json").write_bytes(raw[:length])
        with pytest.raises(PullRefused, match="is truncated" if length else "is not JSON"):
            pull(str(tmp_path / "published.json"), tmp_path / "openapi.json")
    assert not (tmp_path / "openapi.json").exists()


@pytest.mark.parametrize("source", ["missing.json", ".", "", "\0"])
def test_a_path_that_cannot_be_read_is_refused(source: str, output: Path) -> None:
    assert "cannot be read" in refusal(source, output)


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "204 No Content", "304 Not Modified"])
def test_a_status_other_than_200_is_refused(status: str, output: Path, serve: Serve) -> None:
    body = b"" if status[0] in "23" else encode(document())
    assert f"status {status[:3]}" in refusal(serve(http(body, status)), output)


def test_an_unreachable_server_is_refused(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert "cannot be reached" in refusal(f"http://127.0.0.1:{bound.getsockname()[1]}/", output)


def test_a_server_that_never_answers_is_refused(output: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "TIMEOUT_SECONDS", 0.05)
    assert "did not answer within 0.05 seconds" in refusal(serve(threading.Event()), output)


def test_a_body_that_breaks_off_is_refused(output: Path, serve: Serve) -> None:
    raw = encode(document())
    assert "broke off" in refusal(serve(http(raw, length=len(raw) + 1)), output)
    squeezed = gzip.compress(raw)
    assert "is truncated" in refusal(serve(http(squeezed[:-30], Content_Encoding="gzip")), output)
    assert "cannot be reached" in refusal(serve(http(raw, Content_Encoding="gzip")), output)
    assert "broke off" in refusal(serve(b"what?\r\n\r\n"), output)


def test_a_document_without_end_is_refused(
    output: Path, tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "LARGEST_BYTES", 1000)
    raw = encode(document(1, x=[0] * 2000))
    (tmp_path / "published.json").write_bytes(raw)
    bomb = http(gzip.compress(raw), Content_Encoding="gzip")
    for source in (tmp_path / "published.json", serve(http(raw)), serve(bomb)):
        assert "more than 1,000 bytes" in refusal(source, output)


@pytest.mark.parametrize(
    "source",
    [
        "http://example.com/api-json",
        "http://10.0.0.1/",
        "http://127.0.0.1.example.com/",
        "ftp://127.0.0.1/",
        "file:///x",
    ],
)
def test_only_https_is_fetched_from_elsewhere(source: str, output: Path) -> None:
    assert "only https" in refusal(source, output)


def test_a_redirect_is_held_to_the_same_rule(output: Path, serve: Serve) -> None:
    address = serve(
        http(b"", "302 Found", Location="http://example.com/"), loop=http(b"", "302 Found", Location="/loop")
    )
    assert "http://example.com/ is not fetched" in refusal(address, output)
    assert "redirects" in refusal(address + "loop", output)


def test_a_password_in_a_url_is_neither_used_nor_shown(output: Path) -> None:
    assert "secret" not in refusal("https://me:secret@127.0.0.1/", output)


@pytest.mark.parametrize("source", ["https://", "https://[", "http://127.0.0.1:99999/"])
def test_an_address_that_is_none_is_refused(source: str, output: Path) -> None:
    assert refusal(source, output)


# Operations that are gone


def test_two_of_ten_operations_may_go_and_are_reported(output: Path, tmp_path: Path) -> None:
    (tmp_path / "published.json").write_bytes(encode(document(8)))
    report = pull(str(tmp_path / "published.json"), output)
    assert report.gone == ("GET /thing-8/{id}", "GET /thing-9/{id}")
    assert "gone: GET /thing-8/{id}, GET /thing-9/{id}" in str(report)


def test_more_than_a_fifth_gone_is_refused_unless_forced(output: Path, tmp_path: Path) -> None:
    published = tmp_path / "published.json"
    published.write_bytes(encode(document(3)))
    message = refusal(published, output)
    assert "lacks 7 of the 10 operations" in message
    assert "GET /thing-3/{id}" in message
    assert "and 2 more" in message
    assert pull(str(published), output, force=True).operations == 3


def test_operations_that_come_do_not_make_up_for_those_that_go(output: Path, tmp_path: Path) -> None:
    other: dict[str, Any] = {f"/other-{number}": {"get": {}} for number in range(20)}
    (tmp_path / "published.json").write_bytes(encode(document() | {"paths": other}))
    assert "lacks 10 of the 10" in refusal(tmp_path / "published.json", output)


def test_a_renamed_path_parameter_is_the_same_operation(output: Path, tmp_path: Path) -> None:
    (tmp_path / "published.json").write_bytes(encode(document()).replace(b"{id}", b"{thingId}"))
    report = pull(str(tmp_path / "published.json"), output)
    assert (report.added, report.gone) == ((), ())


def test_new_operations_are_reported(output: Path, tmp_path: Path) -> None:
    (tmp_path / "published.json").write_bytes(encode(document(11)))
    assert "new: GET /thing-10/{id}" in str(pull(str(tmp_path / "published.json"), output))


@pytest.mark.parametrize("content", [b"<<<<<<< HEAD", b"\xff\xfe\xff"])
def test_a_current_contract_that_cannot_be_read_is_replaced_only_by_force(
    content: bytes, output: Path, tmp_path: Path
) -> None:
    (tmp_path / "published.json").write_bytes(encode(document()))
    output.write_bytes(content)
    assert "--force" in refusal(tmp_path / "published.json", output)
    assert pull(str(tmp_path / "published.json"), output, force=True).changed


def test_a_hostile_path_does_not_reach_the_terminal(output: Path, tmp_path: Path) -> None:
    paths = document()["paths"] | {"/\x1b[2J\n\u202e": {"get": {}}}
    (tmp_path / "published.json").write_bytes(encode(document() | {"paths": paths}))
    assert "new: GET /\\x1b[2J\\n\\u202e" in str(pull(str(tmp_path / "published.json"), output))


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


_found = st.dictionaries(_words, _anything, max_size=6)


@settings(max_examples=100, deadline=None)
@given(_found)
def test_whatever_a_document_holds_beside_its_operations_it_is_a_contract(found: Any) -> None:
    whole = {**found, **document(1)}
    with TemporaryDirectory() as folder:
        published, output = Path(folder, "published.json"), Path(folder, "openapi.json")
        published.write_bytes(encode(whole))
        report = pull(str(published), output)
        assert (report.operations, report.changed) == (1, True)
        contract = json.loads(output.read_bytes())
        assert contract["paths"] == {"/thing-0/{id}": {"get": {}}}
        assert not PROSE & contract.keys()
        assert DATA & contract.keys() == DATA & whole.keys()
        assert pull(str(output), output) == replace(report, source=str(output), changed=False)


@settings(max_examples=100, deadline=None)
@given(_found, st.sampled_from([{"openapi": "2.0"}, {"openapi": "4.0.0"}, {"openapi": "3"}, {"paths": {}}]))
def test_whatever_a_document_holds_without_operations_or_another_version_is_refused(found: Any, lacks: Any) -> None:
    with TemporaryDirectory() as folder:
        published, output = Path(folder, "published.json"), Path(folder, "openapi.json")
        published.write_bytes(encode({**found, **document(1), **lacks}))
        with pytest.raises(PullRefused, match=r"no paths with operations|only 3\.x can be read"):
            pull(str(published), output)
        assert not output.exists()


# Writing


def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "published.json").write_bytes(encode(document(12)))

    def fail(self: Path, target: Path) -> None:
        assert json.loads(self.read_bytes())["openapi"] == "3.0.0", "the new file is whole before it takes the place"
        assert self.parent == target.parent
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    assert "cannot be written: No space left on device" in refusal(tmp_path / "published.json", output)


def test_an_interrupt_leaves_no_file_behind(output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "published.json").write_bytes(encode(document(12)))

    def interrupt(self: Path, mode: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "chmod", interrupt)
    with pytest.raises(KeyboardInterrupt):
        pull(str(tmp_path / "published.json"), output)
    assert list(output.parent.iterdir()) == [output]


def test_permissions_and_links_of_the_old_file_stay(output: Path, tmp_path: Path) -> None:
    (tmp_path / "published.json").write_bytes(encode(document(12)))
    output.chmod(0o664)
    link = tmp_path / "link.json"
    link.symlink_to(output)
    pull(str(tmp_path / "published.json"), link)
    assert link.is_symlink()
    assert len(json.loads(output.read_bytes())["paths"]) == 12
    assert output.stat().st_mode & 0o777 == 0o664


def test_an_output_without_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "published.json").write_bytes(encode(document()))
    with pytest.raises(PullRefused, match="cannot be written: No such file"):
        pull(str(tmp_path / "published.json"), tmp_path / "missing" / "openapi.json")


def test_a_document_that_lost_its_schemas_is_refused(tmp_path: Path) -> None:
    whole = {
        "openapi": "3.0.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"responses": {"200": {"description": ""}}}}},
        "components": {"schemas": {name: {"type": "object"} for name in "ABC"}},
    }
    source, output = tmp_path / "source.json", tmp_path / "openapi.json"
    source.write_text(json.dumps(whole))
    pull(str(source), output)
    before = output.read_bytes()
    source.write_text(json.dumps({**whole, "components": {"schemas": {}}}))
    with pytest.raises(PullRefused, match="lacks 3 of the 3 schemas"):
        pull(str(source), output)
    assert output.read_bytes() == before
    pull(str(source), output, force=True)
    assert output.read_bytes() != before
