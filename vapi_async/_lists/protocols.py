"""What the pager needs to know about a list operation, and nothing more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, Protocol, TypeAlias

Fetch: TypeAlias = Callable[[Mapping[str, Any]], Awaitable[Any]]
"""Sends one list request: query values by their wire names (UNSET and None already gone) to the decoded JSON."""

Walk: TypeAlias = Literal["created", "page", "single"]


class Listing(Protocol):
    """A list operation of the contract."""

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
    def walk(self) -> Walk:
        """How to get beyond the first page: by windows of createdAt, by page numbers, or not at all."""
        ...

    @property
    def filters(self) -> tuple[str, ...]:
        """The wire names of all query parameters: limit, page, cursor, sortBy, createdAtGe and so on."""
        ...

    @property
    def limits(self) -> tuple[int, int, int]:
        """The least and the greatest `limit` that the contract allows, and what the API takes if none is sent."""
        ...
