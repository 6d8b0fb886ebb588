"""`Handler`: a function of the user's, sync or async; `run_events` runs several, each as if it were alone.

Sync functions run in a worker thread, so that they cannot hold up the event loop. What a cancelled one returns later is
ignored: a thread cannot be stopped.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anyio import CancelScope

    from .messages import ReceivedMessage

logger: logging.Logger = logging.getLogger("vapi_async.webhooks")


class Handler:
    """A function that takes one argument.

    Args:
        function: the function, sync or async, or an async generator function.

    Raises:
        TypeError: it cannot be called.
    """

    __slots__ = ("_is_async", "function", "name")

    def __init__(self, function: Callable[[Any], Any]) -> None:
        if not callable(function):
            raise TypeError(f"a handler must be a function, not {type(function).__name__}")
        self.function: Callable[[Any], Any] = function
        self.name: str = getattr(function, "__qualname__", type(function).__qualname__)
        # Also of an object: its `__call__` is what is async, not the object.
        self._is_async = any(map(_is_async, (function, getattr(function, "__call__", None))))  # noqa: B004

    async def __call__(self, argument: Any) -> Any:
        """Return what the function returns, awaited if need be."""
        with stray_cancellation_as_error():
            if self._is_async:
                result = self.function(argument)
            else:
                from anyio import to_thread

                result = await to_thread.run_sync(self.function, argument, abandon_on_cancel=True)
            # A sync function may still return a coroutine, as a lambda around an async one does.
            return await result if inspect.isawaitable(result) else result


class stray_cancellation_as_error:  # noqa: N801 - reads as contextlib's own do; a class is half of a generator's cost
    """Make an ordinary error of a CancelledError though nobody cancels this task.

    On asyncio a function raises that when a task that it waits for was cancelled; let through, it would pass for the
    end of the request, and take with it whatever runs beside.

    Raises:
        RuntimeError: that happened.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if error is None or isinstance(error, Exception):
            return
        from asyncio import CancelledError, current_task

        if isinstance(error, CancelledError):
            task = current_task()
            if task is not None and not task.cancelling():
                raise RuntimeError("something that it waited for was cancelled") from error


class named_if_cancelled:  # noqa: N801 - as above
    """Name a handler in the log that is stopped from outside, as a server does that shuts down.

    Args:
        name: of the handler.
        type_: of the message that it has.
        deadline: what stops it for taking too long, which is logged elsewhere.
    """

    __slots__ = ("_deadline", "_name", "_type")

    def __init__(self, name: str, type_: str, deadline: CancelScope | None = None) -> None:
        self._name = name
        self._type = type_
        self._deadline = deadline

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if error is None or isinstance(error, Exception):
            return
        if self._deadline is None or not self._deadline.cancel_called:
            logger.warning("%s was stopped before it was done with a message of type %a", self._name, self._type)


async def run_events(handlers: Sequence[Handler], message: ReceivedMessage) -> None:
    """Run all handlers with a message; what one raises is logged and does not touch the others."""
    if len(handlers) == 1:
        await _run_one(handlers[0], message)
        return
    from anyio import create_task_group

    async with create_task_group() as group:
        for handler in handlers:
            group.start_soon(_run_one, handler, message)


async def _run_one(handler: Handler, message: ReceivedMessage) -> None:
    try:
        with named_if_cancelled(f"the handler {handler.name}", message.type):
            await handler(message.model)
    except Exception:
        logger.exception("the handler %s failed on a message of type %a", handler.name, message.type)


def _is_async(function: Any) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
