"""The blocks of Python code in Markdown pages."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from inspect import CO_COROUTINE
from pathlib import Path
from types import CodeType
from typing import Any

import anyio
from attrs import frozen

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(
    r"(?:<!-- not run: (?P<why>[^\n]+) -->\n)?(?P<indent> *)```python[^\n]*\n(?P<code>.*?)^(?P=indent)```",
    re.DOTALL | re.MULTILINE,
)


@frozen
class Block:
    """One block.

    Args:
        page: The page, from the repository's root.
        line: Where its code begins.
        text: The code.
        why: Why it is not run, if it is not.
    """

    page: str
    line: int
    text: str
    why: str | None

    def compiled(self) -> CodeType:
        """Return its code; a syntax error names page and line."""
        text = "\n" * (self.line - 1) + self.text
        # Without this flag the future statement of this module would hold in the blocks, and turn types into texts.
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code: CodeType = compile(text, ROOT / self.page, "exec", flags, dont_inherit=True)
        return code

    async def run(self, names: dict[str, Any]) -> None:
        """Run it where `names` are the globals."""
        code = self.compiled()
        if code.co_flags & CO_COROUTINE:
            await eval(code, names)  # noqa: S307 - the repository's own pages
        else:  # may call asyncio.run, which wants a thread without a loop
            await anyio.to_thread.run_sync(exec, code, names)


def pages() -> list[str]:
    """Return the pages whose blocks are tested, from the repository's root."""
    paths = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [path.relative_to(ROOT).as_posix() for path in paths]


def blocks(page: str) -> Iterator[Block]:
    """Yield the blocks of a page in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        line = text.count("\n", 0, match.start("code")) + 1
        yield Block(page, line, textwrap.dedent(match["code"]), match["why"])
