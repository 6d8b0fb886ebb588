"""Walking by windows of createdAt: sure under whatever is added or deleted meanwhile.

Each request asks for what lies beyond the last item seen, by time instead of by place. The order is read off the
answers; newest first, for instance:

    first answer   10:07  10:06  10:05 10:05        edge 10:05, both ids of that instant remembered
    next window    createdAt < 10:05 + 1 ms         the edge once more: more of that instant may not have fit
    its answer     10:05 10:05 10:05  10:04         the third is new, the other two are dropped by id

An answer in order is complete up to its last instant, so only the ids of that instant have to be remembered. An answer
that lies wholly in the edge, or in one instant while the order is unknown, tells nothing of what is beyond: the same
window is asked again with a larger limit, up to the largest allowed. If that too is full of one instant, more of it
cannot be reached, and the walk stops with an error that names the instant.

The server may know createdAt more precisely than it prints it (databases keep microseconds): a printed time is the
stored one, cut off. So a window that ends at the edge ends one printed step after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from vapi_async.errors import PaginationError

from .bounds import Bound, Bounds, wire_time
from .created_at import Order, created_at, precision, sort_order
from .list_answer import ListAnswer, item_key, new_items
from .truncation_check import TruncationCheck, too_many_at_once
from .windows import utc

if TYPE_CHECKING:
    from .protocols import State
    from .query_plan import QueryPlan

IDS_KEPT = 16
"""How many ids of the edge are kept in a resume token; if there are more, a resumed walk brings them again."""


class KeysetStrategy:
    """A walk by createdAt, in the order that the server keeps."""

    def __init__(self, plan: QueryPlan) -> None:
        self._plan = plan
        self._usual = _usual_limit(plan)
        self._limit = self._usual
        self._order: Order | None = None
        self._edge: datetime | None = None
        self._step = timedelta(seconds=1)
        self._seen: dict[str, datetime] = {}
        self._check: TruncationCheck | None = None
        self._failure: PaginationError | None = None
        self.over = False

    def query(self) -> dict[str, Any]:
        """Return the query of the next request."""
        if self._failure is not None:
            raise self._failure
        if self._check is not None:
            return self._check.query()
        return self._plan.request(self._limit, self._window())

    def take(self, answer: ListAnswer) -> list[Any]:
        """Take the answer to that request and return those of its items that are new."""
        if self._check is not None:
            self._conclude(self._check.take(answer))
            return []
        keys = [item_key(item) for item in answer.items]
        moments = [created_at(item) for item in answer.items]
        if self._is_everything(answer, moments):
            self.over = True
            return []
        fresh = new_items(answer.items, keys, self._seen)
        self.over = self._is_last(answer)
        if not self.over:
            self._move_on(answer, keys, moments)
        return fresh

    def state(self) -> State:
        """Return where the next request stands, as JSON."""
        few = len(self._seen) <= IDS_KEPT
        return {
            "order": self._order,
            "edge": None if self._edge is None else wire_time(self._edge),
            "step": self._step // timedelta(microseconds=1),
            "seen": {name: wire_time(moment) for name, moment in self._seen.items()} if few else {},
            "limit": self._limit,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Stand where `state` was."""
        if state["order"] not in (-1, 1, None) or (state["order"] is None) != (state["edge"] is None):
            raise ValueError("order")
        self._order = state["order"]
        self._edge = None if state["edge"] is None else _parsed(state["edge"])
        self._step = timedelta(microseconds=int(state["step"]))
        self._seen = {name: _parsed(text) for name, text in state["seen"].items()}
        self._limit = None if state["limit"] is None else min(int(state["limit"]), self._greatest)

    @property
    def _greatest(self) -> int:
        return self._plan.operation.limits[1]

    @property
    def _asked(self) -> int:
        return self._plan.operation.limits[2] if self._limit is None else self._limit

    def _window(self) -> Bounds:
        created = self._plan.created
        if self._edge is None:
            return created
        if self._order == 1:
            return created.not_before(Bound(self._edge, strict=False))
        return created.not_after(Bound(self._edge + self._step, strict=True))

    def _is_last(self, answer: ListAnswer) -> bool:
        more = answer.more_after(1)  # every window is a list of its own, and no request asks for its second page
        return not answer.items or (answer.is_short(self._asked) if more is None else not more)

    def _is_everything(self, answer: ListAnswer, moments: Sequence[datetime | None]) -> bool:
        """Tell whether the server heeds neither window nor limit: then each of its answers is the whole list."""
        if self._edge is None:
            return False
        edge, order = self._edge, self._order or 1
        # Within one step before the edge lies what only looks earlier, since its printed time was cut off.
        strayed = [moment for moment in moments if moment is not None and (edge - moment) * order >= self._step]
        if strayed and len(answer.items) <= self._asked:  # it keeps to the limit, so there may be more than it gave
            raise PaginationError(
                f"GET {self._plan.operation.path} does not keep to the window of createdAt that was asked for: "
                f"{wire_time(strayed[0])} is outside, so the list cannot be walked by it"
            )
        return bool(strayed)

    def _move_on(self, answer: ListAnswer, keys: list[str], moments: Sequence[datetime | None]) -> None:
        placed = [moment for moment in moments if moment is not None]
        if len(placed) < len(moments):
            self._fail(f"item {keys[moments.index(None)]} has no createdAt to go on from")
            return
        order = sort_order(placed)
        if order is None or (order and self._order and order != self._order):
            way_out = "; page=1 walks it by page numbers" if "page" in self._plan.operation.filters else ""
            self._fail(f"the items are not ordered by createdAt{way_out}")
            return
        self._order = self._order or order or None
        self._step = min(self._step, precision(answer.items))
        # Moving on needs an order, and a last item beyond the edge: otherwise the same window would be asked again.
        if self._order and (self._edge is None or (placed[-1] - self._edge) * self._order > timedelta(0)):
            self._advance(keys, placed)
        else:
            self._seen.update(zip(keys, placed, strict=True))
            self._widen(answer, placed[-1])

    def _advance(self, keys: list[str], moments: list[datetime]) -> None:
        """Go on from the last item; remember what may come again, that is what is not surely behind."""
        self._edge = edge = moments[-1]
        order, behind = self._order or 1, -self._step
        self._seen = {name: moment for name, moment in self._seen.items() if (moment - edge) * order > behind}
        for name, moment in zip(reversed(keys), reversed(moments), strict=True):
            if (moment - edge) * order <= behind:  # what is before it in the answer is further behind
                break
            self._seen[name] = moment
        self._limit = self._usual
        if len(self._seen) >= self._asked:  # the next answer needs room for more than the overlap
            self._limit = min(len(self._seen) + 1, self._greatest)

    def _widen(self, answer: ListAnswer, instant: datetime) -> None:
        """Ask for the same window with a larger limit; at the largest, find out whether the answer is complete."""
        if self._asked < self._greatest:
            self._limit = min(self._asked * 10, self._greatest)
        elif len(answer.items) >= self._greatest or answer.more_after(1):
            self._failure = too_many_at_once(self._plan.operation.path, instant, len(answer.items))
        else:
            self._check = TruncationCheck(self._plan, answer, instant, self._step)

    def _conclude(self, verdict: Literal["complete", "changed", "open"]) -> None:
        self.over = verdict == "complete"
        if verdict == "changed":
            self._check = None

    def _fail(self, why: str) -> None:
        self._failure = PaginationError(f"GET {self._plan.operation.path} cannot be walked on: {why}")


def _parsed(text: str) -> datetime:
    return utc(datetime.fromisoformat(text), "moment")


def _usual_limit(plan: QueryPlan) -> int | None:
    """Return the limit to ask for: no more than the total, so that a walk up to it ends with a whole page."""
    asked = plan.operation.limits[2] if plan.limit is None else plan.limit
    return plan.max_items if plan.max_items and plan.max_items < asked else plan.limit
