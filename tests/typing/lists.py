"""What must type-check of lists: read by mypy and pyright, never run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_type

from vapi_async import AsyncVapi, Page, Pager, Unset, between, on, since
from vapi_async._lists.protocols import PageMetadata
from vapi_async._lists.windows import Window
from vapi_async.models import Assistant, Call, PaginationMeta


async def every_way_to_walk(vapi: AsyncVapi) -> None:
    """The type of the items goes all the way."""
    calls = vapi.calls.list(limit=10, created=since(days=7), max_items=5)
    assert_type(calls, Pager[Call])
    page = await calls
    assert_type(page, Page[Call])
    assert_type(page[0], Call)
    assert_type(page[1:], list[Call])
    assert page.metadata is not None
    assert_type(page.metadata.total_items, float)
    assert_type(page.metadata.has_next_page, bool | None | Unset)
    assert_type(page.metadata["totalItems"], Any)
    assert_type(await page.next(), Page[Call])
    as_sequence: Sequence[Call] = page
    assert as_sequence
    async for call in calls:
        assert_type(call, Call)
    async for turned in calls.pages():
        assert_type(turned, Page[Call])
    async with calls.lookahead(1) as ahead:
        async for call in ahead:
            assert_type(call, Call)
    assert_type(calls.position, dict[str, Any])
    vapi.calls.list(resume=calls.position)


def what_comes_with_a_page(meta: PaginationMeta) -> PageMetadata:
    """The generated model is what a page says its metadata is."""
    return meta


async def bulk(vapi: AsyncVapi) -> None:
    """Outcomes are results or exceptions."""
    async with vapi.map(vapi.assistants.delete, ["a", "b"], concurrency=5) as results:
        async for name, outcome in results:
            assert_type(name, str)
            assert_type(outcome, Assistant | Exception)
    async with vapi.map(lambda call: vapi.calls.get(call.id), vapi.calls.list()) as calls:
        async for call, again in calls:
            assert_type(call, Call)
            assert_type(again, Call | Exception)


def windows(vapi: AsyncVapi) -> None:
    """Windows are their own type."""
    assert_type(since(days=1), Window)
    vapi.calls.list(created="yesterday")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    between(1, 2)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    on("2026-03-29", tz="UTC")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    vapi.files.list(purpose="x", created=since(days=1))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
