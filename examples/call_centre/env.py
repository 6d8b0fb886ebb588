"""Settings from a file `.env`: lines such as `VAPI_API_KEY=...`. What the environment has already is not changed."""

from __future__ import annotations

import os
from pathlib import Path


def read_env(text: str) -> dict[str, str]:
    """Return the settings in a text: `NAME=value` lines, perhaps after `export`, the value perhaps in quotes."""
    settings = {}
    for line in text.splitlines():
        name, found, value = line.strip().removeprefix("export ").partition("=")
        if found and not name.startswith("#"):
            value = value.strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            settings[name.strip()] = value[1:-1] if quoted else value
    return settings


def load_env(path: str | Path = ".env") -> None:
    """Put the settings of a file, if it is there, into the environment."""
    file = Path(path)
    if file.exists():
        for name, value in read_env(file.read_text()).items():
            os.environ.setdefault(name, value)
