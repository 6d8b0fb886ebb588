"""`Tool`: a function that an assistant can call; `ToolResult`: what it returns to say more than a result."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from vapi_async._lazy import exported_by
from vapi_async.webhooks.handlers import logger

from .spoken_text import spoken_text, to_jsonable

if TYPE_CHECKING:
    from .invocations import ToolContext
    from .tool_signature import ToolSignature


@exported_by("vapi_async.webhooks")
class ToolResult:
    """What a tool returns to say more than a result.

    Args:
        result: what the assistant is told, anything that a tool may return.
        message: what the assistant says, as a text or a `ToolMessageComplete`; without, it finds its own words.
        metadata: kept with the call; the assistant does not see it.
    """

    def __init__(self, result: Any = None, *, message: Any = None, metadata: Mapping[str, Any] | None = None) -> None:
        self.result = result
        self.message = message
        self.metadata = metadata

    def fields(self) -> dict[str, Any]:
        """Return the fields of `ToolCallResult` that it fills.

        Raises:
            ValueError: a number in it is not finite, or it contains itself.
            TypeError: something in it has no JSON form.
        """
        message = (
            {"type": "request-complete", "content": self.message} if isinstance(self.message, str) else self.message
        )
        more = {"message": message, "metadata": self.metadata}
        return {"result": spoken_text(self.result)} | {
            key: to_jsonable(value) for key, value in more.items() if value is not None
        }


@frozen
class Tool:
    """A function with its name and how it is run; see `Tools.add`.

    Attributes:
        name: what the assistant calls it.
        function: the function.
        signature: what it takes.
        timeout: seconds that it may take.
        encrypted_paths: arguments that are sent encrypted.
        definition: the definition for the API, without the server.
    """

    name: str
    function: Callable[..., Any] = field(repr=False)
    signature: ToolSignature = field(repr=False)
    timeout: float
    encrypted_paths: tuple[str, ...]
    definition: dict[str, Any] = field(repr=False)

    async def __call__(self, arguments: Mapping[str, Any], context: ToolContext) -> Any:
        """Return what the function returns.

        Args:
            arguments: JSON values by name.
            context: for parameters annotated with `ToolContext`.

        Raises:
            ArgumentsError: the arguments do not fit.
            Exception: what the function raises.
        """
        call = partial(
            self.function,
            **self.signature.bind(arguments),
            **dict.fromkeys(self.signature.contexts, context),
        )
        if _is_async(self.function):
            return await call()
        from anyio import to_thread

        # In a tuple, since trio takes no coroutine from a thread, and a sync function may return one.
        (result,) = await to_thread.run_sync(lambda: (self._timed(call),), abandon_on_cancel=True)
        return await result if inspect.isawaitable(result) else result

    def _timed(self, call: Callable[[], Any]) -> Any:
        """Return what a sync function returns; its thread goes on after the deadline, so its end is logged then."""
        began = time.monotonic()
        try:
            return call()
        finally:
            taken = time.monotonic() - began
            if taken > self.timeout:
                logger.error("the tool %s took %.1f seconds, its limit is %g", self.name, taken, self.timeout)


def _is_async(function: Any) -> bool:
    while isinstance(function, partial):
        function = function.func
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)
