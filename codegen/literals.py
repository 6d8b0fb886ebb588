"""Values and texts of a document → Python literals and docstrings that hold nothing but them.

Every string of the document that reaches the output goes through here, or through `identifiers`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def literal(value: Any) -> str:
    """A JSON value as a Python literal in ASCII, whatever it holds."""
    if isinstance(value, str):
        return json.dumps(value) if value.isascii() and value.isprintable() else ascii(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    return repr(value)


def tuple_literal(values: Iterable[Any]) -> str:
    """Values as a Python tuple of literals."""
    spelled = [literal(value) for value in values]
    return f"({', '.join(spelled)}{',' if len(spelled) == 1 else ''})"


def docstring(text: str) -> str:
    """Text that may stand between triple quotes: no backslash, quote run or control character gets through."""
    safe = "".join(char if char.isprintable() or char == "\n" else "?" for char in text)
    return safe.replace("\\", "\\\\").replace('"""', "'''").rstrip('"')
