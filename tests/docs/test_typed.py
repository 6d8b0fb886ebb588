"""The modules that type checkers read of the pages have every block, in its lines."""

from __future__ import annotations

import ast

from tests.docs.blocks import blocks, pages
from tests.docs.typed import modules


def test_every_block_is_there_in_its_lines() -> None:
    written = {name: text.splitlines() for name, text in modules()}
    for page in pages():
        for block in blocks(page):
            if block.why is not None:
                continue
            stem = page.removesuffix(".md").replace("/", "_").replace("-", "_").lower()
            lines = written[f"{stem}_{block.line}.py" if page == "README.md" else f"{stem}.py"]
            shown = block.text.splitlines()
            assert [line.strip() for line in lines[block.line - 1 :][: len(shown)]] == [line.strip() for line in shown]


def test_they_are_python() -> None:
    for name, text in modules():
        ast.parse(text, name)
