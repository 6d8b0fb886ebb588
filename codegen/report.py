"""What was changed in a document on the way, as lines for people: safe to print whatever the document holds."""

from __future__ import annotations

_LONGEST = 400


class Report:
    """What was changed on the way, as lines for people."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, pointer: str, text: str) -> None:
        self.lines.append(f"{printable(pointer)}: {printable(text)}")


def printable(text: str) -> str:
    """Text of a document for people to read: short, and without what a terminal would obey."""
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} ... {text[-_LONGEST // 2 :]}"
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in short)
