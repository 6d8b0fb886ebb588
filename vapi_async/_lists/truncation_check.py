"""Was that all, or did the server cut it? The question a page of one instant leaves, if it is shorter than asked for.

The largest limit was asked for and fewer items came, all of one instant. Either there are no more, or the server never
gives more at a time, and the rest of the instant is out of reach. So the whole list is asked for one item more than
the page had:

- more come: the server can give more, so the page was complete;
- fewer come: the list has changed, and the page is better asked for again;
- as many come, not all of them of the instant: they were cut, and so was the page;
- as many come, all of the instant: then what is before and after the instant is asked for, since it would have had to
  be among them. If there is nothing, the instant is the whole list; only a page as long as servers make them that pay
  no heed to `limit` is not believed even then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from vapi_async.errors import PaginationError

from .bounds import Bound, wire_time
from .created_at import created_at

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from .list_answer import ListAnswer
    from .query_plan import QueryPlan


class TruncationCheck:
    """The questions that are left to ask, and the verdict."""

    def __init__(self, plan: QueryPlan, page: ListAnswer, instant: datetime, step: timedelta) -> None:
        """Begin to ask.

        Args:
            plan: what is walked.
            page: the page in doubt.
            instant: when its items were created.
            step: the precision that createdAt is printed in.
        """
        self._size = len(page.items)
        self._instant, self._step = instant, step
        self._cut = too_many_at_once(plan.operation.path, instant, self._size)
        self._believable = not page.has_size_of_its_own(plan.operation.limits[2])
        self._queries = [
            plan.request(self._size + 1),
            plan.request(1, plan.created.not_after(Bound(instant, strict=True))),
            plan.request(1, plan.created.not_before(Bound(instant + step, strict=False))),
        ]

    def query(self) -> dict[str, Any]:
        """Return the query of the next question."""
        return self._queries[0]

    def take(self, answer: ListAnswer) -> Literal["complete", "changed", "open"]:
        """Take the answer; tell whether the page is known to be complete now, out of date, or still in doubt.

        Raises:
            PaginationError: the page was cut.
        """
        if len(self._queries) == 3 and len(answer.items) != self._size:
            return "complete" if len(answer.items) > self._size else "changed"
        if any(self._is_outside(item) for item in answer.items):
            raise self._cut
        del self._queries[0]
        if self._queries:
            return "open"
        if not self._believable:
            raise self._cut
        return "complete"

    def _is_outside(self, item: Any) -> bool:
        moment = created_at(item)
        return moment is not None and not self._instant <= moment < self._instant + self._step


def too_many_at_once(path: str, instant: datetime, size: int) -> PaginationError:
    """Return the error for more items of one instant than the server gives at a time."""
    return PaginationError(
        f"GET {path} cannot be walked on: {size} items or more were created at {wire_time(instant)}, and the API gives "
        f"no more at a time. Narrow the list by other filters"
    )
