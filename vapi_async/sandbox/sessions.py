"""Sessions are over after some time in which nothing was said."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .rest.store import instant

if TYPE_CHECKING:
    from datetime import datetime

    from .rest.state import SandboxState

Json = dict[str, Any]

_HOME = "/session"
_DAY = 86_400


class Sessions:
    """The sessions of one sandbox.

    Args:
        state: its state.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._known = 0
        self._next_end: datetime | None = None

    def expire(self) -> None:
        """Complete the sessions whose time is over; without effect where none can be."""
        sessions, now = self._state.store.collection(_HOME), self._state.clock.now()
        if len(sessions) == self._known and (self._next_end is None or now < self._next_end):
            return
        ends = {each.value["id"]: _end(each.value) for each in sessions.ordered if each.value.get("status") == "active"}
        for id, end in ends.items():  # noqa: A001
            if end <= now:
                self._state.store.patch(_HOME, id, {"status": "completed"})
        self._known = len(sessions)
        # What is said meanwhile only makes them later: then it is looked at in vain.
        self._next_end = min((end for end in ends.values() if end > now), default=None)


def _end(session: Json) -> datetime:
    return instant(session["updatedAt"]) + timedelta(seconds=session.get("expirationSeconds") or _DAY)
