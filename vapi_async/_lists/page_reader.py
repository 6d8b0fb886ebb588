"""Making pages of batches: items decoded, metadata decoded, each page able to fetch the one after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .cooperative_yield import CooperativeYield
from .page import Page

if TYPE_CHECKING:
    from .batches import Batch, Batches
    from .protocols import OnProgress

T = TypeVar("T")


class PageReader(Generic[T]):
    """Reads the pages of one walk."""

    def __init__(
        self, batches: Batches, decode: Callable[[Any], T], models: str | None, on_progress: OnProgress
    ) -> None:
        """Stand before the first page.

        Args:
            batches: the walk.
            decode: makes an item of its JSON.
            models: the models package, for the metadata.
            on_progress: is told where the walk stands after each page, when the page after it is asked for.
        """
        self._batches = batches
        self._decode = decode
        self._models = models
        self._on_progress = on_progress
        self._batch: Batch | None = None
        self._fetched: Batch | None = None

    async def next_page(self) -> Page[T]:
        """Fetch the next page; an empty one at the end."""
        if self._batch is not None and self._fetched is None:
            self._on_progress(self._batch.after)
        if self._fetched is None:
            self._fetched = await self._batches.next()
        if self._fetched is None:
            return self._end()
        batch = self._fetched  # kept until it is decoded: a cancelled call must not lose it
        items = await self._decoded(batch.items)
        self._batch, self._fetched = batch, None
        return Page(items, decode_metadata(batch.metadata, self._models), self.next_page, has_next=batch.has_next)

    def _end(self) -> Page[T]:
        if self._batch is not None and self._batch.has_next:
            self._on_progress(None)
        return Page([], None, self.next_page, has_next=False)

    async def _decoded(self, batch: list[Any]) -> list[T]:
        turns, decode = CooperativeYield(), self._decode
        items = []
        for item in batch:
            if turns.is_due():
                from anyio.lowlevel import checkpoint

                await checkpoint()
            items.append(decode(item))
        return items


class Pages(Generic[T]):
    """An async iterator over pages. It holds on to the latest only, and owns nothing that would have to be closed."""

    def __init__(self, reader: PageReader[T]) -> None:
        self._reader = reader
        self._page: Page[T] | None = None

    def __aiter__(self) -> Pages[T]:
        return self

    async def __anext__(self) -> Page[T]:
        # The user may have asked the page itself for the next one: that is the one to go on with, not another one.
        follow = self._page is not None and self._page.has_next
        first = self._page is None
        self._page = await (self._page.next() if self._page is not None and follow else self._reader.next_page())
        if not self._page and not first:
            raise StopAsyncIteration
        return self._page


def decode_metadata(data: Mapping[str, Any] | None, models: str | None) -> Any:
    """Return the metadata of a page as the `PaginationMeta` of a models package; as it is if there is no such model."""
    model = getattr(import_module(models), "PaginationMeta", None) if models and data is not None else None
    return data if model is None else model.from_dict(data)
