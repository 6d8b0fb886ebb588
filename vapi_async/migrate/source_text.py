"""The text of a file as it stands, and of a notebook the code of its cells."""

from __future__ import annotations

import io
import json
import re
import tokenize
from bisect import bisect_right
from pathlib import Path

_MAGIC = re.compile(r"^(\s*)[%!?]", re.MULTILINE)


def read(path: Path) -> str:
    """Return the source in a file, its line ends as they are.

    Raises:
        OSError: it cannot be read.
        SyntaxError: its declared encoding is none.
        ValueError: it is not in its encoding; a notebook is no JSON.
    """
    data = path.read_bytes()
    if path.suffix == ".ipynb":
        return "".join(f"{cell}\n" for cell in _cells(data))
    return data.decode(encoding(data))


def encoding(data: bytes) -> str:
    """Return the encoding that a source declares."""
    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


def cell_of(path: Path, line: int) -> tuple[int, int]:
    """Return the number of a notebook's code cell, and the line in it, both from 1, of a line of its source."""
    starts, line_number = [], 1
    for cell in _cells(path.read_bytes()):
        starts.append(line_number)
        line_number += cell.count("\n") + 1
    index = bisect_right(starts, line)
    return index, line - starts[index - 1] + 1


def _cells(data: bytes) -> list[str]:
    notebook = json.loads(data)
    if not isinstance(notebook, dict):
        raise ValueError("it is no notebook")
    cells = [cell for cell in notebook.get("cells", ()) if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    return [_code("".join(cell.get("source", ""))) for cell in cells]


def _code(source: str) -> str:
    """Return a cell without what is the shell's, line for line."""
    if source.startswith("%%"):
        return "\n" * source.count("\n")
    return _MAGIC.sub(lambda found: f"{found[1]}pass  #", source)
