"""Where a walk stands, as a small JSON value that outlives the process.

    {"version": 1, "list": "9f86d081884c7d65", "since": {"created": "2026-08-01T00:00:00.000000Z"}, "at": {...}}

`list` is a hash of path and filters, so that a position cannot be taken for another list; `since` keeps where windows
that were counted back from now began; `at` is the state of the walk, null at the end of the list. Where a total cut a
page short, `passed` in it tells what of the page after that state was handed out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .resume_offset import Passed
from .strategy import Walk, begin
from .windows import utc

if TYPE_CHECKING:
    from .query_plan import Plan

VERSION = 1


def position(plan: Plan, state: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the position for a state of the plan's walk; None is the end of the list."""
    return {"version": VERSION, "list": plan.fingerprint(), "since": plan.anchors(), "at": state}


def resume(plan: Plan, at: Mapping[str, Any]) -> tuple[Walk | None, Passed | None]:
    """Return the plan's walk, standing at a position, and what is passed of the batch after it.

    At the end of the list both are None.

    Raises:
        TypeError: it is not a mapping.
        ValueError: it is not a position, or one of another list or of other filters.
    """
    if not isinstance(at, Mapping):
        raise TypeError(f"resume must be the position of a pager, not {type(at).__name__}")
    if at.get("version") != VERSION:
        raise ValueError("resume is not a position that this version understands")
    if at.get("list") != plan.fingerprint():
        raise ValueError("resume is a position in another list, or in this one with other filters")
    try:
        plan.anchor({name: utc(datetime.fromisoformat(text), name) for name, text in at["since"].items()})
        if at["at"] is None:
            return None, None
        walk = begin(plan)
        walk.restore(at["at"])
        passed = _passed(at["at"].get("passed"))
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"resume is not a position of this list: {error}") from error
    return walk, passed


def _passed(note: Any) -> Passed | None:
    if note is None:
        return None
    size, digest = note
    return Passed(int(size), str(digest))
