"""Lists that have nothing to walk by: one page, made larger while it comes back full."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vapi_async.errors import PaginationError

from .list_answer import ListAnswer, item_key, new_items

if TYPE_CHECKING:
    from .protocols import State
    from .query_plan import QueryPlan


class SinglePageStrategy:
    """One page; if it is full it is asked for again with a larger limit, up to the largest allowed."""

    def __init__(self, plan: QueryPlan) -> None:
        self._plan = plan
        self._limit = plan.limit
        self._seen: set[str] = set()
        self._failure: PaginationError | None = None
        self.over = False

    def query(self) -> dict[str, Any]:
        """Return the query of the next request."""
        if self._failure is not None:
            raise self._failure
        return self._plan.request(self._limit)

    def take(self, answer: ListAnswer) -> list[Any]:
        """Take the answer to that request and return those of its items that are new."""
        keys = [item_key(item) for item in answer.items]
        fresh = new_items(answer.items, keys, self._seen)
        self._seen.update(keys)
        _, greatest, default = self._plan.operation.limits
        asked = default if self._limit is None else self._limit
        more = answer.more_after(1)
        # Without a word from the server, a page as long as was asked for is all that shows that there is more.
        full = "limit" in self._plan.operation.filters and len(answer.items) == asked
        self.over = not answer.items or more is False or not (more or full)
        if not self.over and full and asked < greatest:
            self._limit = min(asked * 10, greatest)
        elif not self.over:
            why = f"it may have more than {len(keys)} items, and there is no way to ask for the rest"
            self._failure = PaginationError(f"GET {self._plan.operation.path} cannot be walked on: {why}")
        return fresh

    def state(self) -> State:
        """Return where the next request stands, as JSON."""
        return {"limit": self._limit}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Stand where `state` was."""
        self._limit = None if state["limit"] is None else int(state["limit"])
