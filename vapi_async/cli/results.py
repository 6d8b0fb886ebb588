"""What a method returned, shown: a list, a file, a stream of text, or a value."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

import click
from attrs import frozen

from . import output
from .progress import counting

if TYPE_CHECKING:
    from vapi_async import ChatStream, Download, Pager

    from .settings import Format


@frozen
class Shown:
    """In what form a result is shown.

    Attributes:
        format: that of the answer; None for the one that fits.
        cut: how many items of a list there are at most, where nobody asked for that.
        columns: the fields, with commas between them.
        output: the file for a download.
    """

    format: Format | None = None
    cut: int | None = None
    columns: str | None = None
    output: str | None = None


async def show(result: Any, form: Shown) -> None:
    """Show what a method returned."""
    from vapi_async import ChatStream, Download, Pager

    if isinstance(result, Pager):
        await _show_list(result, form)
    elif isinstance(result, Download):
        await _save(result, form.output)
    elif isinstance(result, ChatStream):
        await _show_stream(result)
    else:
        output.write_value(await result if isawaitable(result) else result, form.format or "json")


async def _show_list(pager: Pager[Any], form: Shown) -> None:
    chosen = form.columns.split(",") if form.columns else None
    fitting: Format = "table" if sys.stdout.isatty() else "jsonl"
    chosen_form = form.format or fitting
    bar = chosen_form == "table" or not sys.stdout.isatty()  # else the items themselves show how far it is
    count = await output.write_items(walk(pager, bar=bar), chosen_form, chosen)
    if count == form.cut:
        click.echo(f"{count} shown; --all or --max-items N for more", err=True)


async def walk(pager: Pager[Any], *, bar: bool) -> AsyncIterator[Any]:
    """Yield the items of all pages as JSON values, and count them at the terminal meanwhile."""
    with counting(shown=bar) as counted:
        async for page in pager.pages():
            total = getattr(page.metadata, "total_items", None)
            for item in page:
                yield output.plain(item)
            counted(len(page), total)


async def _save(download: Download, path: str | None) -> None:
    if path == "-":
        async with download as pieces:
            async for piece in pieces:
                sys.stdout.buffer.write(piece)
        return
    with counting("bytes") as counted:
        done = 0

        def progress(received: int, total: int | None) -> None:
            nonlocal done
            counted(received - done, total)
            done = received

        saved = await download.to(path or ".", progress=progress)
    click.echo(saved.path)


async def _show_stream(stream: ChatStream[Any]) -> None:
    async with stream:
        async for text in stream:
            click.echo(text, nl=False)
            sys.stdout.flush()
    click.echo()
