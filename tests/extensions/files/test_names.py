"""Names of downloads: plain ones, whatever the storage says."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from vapi_async._extensions.files.file_name import file_name

PATH = "/call/the-id/call-logs"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="call.wav"', "call.wav"),
        ("attachment; filename=call.wav", "call.wav"),
        ("inline; filename*=UTF-8''r%C3%A9sum%C3%A9.wav", "résumé.wav"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\x\\\\call.wav"', "call.wav"),
        ('attachment; filename="a:b?.wav"', "a_b_.wav"),
        ('attachment; filename=".hidden. "', "hidden"),
        ('attachment; filename=".."', "the-id-call-logs"),
        ('attachment; filename="dir/"', "the-id-call-logs"),
        ("attachment", "the-id-call-logs"),
        ("", "the-id-call-logs"),
    ],
)
def test_what_the_storage_says(disposition: str, name: str) -> None:
    assert file_name({"content-disposition": disposition}, PATH, "") == name


@pytest.mark.parametrize(
    ("headers", "link", "suffix"),
    [
        ({"content-type": "audio/mpeg"}, "https://s.example/a.wav?x=.mp4", ".mp3"),
        ({"content-type": "audio/x-wav; a=b"}, "", ".wav"),
        ({"content-type": "binary/octet-stream"}, "https://s.example/a.jsonl.gz?x=y", ".jsonl.gz"),
        ({"content-encoding": "gzip"}, "https://s.example/a.jsonl.gz?x=y", ".jsonl"),
        ({}, "https://s.example/a.b%2Fc", ""),
        ({}, "https://s.example/a", ""),
    ],
)
def test_else_it_is_named_after_the_call(headers: dict[str, str], link: str, suffix: str) -> None:
    assert file_name(headers, PATH, link) == "the-id-call-logs" + suffix


def test_an_id_is_no_path_either() -> None:
    assert file_name({}, "/call/..%2F..%2Fx/pcap", "") == "x-pcap"


def test_long_names_are_cut_before_their_suffix() -> None:
    name = file_name({"content-disposition": f"attachment; filename*=UTF-8''{'%C3%A9' * 300}.wav"}, PATH, "")
    assert name == "é" * 98 + ".wav"


@given(
    st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60),
    st.sampled_from(["", "x; filename=", 'x; filename="', "x; filename*=", "x; filename*0*=utf-8'en'"]),
)
def test_whatever_is_said_the_name_is_plain(text: str, start: str) -> None:
    name = file_name({"content-disposition": start + text}, PATH, "")
    assert name
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert name not in (".", "..")
    assert len(name.encode()) <= 200
