"""What to call a file that is downloaded: as its storage says, but never a path, always a plain name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

_SUFFIXES = {
    "application/gzip": ".gz",
    "application/vnd.tcpdump.pcap": ".pcap",
    "application/x-gzip": ".gz",
    "audio/mp3": ".mp3",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "audio/wave": ".wav",
    "audio/x-wav": ".wav",
    "video/mp4": ".mp4",
}
_LONGEST = 200  # bytes; file systems take 255, and the temporary name is a little longer
_SEPARATORS = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*]')  # on one system or another
_SUFFIX = re.compile(r"(\.[A-Za-z0-9]{1,8}){1,2}")


def file_name(headers: Mapping[str, str], path: str, link: str) -> str:
    """Return a name for a file.

    Args:
        headers: of the answer that has it.
        path: of the API's request, such as `/call/<id>/pcap`: the name is made of it if the headers have none.
        link: where the storage has it, "" if the API has: gives the suffix if the media type does not.
    """
    return _plain(_disposed(headers.get("content-disposition", ""))) or _plain(_made_up(headers, path, link)) or "file"


def _disposed(value: str) -> str:
    """Return the name in a content-disposition header, by RFC 6266."""
    if not value:
        return ""
    from email.message import Message

    message = Message()
    try:
        message["content-disposition"] = value
        return message.get_filename() or ""
    except (ValueError, LookupError, TypeError):  # the parser gives up on some of what no server should send
        return ""


def _made_up(headers: Mapping[str, str], path: str, link: str) -> str:
    words = [unquote(word) for word in path.split("/")[2:]]
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    suffix = _SUFFIXES.get(media_type) or _suffix(link)
    if headers.get("content-encoding"):  # undone
        suffix = suffix.removesuffix(".gz")
    return "-".join(words) + suffix


def _suffix(link: str) -> str:
    suffixes = "".join(PurePosixPath(urlsplit(link).path).suffixes[-2:])
    return suffixes if _SUFFIX.fullmatch(suffixes) else ""


def _plain(name: str) -> str:
    name = _FORBIDDEN.sub("_", _SEPARATORS.split(name)[-1]).strip(". ")
    suffix = PurePosixPath(name).suffix
    if not _SUFFIX.fullmatch(suffix):
        suffix = ""
    stem = name.removesuffix(suffix).encode("utf-8", "ignore")[: _LONGEST - len(suffix)]
    return stem.decode("utf-8", "ignore").strip(". ") + suffix
