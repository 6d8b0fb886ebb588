"""The rooms of the sandbox: each imports only what is below it, also for types, and no file is in a circle."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import vapi_async.sandbox

PACKAGE = "vapi_async.sandbox"
FOLDER = Path(vapi_async.sandbox.__file__).parent
#: Of one rank: those beside each other do not import each other, either.
RANKS = (
    "latest task_host",
    "clock script",
    "rest script_file",
    "deliveries",
    "calls",
    "background_sounds campaigns chats evaluation knowledge_bases reporting serving sessions",
    "sandbox",
    "plugin __main__",
)
RANK = {room: rank for rank, rooms in enumerate(RANKS) for room in rooms.split()}


def name_of(file: Path) -> str:
    parts = file.relative_to(FOLDER).with_suffix("").parts
    return ".".join([PACKAGE, *(part for part in parts if part != "__init__")])


FILES = {name_of(file): file for file in FOLDER.rglob("*.py") if file != FOLDER / "__init__.py"}


def imported(name: str, file: Path) -> set[str]:
    """The sandbox's modules that a file imports, at whatever place."""
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, (above, node.module)))
            found |= {source} | {f"{source}.{alias.name}" for alias in node.names}
    return (found & FILES.keys()) - {name}


IMPORTS = {name: imported(name, file) for name, file in FILES.items()}


def room(name: str) -> str:
    return name.removeprefix(PACKAGE + ".").partition(".")[0]


def test_imports_are_found() -> None:
    assert f"{PACKAGE}.rest.store" in IMPORTS[f"{PACKAGE}.serving.app"], "absolute"
    assert f"{PACKAGE}.calls.live_urls" in IMPORTS[f"{PACKAGE}.calls.call_flow"], "relative, of a module"
    assert f"{PACKAGE}.clock" in IMPORTS[f"{PACKAGE}.rest.state"], "for types"


def test_every_room_has_its_place() -> None:
    assert {room(name) for name in FILES} == RANK.keys()


def test_a_room_imports_what_is_below_it() -> None:
    climbs = [
        f"{name} imports {other}"
        for name, others in IMPORTS.items()
        for other in others
        if room(name) != room(other) and RANK[room(other)] >= RANK[room(name)]
    ]
    assert climbs == []


def test_no_file_is_in_a_circle() -> None:
    TopologicalSorter(IMPORTS).prepare()


def test_the_door_has_the_map() -> None:
    entries = re.findall(r"^- (`.+?`):", vapi_async.sandbox.__doc__ or "", re.MULTILINE)
    described = [" ".join(re.findall(r"`(\w+)`", entry)) for entry in entries]
    assert described == list(RANKS[:-1])
