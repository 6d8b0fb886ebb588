"""Making pages of batches: items decoded, metadata decoded, each page able to fetch the one after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .items import Breath
from .page import Page

if TYPE_CHECKING:
    from .batches import Batch, Steps

T = TypeVar("T")


class Turner(Generic[T]):
    """Turns the pages of one walk."""

    def __init__(
        self,
        steps: Steps,
        decode: Callable[[Any], T],
        models: str | None,
        passed: Callable[[dict[str, Any] | None], None],
    ) -> None:
        """Stand before the first page.

        Args:
            steps: the walk.
            decode: makes an item of its JSON.
            models: the models package, for the metadata.
            passed: is told the state of the walk after each page, when the page after it is asked for.
        """
        self._steps = steps
        self._decode = decode
        self._models = models
        self._passed = passed
        self._batch: Batch | None = None
        self._fetched: Batch | None = None

    async def page(self) -> Page[T]:
        """Fetch the next page; an empty one at the end."""
        if self._batch is not None and self._fetched is None:
            self._passed(self._batch.after)
        if self._fetched is None:
            self._fetched = await self._steps.next()
        if self._fetched is None:
            return self._end()
        batch = self._fetched  # kept until it is decoded: a cancelled call must not lose it
        items = await self._decoded(batch.items)
        self._batch, self._fetched = batch, None
        return Page(items, metadata(batch.metadata, self._models), self.page, has_next=batch.has_next)

    def _end(self) -> Page[T]:
        if self._batch is not None and self._batch.has_next:
            self._passed(None)
        return Page([], None, self.page, has_next=False)

    async def _decoded(self, batch: list[Any]) -> list[T]:
        breath, decode = Breath(), self._decode
        items = []
        for item in batch:
            if breath.is_due():
                from anyio.lowlevel import checkpoint

                await checkpoint()
            items.append(decode(item))
        return items


class Pages(Generic[T]):
    """An async iterator over pages. It holds on to the latest only, and owns nothing that would have to be closed."""

    def __init__(self, turner: Turner[T]) -> None:
        self._turner = turner
        self._page: Page[T] | None = None

    def __aiter__(self) -> Pages[T]:
        return self

    async def __anext__(self) -> Page[T]:
        first = self._page is None
        turn = self._page.next if self._page is not None and self._page.has_next else self._turner.page
        self._page = await turn()
        if not self._page and not first:
            raise StopAsyncIteration
        return self._page


def metadata(data: Mapping[str, Any] | None, models: str | None) -> Any:
    """Return the metadata of a page as the `PaginationMeta` of a models package; as it is if there is no such model."""
    model = getattr(import_module(models), "PaginationMeta", None) if models and data is not None else None
    return data if model is None else model.from_dict(data)
