"""Which strategy walks a list: the surest one that its operation, and what the user asked for, allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .protocols import Strategy
    from .query_plan import QueryPlan


_KEYSET_NEEDS = {"createdAtGe", "createdAtLt", "limit"}


def choose_strategy(plan: QueryPlan) -> Strategy:
    """Return the strategy for a list call, at its beginning."""
    known, query = plan.operation.filters, plan.query
    if "cursor" in known and "page" not in query:
        from .cursor import CursorStrategy

        return CursorStrategy(_without_cursor(plan), plan)
    return _without_cursor(plan)


def _without_cursor(plan: QueryPlan) -> Strategy:
    operation, query = plan.operation, plan.query
    # Sorted by another field, the last item says nothing of what is beyond it; and whoever gives page= wants pages.
    by_created = query.get("sortBy", "createdAt") == "createdAt" and "page" not in query
    if operation.walk == "created" and by_created and _KEYSET_NEEDS.issubset(operation.filters):
        from .keyset import KeysetStrategy

        return KeysetStrategy(plan)
    if operation.walk != "single" and "page" in operation.filters:
        from .page_numbers import PageNumberStrategy

        return PageNumberStrategy(plan)
    from .single_page import SinglePageStrategy

    return SinglePageStrategy(plan)
