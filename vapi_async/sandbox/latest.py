"""`Latest`: a list that keeps the latest items and forgets the earliest: what runs for days stays bounded."""

from __future__ import annotations

from typing import Protocol, TypeVar


class _Sized(Protocol):
    size: int


Item = TypeVar("Item", bound=_Sized)


class Latest(list[Item]):
    """The latest items, oldest first: a list whose beginning is forgotten.

    Args:
        most: how many items it keeps.
        most_bytes: how many bytes these may have together; the latest item is kept in any case.

    Attributes:
        forgotten: how many items are not here any more.

    Raises:
        ValueError: a number is not 1 or more.
    """

    def __init__(self, most: int, most_bytes: int) -> None:
        super().__init__()
        if most < 1 or most_bytes < 1:
            raise ValueError(
                "journal must be two numbers, each 1 or more: how many are kept, and how many bytes of bodies"
            )
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self.forgotten: int = 0

    def append(self, item: Item) -> None:
        """Add an item with the bytes that it has."""
        super().append(item)
        if len(self) > self._most:
            self._forget()
        self._count(item.size)

    def weigh(self, item: Item, size: int) -> None:
        """Note how many bytes an item has, where that was not known when it was added."""
        item.size = size
        self._count(size)

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._bytes > self._most_bytes:
            self._bytes = sum(each.size for each in self)  # anew, since a list can be emptied by anyone
        while self._bytes > self._most_bytes and len(self) > 1:
            self._forget()

    def _forget(self) -> None:
        self._bytes -= self.pop(0).size
        self.forgotten += 1
