"""Which known name a wrong one was meant to be, for the messages of errors.

Names are compared by their letters and digits alone, so that another casing or another separator costs nothing:
`assistantId`, `assistant-id` and `assistant_id` are one name here.
"""

from __future__ import annotations

from collections.abc import Iterable


def folded(name: str) -> str:
    """Return what names are compared by: the letters and digits of `name`, in lower case."""
    return "".join(character for character in name if character.isalnum()).lower()


def close_matches(name: str, known: Iterable[str], *, count: int = 1, cutoff: float = 0.7) -> list[str]:
    """Return the known names that are most like `name`, best first.

    Args:
        name: what was written.
        known: what may be written; of names that differ by separators only, the last one counts.
        count: how many to return at most.
        cutoff: how like they have to be, from 0 (anything) to 1 (the same).
    """
    from difflib import get_close_matches  # slow to import, and only mistakes need it

    by_folded = {folded(other): other for other in known}
    return [by_folded[match] for match in get_close_matches(folded(name), by_folded, n=count, cutoff=cutoff)]


def did_you_mean(name: str, known: Iterable[str], *, count: int = 1, cutoff: float = 0.7) -> str:
    """Return `did you mean 'x'?` with the known names that are most like `name`, "" if none is like it.

    Args:
        name: what was written.
        known: what may be written.
        count: how many to name at most.
        cutoff: how like they have to be, from 0 to 1.
    """
    matches = close_matches(name, known, count=count, cutoff=cutoff)
    return f"did you mean {' or '.join(map(repr, matches))}?" if matches else ""
