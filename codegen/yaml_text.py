"""Documents written in YAML → JSON, as YAML 1.2 has it: `on` and `2026-01-01` are texts, and keys are texts, too."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .document import Json
from .errors import Refused

_OPENAPI = re.compile(rb"^[\"']?(openapi|swagger)[\"']?\s*:", re.MULTILINE)
#: Aliases let a few lines stand for any number of nodes.
_MOST_NODES = 5_000_000
_SCALARS = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
)


if TYPE_CHECKING:
    from yaml import SafeLoader as _SafeLoader
else:  # the fast one, where the library was built with it
    _SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - it is what yaml looks at


for _kind, _pattern, _first in _SCALARS:
    _expression = re.compile(rf"^(?:{_pattern})$")
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", _expression, ["" if c == "\0" else c for c in _first])


def load_yaml(path: Path) -> Json:
    """What a YAML file of our own holds."""
    return yaml.load(path.read_text(encoding="utf-8"), _SafeLoader)  # noqa: S506 - a safe one


def as_json(source: bytes) -> bytes:
    """A document in YAML as JSON; anything else as it is.

    Raises:
        Refused: It begins like an OpenAPI document in YAML, and is none.
    """
    if source.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[", b"") or not _OPENAPI.search(source):
        return source
    try:
        return json.dumps(_plain(yaml.load(source, _Loader), [_MOST_NODES])).encode()  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise Refused(f"the document is no YAML: {error}") from None


def _plain(node: Json, left: list[int]) -> Json:
    left[0] -= 1
    if left[0] < 0:
        raise Refused("the document's YAML aliases make more of it than a contract can be")
    if isinstance(node, dict):
        return {_key(key): _plain(value, left) for key, value in node.items()}
    return [_plain(value, left) for value in node] if isinstance(node, list) else node


def _key(key: object) -> str:
    if isinstance(key, bool) or key is None:
        return json.dumps(key)
    return str(key)
