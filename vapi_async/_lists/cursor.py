"""Walking by cursor: for operations whose contract has a `cursor` parameter, as soon as the server hands one out.

The server remembers the place, so nothing shifts. Until the first answer shows whether this server uses cursors, the
walk that the operation would have without them stands ready; it goes on alone if there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vapi_async.errors import PaginationError

from .list_answer import ListAnswer, item_key, new_items

if TYPE_CHECKING:
    from .protocols import State, Strategy
    from .query_plan import QueryPlan


class CursorStrategy:
    """A walk by cursor, or by `otherwise` where the server has no cursors."""

    def __init__(self, otherwise: Strategy, plan: QueryPlan) -> None:
        self._plan = plan
        self._cursor: str | None = plan.query.get("cursor")
        self._otherwise: Strategy | None = otherwise if self._cursor is None else None
        self._undecided = self._cursor is None
        self._used: set[str] = set()
        self._seen: set[str] = set()
        self._failure: PaginationError | None = None
        self._over = False

    @property
    def over(self) -> bool:
        """Whether all has been seen."""
        return self._over if self._otherwise is None else self._otherwise.over

    def query(self) -> dict[str, Any]:
        """Return the query of the next request."""
        if self._failure is not None:
            raise self._failure
        if self._otherwise is not None:
            return self._otherwise.query()
        return self._plan.request(self._plan.limit) | {"cursor": self._cursor}

    def take(self, answer: ListAnswer) -> list[Any]:
        """Take the answer to that request and return those of its items that are new."""
        if self._undecided and answer.cursor is not None:
            self._otherwise = None
        self._undecided = False
        if self._otherwise is not None:
            return self._otherwise.take(answer)
        keys = [item_key(item) for item in answer.items]
        fresh = new_items(answer.items, keys, self._seen)
        self._seen = set(keys)  # the server keeps the place, so nothing older than one page comes again
        self._follow(answer, stands=bool(keys) and not fresh)
        return fresh

    def state(self) -> State:
        """Return where the next request stands, as JSON."""
        return {"cursor": self._cursor} if self._otherwise is None else {"otherwise": self._otherwise.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Stand where `state` was."""
        if self._otherwise is not None and "otherwise" in state:
            self._otherwise.restore(state["otherwise"])
            return
        self._otherwise = None
        self._undecided = False
        self._cursor = str(state["cursor"])

    def _follow(self, answer: ListAnswer, *, stands: bool) -> None:
        if answer.says_more is False or (answer.cursor is None and answer.says_more is None):
            self._over = True
        elif answer.cursor is None:
            self._failure = self._error("there is more, but no cursor to ask for it")
        elif answer.cursor in self._used or stands:
            self._failure = self._error("the cursor does not move on")
        else:
            self._cursor = answer.cursor
            self._used.add(answer.cursor)

    def _error(self, why: str) -> PaginationError:
        return PaginationError(f"GET {self._plan.operation.path} cannot be walked on: {why}")
