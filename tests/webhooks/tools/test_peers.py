"""The table of what other libraries take as a tool: it is true of this one, and of those that are installed.

None of them is among the packages that tests need. `pip install fastmcp pydantic-ai-slim openai-agents`, in versions
that the table names or later, has them walked too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.webhooks.tools import signatures
from tests.webhooks.tools.signatures import WORKING
from vapi_async.webhooks import Tools

PAGE = Path(__file__).parents[3] / "docs/tools.md"
FEATURES = {
    "attrs classes": ["attrs_"],
    "`typing.TypedDict`": ["typed_dict"],
    "`**arguments`": ["keywords"],
    "pydantic's `RootModel`": ["root"],
    "`dict[str, int]`": ["mapping", "numbered"],
}
OURS = ("context", "told")  # of which the types are this library's own


def register_here(function: Any) -> None:
    Tools().add(function)


def register_fastmcp(function: Any) -> None:
    import_module("fastmcp.tools").Tool.from_function(function)


def register_pydantic_ai(function: Any) -> None:
    import_module("pydantic_ai").Tool(function, takes_ctx=False)


def register_openai_agents(function: Any) -> None:
    import_module("agents").function_tool(function)


LIBRARIES: dict[str, tuple[str, Callable[[Any], None]]] = {
    "here": ("vapi_async", register_here),
    "FastMCP": ("fastmcp", register_fastmcp),
    "pydantic-ai": ("pydantic_ai", register_pydantic_ai),
    "openai-agents": ("agents", register_openai_agents),
}


def table() -> tuple[list[str], dict[str, list[str]]]:
    """Return the libraries that the table names, and its cells by the first of their row."""
    (found,) = re.findall(
        r"^\| signature \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    (head,) = re.findall(r"^\| signature \|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found.splitlines()]
    return [cell.split()[0] for cell in head.split("|")], {first: cells for first, *cells in rows}


def takes(register: Callable[[Any], None], name: str) -> bool:
    try:
        register(getattr(signatures, name))
    except Exception:  # noqa: BLE001 - each library refuses with errors of its own
        return False
    return True


def test_the_table_has_every_library_and_every_feature() -> None:
    libraries, rows = table()
    assert libraries == list(LIBRARIES)
    assert list(rows) == ["of all in the tests", *FEATURES]


@pytest.mark.parametrize("library", LIBRARIES)
def test_what_the_table_says_of_a_library_is_so(library: str) -> None:
    package, register = LIBRARIES[library]
    pytest.importorskip(package)
    libraries, rows = table()
    column = libraries.index(library)
    names = [function.__name__ for function, _, _ in WORKING if function.__name__ not in OURS]
    taken = {name for name in names if takes(register, name)}
    assert rows["of all in the tests"][column] == f"{len(taken)} of {len(names)}"
    for feature, examples in FEATURES.items():
        assert rows[feature][column].split()[0] == ("yes" if taken.issuperset(examples) else "no"), feature
    assert taken.union(*FEATURES.values()) == set(names), "what differs has a row"
