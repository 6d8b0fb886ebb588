"""Walking by page numbers: for lists that cannot be walked by createdAt.

What is added meanwhile shifts items to later pages, where they come again and are dropped: the ids of all items are
remembered. What is deleted shifts items to earlier pages, where they would be missed: the total shrinks then, which is
an error. So is more coming again than was added, since as much is missing elsewhere: the server repeats pages, or items
changed their places. (A deletion goes unnoticed if as much is added further on at the same time. Page numbers cannot do
better.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vapi_async.errors import PaginationError

from .list_answer import ListAnswer, item_key, new_items

if TYPE_CHECKING:
    from .protocols import State
    from .query_plan import QueryPlan


class PageNumberStrategy:
    """A walk by page numbers, from the page that the user named or the first."""

    def __init__(self, plan: QueryPlan) -> None:
        self._plan = plan
        self._page = int(plan.query.get("page", 1))
        self._total: int | None = None
        self._growth = 0
        self._repeats = 0
        self._seen: set[str] = set()
        self.over = False

    def query(self) -> dict[str, Any]:
        """Return the query of the next request."""
        return self._plan.request(self._plan.limit) | ({"page": self._page} if self._page > 1 else {})

    def take(self, answer: ListAnswer) -> list[Any]:
        """Take the answer to that request and return those of its items that are new."""
        self._follow(answer.total)
        keys = [item_key(item) for item in answer.items]
        fresh = new_items(answer.items, keys, self._seen)
        self._check_repeats(keys, fresh)
        self._seen.update(keys)
        self.over = self._is_last(answer)
        self._page += 1
        return fresh

    def state(self) -> State:
        """Return where the next request stands, as JSON."""
        return {"page": self._page, "total": self._total, "limit": self._plan.limit}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Stand where `state` was."""
        if state["limit"] != self._plan.limit:
            raise ValueError(f"limit was {state['limit']}, and page numbers only mean the same with the same limit")
        self._page = int(state["page"])
        self._total = None if state["total"] is None else int(state["total"])

    def _follow(self, total: int | None) -> None:
        if total is None:
            return
        before, self._total = self._total, total
        if before is None:
            return
        if total < before:
            raise self._error(
                f"the total shrank from {before} to {total}, so items may have moved to pages already seen"
            )
        self._growth += total - before

    def _check_repeats(self, keys: list[str], fresh: list[Any]) -> None:
        self._repeats += sum(name in self._seen for name in set(keys))
        # Without a total it is not known how much was added; only a page with nothing new at all is suspicious then.
        if self._repeats > self._growth and (self._total is not None or (keys and not fresh)):
            raise self._error(f"page {self._page} repeats items of earlier pages, so others may have been missed")

    def _is_last(self, answer: ListAnswer) -> bool:
        more = answer.more_after(self._page)
        limit = self._plan.limit or self._plan.operation.limits[2]
        return not answer.items or (answer.is_short(limit) if more is None else not more)

    def _error(self, why: str) -> PaginationError:
        return PaginationError(f"GET {self._plan.operation.path} changed while it was walked by page numbers: {why}")
