"""Settings from a file `.env`: lines such as `VAPI_API_KEY=...`. What the environment has already is not changed."""

from __future__ import annotations

import os
import re
from pathlib import Path

_QUOTED = re.compile(r"""\s*(["'])(.*?)\1\s*(#.*)?""")


def read_env(text: str) -> dict[str, str]:
    """Return the settings in a text: `NAME=value` lines, perhaps after `export`, the value perhaps in quotes."""
    settings = {}
    for line in text.splitlines():
        name, found, value = line.strip().removeprefix("export ").partition("=")
        if found and not name.startswith("#"):
            settings[name.strip()] = _value(value)
    return settings


def _value(text: str) -> str:
    """Return a value without its quotes and without the comment after it."""
    quoted = _QUOTED.fullmatch(text)
    return quoted[2] if quoted else text.partition(" #")[0].strip()


def load_env(path: str | Path = ".env") -> None:
    """Put the settings of a file, if it is there, into the environment."""
    file = Path(path)
    if file.exists():
        for name, value in read_env(file.read_text()).items():
            os.environ.setdefault(name, value)
