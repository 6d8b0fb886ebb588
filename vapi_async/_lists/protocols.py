"""What the pieces of this room know of each other, and of the world: no more than this.

It is below all of them, so that a strategy and what picks one need not import each other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from vapi_async._modeling.unset import Unset

    from .list_answer import ListAnswer

Fetch: TypeAlias = Callable[[Mapping[str, Any]], Awaitable[Any]]
"""Sends one list request: query values by their wire names (UNSET and None already gone) to the decoded JSON."""

State: TypeAlias = dict[str, Any]
"""Where a walk stands, as JSON: what `Strategy.restore` takes. None in its place is the end of the list."""

OnProgress: TypeAlias = Callable[[State | None], None]
"""Is told where a walk stands, after each page that was consumed wholly."""

PaginationStyle: TypeAlias = Literal["created", "page", "single"]


class ListSpec(Protocol):
    """A list operation of the contract: what the pager needs to know of it."""

    @property
    def path(self) -> str:
        """The path template, for messages."""
        ...

    @property
    def item(self) -> Callable[[Any], Any] | None:
        """The decoder of one item; None leaves items as JSON."""
        ...

    @property
    def models(self) -> str | None:
        """The models package, where `PaginationMeta` is looked up; None leaves metadata as JSON."""
        ...

    @property
    def walk(self) -> PaginationStyle:
        """How to get beyond the first page: by windows of createdAt, by page numbers, or not at all."""
        ...

    @property
    def filters(self) -> Collection[str]:
        """The wire names of all query parameters: limit, page, cursor, sortBy, createdAtGe and so on."""
        ...

    @property
    def limits(self) -> tuple[int, int, int]:
        """The least and the greatest `limit` that the contract allows, and what the API takes if none is sent."""
        ...


class Strategy(Protocol):
    """One walk through a list, under way: a plain state machine that sends nothing.

    It is asked for the next request and given its answer. So each strategy can be tested as arithmetic, and the same
    one serves pages, items and lookahead. After every answer it is either `over`, or knows the next request, or knows
    that it cannot go on without losing something: then the items it has are still good, and `query` raises.
    """

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

    def take(self, answer: ListAnswer) -> list[Any]:
        """Take the answer to that request and return those of its items that are new.

        Raises:
            PaginationError: the answer shows that something was lost, or that the server does not do what was asked.
        """
        ...

    def state(self) -> State:
        """Return where the next request stands, as JSON."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Stand where `state` was.

        Raises:
            LookupError, TypeError, ValueError: it is not the state of such a walk.
        """


class PageMetadata(Protocol):
    """What the API tells about a list beside its items: the `PaginationMeta` of the models package in use.

    A server may leave any of it out; the names of the API work too: `metadata["totalItems"]`.
    """

    @property
    def items_per_page(self) -> float:
        """The size of a page."""
        ...

    @property
    def total_items(self) -> float:
        """How many items there are on all pages."""
        ...

    @property
    def current_page(self) -> float:
        """Which page this is, counted from 1."""
        ...

    @property
    def total_pages(self) -> float | Unset | None:
        """How many pages there are."""
        ...

    @property
    def has_next_page(self) -> bool | Unset | None:
        """Whether there is another page."""
        ...

    @property
    def next_cursor(self) -> str | Unset | None:
        """Where the next page starts."""
        ...

    @property
    def sort_order(self) -> str | Unset | None:
        """The order of the items: ASC or DESC."""
        ...

    @property
    def items_beyond_retention(self) -> bool | Unset | None:
        """Whether there is more that the plan no longer shows."""
        ...

    @property
    def created_at_le(self) -> datetime | Unset | None:
        """The end of the window of createdAt."""
        ...

    @property
    def created_at_ge(self) -> datetime | Unset | None:
        """The start of the window of createdAt."""
        ...

    def __getitem__(self, key: str) -> Any:
        """Return the value under the API's name `key`.

        Raises:
            KeyError: the API did not send it.
        """

    def __contains__(self, key: object) -> bool:
        """Return whether the API sent `key`."""
        ...

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value under the API's name `key`, or `default` if it is absent."""

    def to_dict(self) -> dict[str, Any]:
        """Return the metadata as plain JSON values."""
        ...
