"""How a contract is laid out as text: one change of the API is one changed line, and a screen still shows a schema.

What fits on a line stands on one line, except where the keys are the API's own names: a path, a method, a schema or a
property always starts a line of its own. Characters outside ASCII are escaped, so that a reviewer sees those that
look like another one, or like nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

WIDTH = 120
BROKEN = frozenset({"paths", "schemas", "properties", "patternProperties", "responses"})
"""Keywords whose members each start a line, however short they are."""


def dumps(document: Any) -> str:
    """Return a document as JSON text that ends in a newline.

    Raises:
        ValueError: for a number that JSON has no notation for.
    """
    return _lay_out(document, "", 0, broken=True) + "\n"


def compact(document: Any, levels: int = 3) -> str:
    """Return a document as JSON text for programs: an operation, or a schema, a line.

    Args:
        document: What a package has with it, to be read and not reviewed.
        levels: So many levels of objects have their members on lines of their own.

    Raises:
        ValueError: for a number that JSON has no notation for.
    """
    if not (levels and isinstance(document, dict) and document):
        return json.dumps(document, allow_nan=False, separators=(",", ":"))
    members = (f"{json.dumps(key)}:{compact(value, levels - 1)}" for key, value in document.items())
    return "{\n" + ",\n".join(members) + "\n}"


def _lay_out(value: Any, indent: str, used: int, broken: bool = False) -> str:
    """Return the text of a value that starts in a line of which ``used`` columns are taken."""
    if not isinstance(value, (dict, list)) or not value:
        return json.dumps(value, allow_nan=False)
    inner = indent + " "
    members = list(_members(value, inner))
    brackets = "{}" if isinstance(value, dict) else "[]"
    line = brackets[0] + ", ".join(members) + brackets[1]
    if not broken and "\n" not in line and used + len(line) < WIDTH:
        return line
    return f"{brackets[0]}\n{inner}" + f",\n{inner}".join(members) + f"\n{indent}{brackets[1]}"


def _members(value: dict[str, Any] | list[Any], indent: str) -> Iterable[str]:
    if isinstance(value, list):
        return (_lay_out(item, indent, len(indent)) for item in value)
    return (_member(key, item, indent) for key, item in value.items())


def _member(key: str, item: Any, indent: str) -> str:
    name = json.dumps(key) + ": "
    return name + _lay_out(item, indent, len(indent) + len(name), broken=key in BROKEN)
