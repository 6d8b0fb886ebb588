"""A strategy put to work: requests sent, answers taken, batches of new items handed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .list_answer import read_answer
from .resume_offset import ResumeOffset, offset_after

if TYPE_CHECKING:
    from .protocols import Fetch, State, Strategy


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
        self, items: list[Any], metadata: Mapping[str, Any] | None, after: State | None, *, has_next: bool
    ) -> None:
        self.items = items
        self.metadata = metadata
        self.after = after
        self.has_next = has_next


class Batches:
    """The batches of one walk, fetched one by one, up to a total of items.

    Attributes:
        fetch: sends one request of the list.
        state: where the walk stands; None at the end of the list.
    """

    __slots__ = ("_begun", "_left", "_offset", "_strategy", "fetch", "state")

    def __init__(
        self, fetch: Fetch, strategy: Strategy | None, max_items: int | None, offset: ResumeOffset | None = None
    ) -> None:
        """Stand before the first batch.

        Args:
            fetch: sends one request of the list.
            strategy: tells what to ask; None at the end of the list.
            max_items: the total of items; None for all.
            offset: what of the first batch was handed out by the walk that is resumed.
        """
        self.fetch = fetch
        self._strategy = strategy
        self._left = max_items
        self._begun = False
        self._offset = offset
        self.state = None if strategy is None else _with_offset(_state(strategy), offset)

    async def next(self) -> Batch | None:
        """Return the next batch that holds something (the first one even if it does not); None at the end.

        Raises:
            PaginationError: the walk cannot go on without losing something.
        """
        strategy = self._strategy
        while strategy is not None and not strategy.over and self._left != 0:
            answer = read_answer(await self.fetch(strategy.query()))
            fresh = strategy.take(answer)
            before, self.state = self.state, _state(strategy)
            if fresh or not self._begun:
                self._begun = True
                return self._batch(fresh, answer.metadata, before)
        return None

    def _batch(self, items: list[Any], metadata: Mapping[str, Any] | None, before: State | None) -> Batch:
        after = self.state
        start = self._offset.within(items) if self._offset is not None else 0
        self._offset = None
        end = len(items) if self._left is None else min(start + self._left, len(items))
        # A total that ends within a page leaves the walk before that page, with a note of what of it is out. So does
        # a page after which the very same request comes again: its items would come again, too.
        if end < len(items) or not _asks_for_more(before, after):
            after = _with_offset(before, offset_after(items[:end]))
        items = items[start:end]
        if self._left is not None:
            self._left -= len(items)
        more = self._left != 0 and self._strategy is not None and not self._strategy.over
        return Batch(items, metadata, after, has_next=more)


def _state(strategy: Strategy) -> State | None:
    return None if strategy.over else strategy.state()


def _asks_for_more(before: State | None, after: State | None) -> bool:
    """Tell whether the request after a batch is another one than that which brought it."""
    return before is None or after is None or any(before.get(name) != value for name, value in after.items())


def _with_offset(state: State | None, offset: ResumeOffset | None) -> State | None:
    """Return the state before a batch of which so much was handed out."""
    return state if state is None or offset is None else {**state, "offset": list(offset)}
