"""What a file is, by its name; the same on every machine."""

from __future__ import annotations

from pathlib import PurePath

# What the API takes for its knowledge bases; anything else is left to the standard library's own table.
_KNOWN = {
    ".csv": "text/csv",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
_UNKNOWN = "application/octet-stream"


def guess(filename: str) -> str:
    """Return the media type for a file name, that of any bytes if nothing better is known."""
    known = _KNOWN.get(PurePath(filename).suffix.lower())
    if known is not None:
        return known
    from mimetypes import MimeTypes

    media_type, coding = MimeTypes().guess_type(filename)  # the function would ask the tables of the machine
    return media_type if media_type and not coding else _UNKNOWN
