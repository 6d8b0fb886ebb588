"""A walk put to work: requests sent, answers taken, batches of new items handed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .list_answer import read
from .resume_offset import Passed, passed

if TYPE_CHECKING:
    from .protocols import Fetch
    from .strategy import Walk


class Batch:
    """The new items of one request, as JSON.

    Attributes:
        items: the items.
        metadata: what came with them; None with a bare array.
        has_next: whether there may be more.
        after: the state of the walk after all of them; None at the end of the list.
    """

    __slots__ = ("after", "has_next", "items", "metadata")

    def __init__(
        self, items: list[Any], metadata: Mapping[str, Any] | None, after: dict[str, Any] | None, *, has_next: bool
    ) -> None:
        self.items = items
        self.metadata = metadata
        self.after = after
        self.has_next = has_next


class Steps:
    """One walk under way, request by request, up to a total of items."""

    __slots__ = ("_begun", "_fetch", "_left", "_passed", "_walk", "state")

    def __init__(self, fetch: Fetch, walk: Walk | None, max_items: int | None, passed: Passed | None = None) -> None:
        self._fetch = fetch
        self._walk = walk
        self._left = max_items
        self._begun = False
        self._passed = passed
        self.state = None if walk is None else _within(_state(walk), passed)

    async def next(self) -> Batch | None:
        """Return the next batch that holds something (the first one even if it does not); None at the end.

        Raises:
            PaginationError: the walk cannot go on without losing something.
        """
        walk = self._walk
        while walk is not None and not walk.over and self._left != 0:
            answer = read(await self._fetch(walk.query()))
            fresh = walk.take(answer)
            before, self.state = self.state, _state(walk)
            if fresh or not self._begun:
                self._begun = True
                return self._cut(fresh, answer.metadata, before)
        return None

    def _cut(self, items: list[Any], metadata: Mapping[str, Any] | None, before: dict[str, Any] | None) -> Batch:
        after = self.state
        start = self._passed.of(items) if self._passed is not None else 0
        self._passed = None
        end = len(items) if self._left is None else min(start + self._left, len(items))
        if end < len(items) or not _moved(before, after):
            after = _within(before, passed(items[:end]))
        items = items[start:end]
        if self._left is not None:
            self._left -= len(items)
        more = self._left != 0 and self._walk is not None and not self._walk.over
        return Batch(items, metadata, after, has_next=more)


def _state(walk: Walk) -> dict[str, Any] | None:
    return None if walk.over else walk.state()


def _moved(before: dict[str, Any] | None, after: dict[str, Any] | None) -> bool:
    """Tell whether the request after a batch is another one than that which brought it."""
    return before is None or after is None or any(before.get(name) != value for name, value in after.items())


def _within(state: dict[str, Any] | None, passed: Passed | None) -> dict[str, Any] | None:
    """Return the state before a batch of which these items are passed."""
    return state if state is None or passed is None else {**state, "passed": list(passed)}
