"""Every block of Python in the README and in docs runs, against a sandbox.

The blocks of a page share their names, as a reader would think; those of the README are samples, each for itself. A
block below `<!-- not run: REASON -->` is only compiled.
"""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import anyio
import pytest

import vapi_async
from tests.docs.blocks import ROOT, blocks, pages
from tests.docs.world import client_class, names, older
from tests.products import older_package
from vapi_async.sandbox import Sandbox

PAGES = [page for page in pages() if any(blocks(page))]


@pytest.fixture
def _nothing_left() -> Iterator[None]:
    """What a page shows of logs and tracing goes for the whole process, and so for every test after it."""
    levels = {name: logging.getLogger(name).level for name in ("vapi_async", "httpx", "httpcore")}
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor

    instrumentor = HTTPXClientInstrumentor()
    if instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.uninstrument()


@pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")  # a sample opens one
@pytest.mark.usefixtures("_nothing_left")
@pytest.mark.parametrize("page", PAGES)
async def test_the_blocks_of_a_page_run(
    page: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VAPI_SERVER_SECRET", "secret")
    (tmp_path / "handbook.pdf").write_bytes(b"%PDF-1.7")
    async with Sandbox() as sandbox:
        monkeypatch.setattr(vapi_async, "AsyncVapi", client_class(sandbox))
        known = await names(sandbox)
        with anyio.fail_after(60):
            async with _older_packages(page, tmp_path_factory):
                for block in blocks(page):
                    if block.why is None:
                        await block.run({**known} if page == "README.md" else known)
        known.clear()  # else what a page leaves open goes in the middle of another test


@asynccontextmanager
async def _older_packages(page: str, factory: pytest.TempPathFactory) -> AsyncIterator[None]:
    contracts = [each for each in ("2024-12-10", "2025-08-22") if f"import vapi_{each[:4]}" in _code(page)]
    async with AsyncExitStack() as stack:
        for contract in contracts:
            await stack.enter_async_context(older(older_package(factory, contract), f"vapi_{contract[:4]}"))
        yield


def _code(page: str) -> str:
    return "\n".join(block.text for block in blocks(page)).replace("from ", "import ")


@pytest.mark.parametrize("page", PAGES)
def test_a_block_that_is_not_run_is_python(page: str) -> None:
    for block in blocks(page):
        block.compiled()


def test_no_block_is_missed() -> None:
    for page in pages():
        text = (ROOT / page).read_text(encoding="utf-8")
        assert len(list(blocks(page))) == len(re.findall(r"^ *```python", text, re.MULTILINE)), page


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("docs/") and page.count("/") == 1])
def test_a_guide_makes_the_client_that_it_uses(page: str) -> None:
    made: set[str] = set()
    for block in blocks(page):
        nodes = list(ast.walk(ast.parse(block.text)))
        made |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        made |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        used = {node.id for node in nodes if isinstance(node, ast.Name)}
        assert not ({"vapi", "hooks"} & used) - made, f"{page}:{block.line}"


@pytest.mark.parametrize("page", PAGES)
def test_what_is_not_run_has_a_reason_and_is_the_exception(page: str) -> None:
    found = list(blocks(page))
    skipped = [block for block in found if block.why is not None]
    assert all(len(block.why or "") > 10 for block in skipped)
    assert page.startswith("docs/migration/") or len(skipped) <= max(2, len(found) // 3), page
