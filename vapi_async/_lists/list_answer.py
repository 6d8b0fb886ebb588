"""One answer of a list request, in either of the shapes that the API uses.

A bare array, or `{"results": [...], "metadata": {...}}`: any operation may answer with either, whatever its contract
says. The metadata is only a help: what it says is used if it is there and of the right type.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from vapi_async.errors import PaginationError

SMALLEST_PAGE = 100
"""No server is expected to give fewer items at a time, unless fewer are asked for, or it says so."""


class ListAnswer:
    """The items of one answer as JSON, and what its metadata tells.

    Attributes:
        items: the items.
        metadata: the metadata; None with a bare array.
    """

    __slots__ = ("items", "metadata")

    def __init__(self, items: list[Any], metadata: Mapping[str, Any] | None) -> None:
        self.items = items
        self.metadata = metadata

    @property
    def total(self) -> int | None:
        """How many items match in all."""
        return self._number("totalItems")

    @property
    def page_size(self) -> int | None:
        """How many items the server puts on a page, if it says so."""
        return self._number("itemsPerPage") or None

    @property
    def cursor(self) -> str | None:
        """What asks for the next page, with servers that use cursors."""
        cursor = self.metadata.get("nextCursor") if self.metadata else None
        return cursor if isinstance(cursor, str) and cursor else None

    @property
    def says_more(self) -> bool | None:
        """Whether there is more; None if the metadata does not say it outright."""
        flag = self.metadata.get("hasNextPage") if self.metadata else None
        return flag if isinstance(flag, bool) else None

    def more_after(self, page: int) -> bool | None:
        """Tell whether there is more after this page, by its number, as far as the metadata tells."""
        if self.says_more is not None:
            return self.says_more
        pages = self._number("totalPages")
        if pages is not None:
            return page < pages
        if self.total is not None and self.page_size is not None:
            return page * self.page_size < self.total
        return None

    def is_short(self, limit: int) -> bool:
        """Tell whether the page is shorter than any server would cut it that was asked for `limit` items.

        A server may give fewer at a time than asked for, but not fewer than SMALLEST_PAGE, or than it says itself.
        """
        return len(self.items) < min(limit, SMALLEST_PAGE, self.page_size or SMALLEST_PAGE)

    def has_size_of_its_own(self, default: int) -> bool:
        """Tell whether the page is as long as a server makes it that pays no heed to `limit`."""
        return len(self.items) in {SMALLEST_PAGE, default}

    def _number(self, name: str) -> int | None:
        value = self.metadata.get(name) if self.metadata else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**53:
            return None
        return int(value)


def read_answer(answer: Any) -> ListAnswer:
    """Return the answer to a list request, given as decoded JSON; None is an empty body.

    An answer that holds no list is never taken for the end of one: what comes after it would be lost without a word.

    Raises:
        PaginationError: it has neither of the two shapes.
    """
    if isinstance(answer, list):
        return ListAnswer(answer, None)
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list):
        came = "nothing" if answer is None else str(answer)[:200]
        raise PaginationError(f"The API answered a list request with neither a list nor results: {came}")
    metadata = answer.get("metadata")
    return ListAnswer(results, metadata if isinstance(metadata, dict) else None)


def item_key(item: Any) -> str:
    """Return what an item is known by: its id, or all that is in it if it has none."""
    identity = item.get("id") if isinstance(item, dict) else None
    if isinstance(identity, str):
        return identity
    if isinstance(identity, int):
        return f"#{identity}"
    import json

    return json.dumps(item, sort_keys=True)


def new_items(items: list[Any], keys: list[str], seen: Collection[str]) -> list[Any]:
    """Return the items whose keys are not in `seen`, each key once."""
    if len(set(keys)) == len(keys) and not any(name in seen for name in keys):
        return items
    first = dict(zip(reversed(keys), reversed(items), strict=True))
    return [first[name] for name in dict.fromkeys(keys) if name not in seen]
