"""The blocks of the pages as modules for type checkers: `python -m tests.docs.typed FOLDER` writes them.

A page is one function, in which its blocks share their names as they do when they are run; of the README, each block is
one. What a page takes for granted is in its first line. Lines keep their numbers, so that what a checker says
of `docs_calls.py:21` is to be looked for in line 21 of `docs/calls.md`. The package of an older contract that a page
imports is generated beside them.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from codegen.generate import Job, generate
from tests.docs.blocks import ROOT, Block, blocks, pages

#: They are checked as the code of a reader is who has turned nothing on.
_HEAD = (
    "# mypy: allow-untyped-defs, allow-incomplete-defs, allow-untyped-calls, allow-untyped-decorators, "
    "allow-any-generics, allow-subclassing-any, allow-redefinition, implicit-reexport, no-warn-return-any, "
    'no-strict-equality, disable-error-code="import-untyped,no-redef"\n'
)
_PRELUDE = """
import asyncio, os
from collections.abc import Callable, MutableMapping
from datetime import datetime
from typing import Any, Literal
from fastapi import FastAPI
from vapi_async import AsyncVapi, since
from vapi_async.models import Assistant, Call, PhoneNumber
from vapi_async.sandbox import Sandbox
from vapi_async.webhooks import ToolContext, Webhooks

class Store:
    async def __call__(self, *values: Any) -> None: ...
    def __getattr__(self, name: str) -> Any: ...

class World:
    vapi: AsyncVapi
    sandbox: Sandbox
    assistant: Assistant
    call: Call
    finished: Call
    number: Any
    hooks: Webhooks
    app: FastAPI
    store: Store
    id: str
    ids: list[str]
    token: str
    forecasts: dict[str, str]
    show: Callable[[int, int | None], None]
"""
_OLDER = {"vapi_2024": "2024-12-10", "vapi_2025": "2025-08-22"}
_NAMES = re.findall(r"^    (\w+): ", _PRELUDE, re.MULTILINE)


def modules() -> Iterator[tuple[str, str]]:
    """Yield the name of each module and its text."""
    yield "docs_world.py", _HEAD + _PRELUDE
    for page in pages():
        found = [block for block in blocks(page) if block.why is None]
        name = page.removesuffix(".md").replace("/", "_").replace("-", "_").lower()
        if page == "README.md":
            for block in found:
                yield f"{name}_{block.line}.py", _module([block])
        elif found:
            yield f"{name}.py", _module(found)


def _module(found: Sequence[Block]) -> str:
    lines = [
        *_HEAD.splitlines(),
        "from docs_world import *",
        "async def page(world: World) -> None:",
        f" {_taken(found)}",
    ]
    for block in found:
        # Below the head there is room: a page has a heading and a sentence before its first block.
        lines += [""] * (block.line - 1 - len(lines))
        lines += [f" {line}" if line.strip() else "" for line in block.text.splitlines()]
    return "\n".join(lines) + "\n"


def _taken(found: Sequence[Block]) -> str:
    """Return the line that gives a page what it takes for granted, without what it imports or defines."""
    nodes = [node for block in found for node in ast.parse(block.text).body]
    own = {alias.asname or alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    own |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return "; ".join(f"{name} = world.{name}" for name in _NAMES if name not in own)


def write(folder: Path) -> None:
    """Write the modules into a folder of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.py"):
        path.unlink()
    written = dict(modules())
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    for package, contract in _OLDER.items():
        if any(f"from {package} import" in text for text in written.values()):
            spec = ROOT / "examples" / "contracts" / f"{contract}.json"
            generate(Job(spec, package, folder / package, strict=False))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
