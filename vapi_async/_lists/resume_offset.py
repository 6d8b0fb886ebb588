"""What of a batch was handed out already, in few bytes: for positions within a batch that a total cut short.

A count alone would skip items not yet handed out once earlier ones are deleted. So the items counted are known by a
hash; if they are not what the batch begins with any more, all of it is handed out again, and nothing is lost.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .list_answer import item_key


class ResumeOffset(NamedTuple):
    """The first items of a batch: how many they are, and the hash of their keys."""

    size: int
    digest: str

    def within(self, items: list[Any]) -> int:
        """Return how many of the first of these items were handed out already: all that were counted, or none."""
        return self.size if 0 < self.size <= len(items) and offset_after(items[: self.size]) == self else 0


def offset_after(items: list[Any]) -> ResumeOffset:
    """Return the offset at which these first items of a batch have been handed out."""
    from hashlib import sha256

    return ResumeOffset(len(items), sha256("\n".join(map(item_key, items)).encode()).hexdigest()[:16])
