"""A page is a table where tables can be shown."""

from __future__ import annotations

import io

from rich.console import Console

from tests.http.stub import Stub
from vapi_async._modeling.display_order import columns_of

CALLS = [
    {"id": "1", "status": "ended", "customer": {"number": "<b>+1555</b>"}, "endedReason": "x" * 100},
    {"id": "2", "cost": 0.5, "name": "a\x1bb", "monitor": {"listenUrl": "wss://secret"}},
]


async def test_in_a_notebook() -> None:
    async with Stub(CALLS).client() as vapi:
        html = (await vapi.calls.list())._repr_html_()
    head = "".join(f"<th>{name}</th>" for name in ("id", "name", "status", "customer.number", "endedReason", "cost"))
    assert html.startswith(f"<table><thead><tr>{head}</tr></thead><tbody><tr><td>1</td>")
    assert "&lt;b&gt;+1555&lt;/b&gt;" in html
    assert "<td>a b</td>" in html
    assert "x" * 57 + "..." in html
    assert "secret" not in html
    assert html.endswith("<p>&lt;Page: 2 Call, has_next=True&gt;</p>") or "has_next=False" in html


async def test_in_a_terminal_with_rich() -> None:
    async with Stub(CALLS).client() as vapi:
        page = await vapi.calls.list()
    shown = io.StringIO()
    Console(file=shown, width=200).print(page)
    assert "customer.number" in shown.getvalue()
    assert "<b>+1555</b>" in shown.getvalue()
    assert "secret" not in shown.getvalue()


async def test_without_items() -> None:
    async with Stub([]).client() as vapi:
        page = await vapi.calls.list()
    assert page._repr_html_().startswith("<table><thead><tr></tr></thead><tbody></tbody></table>")
    Console(file=io.StringIO()).print(page)


def test_columns_of_what_has_none_of_the_usual_fields() -> None:
    assert columns_of([{"a": 1}, {"b": 2, "a": 3}, 5]) == ["a", "b"]
    assert columns_of([{"a": 1}, {"id": 2}]) == ["id"]
