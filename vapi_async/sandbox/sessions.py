"""Sessions: their texts are filled in when they are made, and they are over after some time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .calls import call_resources as resources
from .calls.templates import fill_variables
from .rest.store import instant

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import datetime

    from .rest.http_values import Handler, HttpRequest, HttpResponse
    from .rest.state import SandboxState

Json = dict[str, Any]

_HOME = "/session"
_KEY = f"POST {_HOME}"


class Sessions:
    """The sessions of one sandbox.

    Args:
        state: its state.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._known = 0
        self._next_end: datetime | None = None

    def handlers(self, create: Handler | None) -> dict[str, Handler]:
        """Return what answers the operation that makes sessions: what `create` does, of texts that are filled in.

        Args:
            create: stores a session; None where the contract has none.
        """
        if create is None:
            return {}

        def made(request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
            request.body = {"cost": 0, "costs": []} | request.body | self._filled(request.body)
            return create(request)

        return {_KEY: made}

    def expire(self) -> None:
        """Complete the sessions whose time is over; without effect where none can be."""
        sessions, now = self._state.store.collection(_HOME), self._state.clock.now()
        if len(sessions) == self._known and (self._next_end is None or now < self._next_end):
            return
        active = [each.value for each in sessions.ordered if each.value.get("status") == "active"]
        ends = {session["id"]: _end(session) for session in active}
        for session, end in ends.items():
            if end <= now:
                self._state.store.patch(_HOME, session, {"status": "completed"})
        self._known = len(sessions)
        self._next_end = min((end for end in ends.values() if end > now), default=None)

    def _filled(self, body: Json) -> Json:
        """Return the assistant of a session as it is from now on, and the variables that it was made of."""
        try:
            found = resources.assistants_of(self._state.store, body)
        except resources.ResourceMissing:
            return {}
        if len(found) != 1 or not found[0].variables:
            return {}
        variables = {"customer": body.get("customer") or {}, **found[0].variables}
        settings = _fill(found[0].settings, variables, self._state.clock.now())
        return {"assistant": settings, "metadata": {"variableValues": found[0].variables}}


def _end(session: Json) -> datetime:
    return instant(session["createdAt"]) + timedelta(seconds=session.get("expirationSeconds") or 0)


def _fill(value: Any, variables: Json, now: datetime) -> Any:
    match value:
        case str():
            return fill_variables(value, variables, now)
        case dict():
            return {key: _fill(member, variables, now) for key, member in value.items()}
        case list():
            return [_fill(each, variables, now) for each in value]
        case _:
            return value
