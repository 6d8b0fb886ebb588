"""Where a walk stands, as a small JSON value that outlives the process: what users know as `pager.position`.

    {"version": 1, "list": "9f86d081884c7d65", "since": {"created": "2026-08-01T00:00:00.000000Z"}, "at": {...}}

`list` is a hash of path and filters, so that a token cannot be taken for another list; `since` keeps where windows
that were counted back from now began; `at` is the state of the walk, null at the end of the list. Where a total cut a
page short, `offset` in it tells what of the page after that state was handed out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .resume_offset import ResumeOffset
from .strategy import choose_strategy
from .windows import utc

if TYPE_CHECKING:
    from .protocols import State, Strategy
    from .query_plan import QueryPlan

VERSION = 1


def resume_token(plan: QueryPlan, state: State | None) -> dict[str, Any]:
    """Return the token for a state of the plan's walk; None is the end of the list."""
    return {"version": VERSION, "list": plan.fingerprint(), "since": plan.window_starts(), "at": state}


def resume_from(plan: QueryPlan, token: Mapping[str, Any]) -> tuple[Strategy | None, ResumeOffset | None]:
    """Return the plan's strategy, standing where a token says, and what of the batch after it was handed out.

    At the end of the list both are None.

    Raises:
        TypeError: it is not a mapping.
        ValueError: it is not a token, or one of another list or of other filters.
    """
    if not isinstance(token, Mapping):
        raise TypeError(f"resume must be the position of a pager, not {type(token).__name__}")
    if token.get("version") != VERSION:
        raise ValueError("resume is not a position that this version understands")
    if token.get("list") != plan.fingerprint():
        raise ValueError("resume is a position in another list, or in this one with other filters")
    # It comes out of somebody's file, so any part of it may be of any type.
    try:
        plan.start_windows({name: utc(datetime.fromisoformat(text), name) for name, text in token["since"].items()})
        if token["at"] is None:
            return None, None
        strategy = choose_strategy(plan)
        strategy.restore(token["at"])
        offset = _offset(token["at"].get("offset"))
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"resume is not a position of this list: {error}") from error
    return strategy, offset


def _offset(parts: Any) -> ResumeOffset | None:
    if parts is None:
        return None
    size, digest = parts
    return ResumeOffset(int(size), str(digest))
