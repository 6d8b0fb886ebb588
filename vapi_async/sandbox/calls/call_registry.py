"""`CallRegistry`: the calls of a sandbox, and how the next ones go.

A call is two things: the object in the store, which the API shows, and the `RunningCall` here, which says how it goes
on.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from vapi_async.sandbox.script import Script

from .running_call import RUNNING, RunningCall

if TYPE_CHECKING:
    from vapi_async.sandbox.rest.state import SandboxState

    from .call_resources import Json


class CallRegistry:
    """The calls that were made in one sandbox, also those that are over.

    Args:
        state: What the parts of the sandbox share.
        concurrency: How many calls can run at one time.
    """

    def __init__(self, state: SandboxState, concurrency: int) -> None:
        self._state = state
        self.concurrency = concurrency
        self._scripts: deque[Script] = deque()
        self._default = Script()
        self._calls: dict[str, RunningCall] = {}
        self._open: list[RunningCall] = []

    def script(self, script: Script, times: int | None) -> None:
        """Let the next `times` calls go by a script; with None, all calls that have none of their own."""
        if times is None:
            self._default = script
        else:
            self._scripts.extend([script] * times)

    def add(self, made: Json, phone_number: Json | None) -> RunningCall:
        """Store a call, and take the next script for it.

        Args:
            made: The call, without id and times.
            phone_number: The stored number that it goes over, if one.
        """
        stored = self._state.store.add("/call", made)
        script = self._scripts.popleft() if self._scripts else self._default
        call = RunningCall(self._state, stored["id"], script, phone_number=phone_number)
        self._calls[call.id] = call
        self._open.append(call)
        return call

    def find(self, call_id: str) -> RunningCall | None:
        """Return a call that was made here, also if it is over or deleted; None if there is none."""
        return self._calls.get(call_id)

    def all(self) -> list[RunningCall]:
        """Return the calls that were made here, also those that are over."""
        return list(self._calls.values())

    @property
    def running(self) -> int:
        """How many calls run, as the limit counts them."""
        # Forgotten here once they are over, so that counting costs what runs and not what ever ran.
        self._open = [call for call in self._open if not call.ended]
        return sum(call.stored.get("status") in RUNNING for call in self._open)

    @property
    def is_full(self) -> bool:
        """Whether another call would be one too many."""
        return self.running >= self.concurrency

    def close(self) -> None:
        """End what listeners hear, also of deleted calls; the stored calls stay as they are."""
        for call in self._calls.values():
            call.hang_up()
