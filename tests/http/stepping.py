"""Cancelling a coroutine at its n-th await point, for every n."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any

import anyio


class Stepped:
    """An awaitable that runs another one and cancels a scope just before its n-th step goes on."""

    def __init__(self, awaitable: Awaitable[Any], scope: anyio.CancelScope, step: int) -> None:
        self._awaitable = awaitable
        self._scope = scope
        self._step = step
        self.steps = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        inner = self._awaitable.__await__()
        value: Any = None
        error: BaseException | None = None
        while True:
            try:
                waiting = inner.send(value) if error is None else inner.throw(error)
            except StopIteration as done:
                return done.value
            value = error = None
            self.steps += 1
            if self.steps == self._step:
                self._scope.cancel()
            try:
                value = yield waiting
            except BaseException as caught:  # noqa: BLE001 - handed on to the coroutine, as the loop would
                error = caught


async def cancel_at_every_step(make: Callable[[], Awaitable[Any]], after: Callable[[int], Awaitable[None]]) -> int:
    """Run what `make` gives again and again, cancelled one step later each time, until it comes to its end.

    Args:
        make: makes the coroutine to run.
        after: is called after each run, with the number of the step.

    Returns:
        The number of steps.
    """
    step = 0
    while True:
        step += 1
        with anyio.CancelScope() as scope:
            stepped = Stepped(make(), scope, step)
            await stepped
        await after(step)
        if not scope.cancelled_caught and stepped.steps < step:
            return step - 1
