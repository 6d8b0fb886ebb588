"""How a list is walked: a plain state machine that is asked for the next request and given its answer.

No walk sends anything, so each can be tested as arithmetic, and the same walk serves pages, items and lookahead. After
every answer it is either `over`, or knows the next request, or knows that it cannot go on without losing something:
then the items it has are still good, and `query` raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .list_answer import Answer
    from .query_plan import Plan


_NEEDED = {"createdAtGe", "createdAtLt", "limit"}


class Walk(Protocol):
    """One walk through a list, under way."""

    @property
    def over(self) -> bool:
        """Whether all has been seen."""
        ...

    def query(self) -> dict[str, Any]:
        """Return the query of the next request.

        Raises:
            PaginationError: the walk cannot go on without losing something.
        """
        ...

    def take(self, answer: Answer) -> list[Any]:
        """Take the answer to that request and return those of its items that are new.

        Raises:
            PaginationError: the answer shows that something was lost, or that the server does not do what was asked.
        """
        ...

    def state(self) -> dict[str, Any]:
        """Return where the next request stands, as JSON."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Stand where `state` was.

        Raises:
            LookupError, TypeError, ValueError: it is not the state of such a walk.
        """


def begin(plan: Plan) -> Walk:
    """Return the walk for a list call, at its beginning."""
    known, query = plan.operation.filters, plan.query
    if "cursor" in known and "page" not in query:
        from .cursor import CursorWalk

        return CursorWalk(_uncursored(plan), plan)
    return _uncursored(plan)


def _uncursored(plan: Plan) -> Walk:
    operation, query = plan.operation, plan.query
    by_created = query.get("sortBy", "createdAt") == "createdAt" and "page" not in query
    if operation.walk == "created" and by_created and _NEEDED.issubset(operation.filters):
        from .keyset import CreatedWalk

        return CreatedWalk(plan)
    if operation.walk != "single" and "page" in operation.filters:
        from .page_numbers import NumberedWalk

        return NumberedWalk(plan)
    from .single_page import WholeWalk

    return WholeWalk(plan)
