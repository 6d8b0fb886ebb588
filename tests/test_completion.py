"""What jedi offers, which completes in IPython, Jupyter and many editors: it guesses where a type checker knows."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import jedi
import pytest

from vapi_async import AsyncVapi
from vapi_async.models import Call

ROOT = Path(__file__).parents[1]
#: Each attribute of this has to be offered where its dot is, each keyword where its parenthesis opens.
PROGRAM = """
from vapi_async import AsyncVapi
from vapi_async.models import Call

async def main():
    plain = AsyncVapi(token="t", region="eu", retry=0)
    plain.calls.create
    plain.v2.campaigns.list
    await plain.aclose()
    async with AsyncVapi() as vapi:
        vapi.calls.create(assistant_id="a", customer={})
        vapi.calls.list(created=None, max_items=5)
        vapi.v2.campaigns.list(limit=5)
        vapi.with_options(timeout=5).calls.wait
        call = await vapi.calls.get("id")
        call.customer.number
        call.created_at.astimezone
        made = await vapi.calls.create(assistant_id="a")
        made.customer
        page = await vapi.calls.list()
        page.has_next
        page[0].ended_reason
        async for listed in vapi.calls.list():
            listed.ended_reason
        async for more in vapi.calls.list().pages():
            more.metadata
        async with vapi.calls.list().lookahead() as ahead:
            async for fetched in ahead:
                fetched.ended_reason
        async with vapi.chats.stream(input="Hi") as stream:
            stream.session_id
        vapi.live(call).say
        Call.from_dict({}).customer.number
        Call(id="id", customer=None).to_dict
"""


def attributes() -> Iterator[tuple[str, int, int]]:
    """Yield each attribute of the program: its name, line, and column."""
    for node in ast.walk(ast.parse(PROGRAM)):
        if isinstance(node, ast.Attribute):
            assert node.end_lineno is not None
            assert node.end_col_offset is not None
            yield node.attr, node.end_lineno, node.end_col_offset - len(node.attr)


def calls() -> Iterator[tuple[set[str], int, int]]:
    """Yield the keywords of each call of the program, and where its parenthesis opens."""
    for node in ast.walk(ast.parse(PROGRAM)):
        if isinstance(node, ast.Call) and node.keywords:
            assert node.func.end_lineno is not None
            assert node.func.end_col_offset is not None
            yield {str(keyword.arg) for keyword in node.keywords}, node.func.end_lineno, node.func.end_col_offset + 1


@pytest.fixture(scope="module")
def script() -> Iterator[jedi.Script]:
    """The program as jedi reads it, in a Python of its own: in this one pytest stands before the imports."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jedi.settings, "cache_directory", str(ROOT / ".cache" / "jedi"))  # what it has parsed: seconds
        project = jedi.Project(ROOT, sys_path=[str(ROOT), *sys.path])
        yield jedi.Script(PROGRAM, project=project, environment=jedi.create_environment(sys.executable, safe=False))


@pytest.mark.parametrize(("name", "line", "column"), [*attributes()])
def test_attributes_are_offered(script: jedi.Script, name: str, line: int, column: int) -> None:
    assert name in {completion.name for completion in script.complete(line, column)}


@pytest.mark.parametrize(("keywords", "line", "column"), [*calls()])
def test_keywords_are_shown(script: jedi.Script, keywords: set[str], line: int, column: int) -> None:
    signatures = script.get_signatures(line, column)
    assert any(keywords <= {parameter.name for parameter in signature.params} for signature in signatures)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("vapi.", "calls"),
        ("vapi.calls.", "create"),
        ("vapi.v2.campaigns.", "list"),
        ("call.", "ended_reason"),
        ("call.customer.", "number"),
    ],
)
def test_objects_that_are_there_offer_theirs(typed: str, name: str) -> None:
    """As in IPython, where the objects of earlier lines exist."""
    names = {"vapi": AsyncVapi(token="t"), "call": Call.from_dict({"customer": {}})}
    assert name in {completion.name for completion in jedi.Interpreter(typed, [names]).complete()}
