"""`CallRegistry`: the calls of a sandbox, and how the next ones go.

A call is two things: the object in the store, which the API shows, and the `Line` here, which says how it goes on.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from vapi_async.sandbox.script import Script

from .running_call import RUNNING, Line

if TYPE_CHECKING:
    from vapi_async.sandbox.rest.state import State

    from .call_resources import Json


class CallRegistry:
    """The calls that were made in one sandbox, also those that are over.

    Args:
        state: What the parts of the sandbox share.
        concurrency: How many calls can run at one time.
    """

    def __init__(self, state: State, concurrency: int) -> None:
        self._state = state
        self.concurrency = concurrency
        self._scripts: deque[Script] = deque()
        self._default = Script()
        self._calls: dict[str, Line] = {}
        self._open: list[Line] = []

    def script(self, script: Script, times: int | None) -> None:
        """Let the next `times` calls go by a script; with None, all calls that have none of their own."""
        if times is None:
            self._default = script
        else:
            self._scripts.extend([script] * times)

    def add(self, call: Json, phone_number: Json | None) -> Line:
        """Store a call, and take the next script for it.

        Args:
            call: The call, without id and times.
            phone_number: The stored number that it goes over, if one.
        """
        stored = self._state.store.add("/call", call)
        script = self._scripts.popleft() if self._scripts else self._default
        line = Line(self._state, stored["id"], script, phone_number=phone_number)
        self._calls[line.id] = line
        self._open.append(line)
        return line

    def find(self, call_id: str) -> Line | None:
        """Return a call that was made here, also if it is over or deleted; None if there is none."""
        return self._calls.get(call_id)

    @property
    def running(self) -> int:
        """How many calls run, as the limit counts them."""
        # Forgotten here once they are over, so that counting costs what runs and not what ever ran.
        self._open = [line for line in self._open if not line.ended]
        return sum(line.call.get("status") in RUNNING for line in self._open)

    @property
    def is_full(self) -> bool:
        """Whether another call would be one too many."""
        return self.running >= self.concurrency

    def close(self) -> None:
        """Let who listens hear no more, also of calls that were deleted; the calls stay as they are."""
        for line in self._calls.values():
            line.hang_up()
