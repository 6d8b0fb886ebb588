"""One page of a list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from vapi_async._lazy import exported_by
from vapi_async.errors import PaginationError

if TYPE_CHECKING:
    from .protocols import PageMetadata

T = TypeVar("T")


@exported_by("vapi_async")
class Page(Sequence[T], Generic[T]):
    """One page of a list: a sequence of its items.

    Attributes:
        metadata: what the API tells about the list, as the `PaginationMeta` of the models package; None where it
            answers with a bare array.
        has_next: whether there may be more; `next` then fetches it.
    """

    __slots__ = ("_fetch_next", "_following", "_items", "_lock", "has_next", "metadata")

    def __init__(
        self,
        items: list[T],
        metadata: PageMetadata | None,
        fetch_next: Callable[[], Awaitable[Page[T]]],
        *,
        has_next: bool,
    ) -> None:
        self._items = items
        self._fetch_next = fetch_next
        self._lock: Any = None
        self._following: Page[T] | None = None
        self.metadata: PageMetadata | None = metadata
        self.has_next: bool = has_next

    async def next(self) -> Page[T]:
        """Fetch the next page, with the same filters. Asked again, the same page is returned.

        Returns:
            The page; it is empty if nothing more came after all.

        Raises:
            PaginationError: this is the last page (`has_next` is False), or the list cannot be walked on.
        """
        if not self.has_next:
            raise PaginationError("This is the last page")
        if self._lock is None:
            from anyio import Lock

            self._lock = Lock()
        async with self._lock:
            if self._following is None:
                self._following = await self._fetch_next()
        return self._following

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def _repr_html_(self) -> str:
        from .page_table import as_html

        return as_html(self, repr(self))

    def __rich__(self) -> Any:
        from .page_table import as_rich

        return as_rich(self, repr(self))

    def __repr__(self) -> str:
        name = type(self._items[0]).__name__ if self._items else "items"
        return f"<Page: {len(self._items)} {name}, has_next={self.has_next}>"
