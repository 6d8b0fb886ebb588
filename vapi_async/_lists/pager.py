"""What `list()` returns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from vapi_async._lazy import exported_by
from vapi_async._modeling.unset import UNSET, Unset

from .batches import Batches
from .items import Items
from .page_reader import PageReader, Pages
from .prefetch import Prefetch
from .query_plan import QueryPlan
from .resume_token import resume_from, resume_token
from .strategy import choose_strategy

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from .page import Page
    from .protocols import Fetch, ListSpec, State
    from .windows import Window

T = TypeVar("T")


@exported_by("vapi_async")
class Pager(Generic[T]):
    """A list, not yet fetched: nothing is sent before it is awaited or iterated.

        page = await vapi.calls.list(limit=50)                  # one page
        async for call in vapi.calls.list(): ...                # every item
        async for page in vapi.calls.list().pages(): ...        # every page
        async with vapi.calls.list().lookahead(1) as calls:     # every item, the next page fetched meanwhile
            async for call in calls: ...

    Walking to the end neither misses nor repeats what is there throughout, or raises PaginationError where that cannot
    be had. What is added or deleted meanwhile may or may not come. Every iteration starts anew.

    A server that gives fewer items at a time than `limit` asks for is noticed down to 100: a shorter page is taken for
    the last, unless fewer were asked for. One that gives fewer still must say so in metadata (`itemsPerPage`,
    `totalPages`, `hasNextPage`); with bare arrays it cannot be seen, and the walk ends at its first page.

    Windows (`created=`, `updated=`) are half-open: their start is inside and their end is not, so windows that meet
    share nothing. `inclusive=True` of `between`, `before` and `after` takes the end, or the moment named, in.
    """

    def __init__(
        self,
        fetch: Fetch,
        decode: Callable[[Any], T],
        operation: ListSpec,
        query: Mapping[str, Any],
        created: Window | Unset | None = UNSET,
        updated: Window | Unset | None = UNSET,
        max_items: int | None = None,
        resume: Mapping[str, Any] | None = None,
        scope: str = "",
        walk_fetch: Fetch | None = None,
    ) -> None:
        """Check the arguments of a list call.

        Args:
            fetch: sends one request of the list.
            decode: makes an item of its JSON.
            operation: the list operation.
            query: the query values by wire name; UNSET and None are not sent.
            created: the window for createdAt.
            updated: the window for updatedAt.
            max_items: the total of items, over all pages; None for all.
            resume: a `position` to go on from; None to begin at the beginning.
            scope: the path with its arguments filled in.
            walk_fetch: sends one request of a walk through all pages; None: as `fetch` does.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: an argument cannot be. Both name the argument.
        """
        self._fetch = fetch
        self._walk_fetch = walk_fetch or fetch
        self._decode = decode
        self._plan = QueryPlan(operation, query, created, updated, max_items, scope)
        self._resume = resume
        # Made here, so that a bad `resume` is an error now and not within the walk; the first walk uses it up.
        self._prepared: Batches | None = self._batches()
        self._state = self._prepared.state

    @property
    def position(self) -> dict[str, Any]:
        """Where the walk stands, as JSON: for `resume=`, in this process or another.

        It moves on with each page that was consumed wholly, that is when the item (or page) after it is asked for. So
        a walk resumed here misses nothing, and brings at most the items of one page again.

        A walk that went to the end of its `max_items` stands after the last item it gave, within a page if need be, so
        a program may take a list in portions. If the part of that page which was given has changed by then, the page
        comes again from its first item: there may be repeats, but never gaps.
        """
        return resume_token(self._plan, self._state)

    def __repr__(self) -> str:
        return f"<Pager of GET {self._plan.operation.path}>"

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return self._first().__await__()

    def __aiter__(self) -> AsyncIterator[T]:
        return Items(self._walk().next, self._decode, self._moved_to)

    def pages(self) -> AsyncIterator[Page[T]]:
        """Return an async iterator over every page. Items that an earlier page held are left out of later ones.

        Raises:
            ValueError: limit is 0.
        """
        return Pages(self._reader(self._walk()))

    def lookahead(self, pages: int = 1) -> AbstractAsyncContextManager[AsyncIterator[T]]:
        """Return a block within which items are iterated while so many pages are fetched ahead.

        The block owns the task that fetches: when it is left, by whatever way, the task is gone. At most `pages`
        requests are then wasted.

        Raises:
            ValueError: pages is below 1, or limit is 0.
        """
        if pages < 1:
            raise ValueError(f"pages must be at least 1, not {pages}")
        return Prefetch(self._walk(), pages, self._decode, self._moved_to)

    async def _first(self) -> Page[T]:
        return await self._reader(self._begin()).next_page()

    def _reader(self, batches: Batches) -> PageReader[T]:
        return PageReader(batches, self._decode, self._plan.operation.models, self._moved_to)

    def _walk(self) -> Batches:
        if self._plan.limit == 0:
            raise ValueError("limit=0 brings no items to walk through; it only makes sense with await")
        batches = self._begin()
        batches.fetch = self._walk_fetch
        return batches

    def _begin(self) -> Batches:
        """Return the batches of a walk at its beginning, where `position` stands from now on."""
        prepared, self._prepared = self._prepared, None
        batches = prepared or self._batches()
        self._state = batches.state
        return batches

    def _batches(self) -> Batches:
        if self._resume is None:
            return Batches(self._fetch, choose_strategy(self._plan), self._plan.max_items)
        strategy, offset = resume_from(self._plan, self._resume)
        return Batches(self._fetch, strategy, self._plan.max_items, offset)

    def _moved_to(self, state: State | None) -> None:
        self._state = state
