"""The reference of the generated part: a page for each resource, which mkdocstrings fills, and their index."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from vapi_async import AsyncVapi
from vapi_async.api import Resources
from vapi_async.resource import Namespace, Resource

_PAGE = """# `vapi.{name}`

::: {path}
    options:
      heading_level: 2
      show_root_heading: false
      show_root_toc_entry: false
      show_bases: false
      inherited_members: true
      show_overloads: false
      filters: ["!^_"]
"""


def pages() -> dict[str, str]:
    """Every page: path below reference/ -> text."""
    found = dict(resources())
    texts = {f"api/{name}.md": _page(name, kind) for name, kind in found.items()}
    return {**texts, "api/index.md": _index(found)}


def resources(holder: Any = None, prefix: str = "") -> Iterator[tuple[str, type[Resource]]]:
    """Yield the name on the client and the class of each resource; `holder` is a client, or a namespace of it."""
    holder = AsyncVapi("not-used") if holder is None else holder
    for name, member in vars(Resources if isinstance(holder, Resources) else type(holder)).items():
        if isinstance(member, cached_property):
            value = getattr(holder, name)
            if isinstance(value, Namespace):
                yield from resources(value, f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}", type(value)


def _page(name: str, kind: type) -> str:
    return _PAGE.format(name=name, path=f"{kind.__module__}.{kind.__name__}")


def _index(found: dict[str, type[Resource]]) -> str:
    rows = [f"| [`vapi.{name}`]({name}.md) | {_first(kind)} | {_methods(kind)} |" for name, kind in found.items()]
    intro = [
        "# The API's resources",
        "",
        "Generated from the contract. What methods take and return is in [the models](../models/index.md). All of them",
        "take `extra_headers`, `extra_query` and `extra_body` as well.",
        "",
        "| resource | what it is | methods |",
        "|---|---|---|",
    ]
    return "\n".join([*intro, *rows, ""])


def _first(kind: type) -> str:
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split()).replace("|", "\\|")


def _methods(kind: type) -> str:
    names = [name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")]
    return ", ".join(f"`{name}`" for name in names)
