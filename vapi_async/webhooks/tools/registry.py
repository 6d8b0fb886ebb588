"""`Tools`: Python functions that an assistant can call.

A tool is written once: its signature and docstring give the definition to create the assistant with (`definitions`),
and decide what the arguments of a call are checked against and made into (`run`).

The API waits for an answer only so long, so every tool has a deadline, a little before that. Calls that come in one
message run at the same time; the answers are in their order, whatever happens: an assistant that is told what went
wrong can say so, one that is told nothing falls silent. What a function raises is therefore logged, and told in words
that reveal nothing of it, unless it is a `ToolError`. Only cancellation and what is no `Exception` pass through.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

from vapi_async._lazy import exported_by
from vapi_async.webhooks.handlers import logger, named_if_cancelled, stray_cancellation_as_error
from vapi_async.webhooks.message_types import TOOL_CALLS
from vapi_async.webhooks.telemetry import mark_failed, span

from .definition import LONGEST_WAIT, ROUND_TRIP, ToolOptions, server_of, tool_definition
from .encrypted_paths import check_paths
from .invocations import Invocation, ToolContext
from .spoken_text import ToolError, single_line, to_jsonable
from .tool import Tool, ToolResult
from .tool_signature import ToolSignature, tool_signature

if TYPE_CHECKING:
    from vapi_async.models import Call, Server

    from .decryption import SupportsDecrypt

DEFAULT_TIMEOUT = 18.0
"""Seconds; the API waits for 20 by default (schema `Server`)."""
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}", re.ASCII)


@exported_by("vapi_async.webhooks")
class Tools:
    """The tools of an assistant, by name.

    Args:
        timeout: seconds that each may take, if it does not say itself; more than 0, up to 298.

    Raises:
        ValueError: the timeout is out of range.
    """

    def __init__(self, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._timeout = _check_timeout(timeout)
        self._tools: dict[str, Tool] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order in which they were added."""
        return tuple(self._tools)

    def add(self, function: Callable[..., Any], name: str | None = None, **options: Unpack[ToolOptions]) -> Tool:
        """Add a tool.

        Args:
            function: what it does: async, or not; the latter runs in a thread, which goes on alone after the deadline.
                Its parameters need annotations that JSON has a form for (texts, numbers, dates, enums, lists,
                dataclasses, pydantic models and so on); one without is announced as a text and takes any JSON value,
                and `**arguments` get what no other parameter takes. It returns what
                the assistant is told: a text, None for "Success.", a `ToolResult`, or anything that has a JSON form.
            name: 1 to 64 letters, digits, `_` and `-` (schema `OpenAIFunction`); without, the name of the function.
            options: see `ToolOptions`.

        Raises:
            TypeError: an option is unknown, or a parameter cannot be given as JSON.
            ValueError: there is a tool of that name already, or the name, the timeout or a path cannot be.
        """
        unknown = options.keys() - ToolOptions.__annotations__.keys()
        if unknown:
            raise TypeError(
                f"{', '.join(sorted(unknown))}: no such option, there are {', '.join(ToolOptions.__annotations__)}"
            )
        signature = tool_signature(function)
        name = signature.name if name is None else name
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot be the name of a tool: it has to be 1 to 64 letters, digits, _ and -")
        if name in self._tools:
            raise ValueError(f"there is a tool named {name!r} already")
        _check_parameters(name, signature, options)
        _warn_of_lost_docstring(name, signature, options)
        timeout = options.get("timeout")
        tool = Tool(
            name,
            function,
            signature,
            self._timeout if timeout is None else _check_timeout(timeout),
            check_paths(name, signature, options.get("encrypted_paths", ())),
            tool_definition(name, signature, options),
        )
        self._tools[name] = tool
        return tool

    def definitions(self, server: str | Mapping[str, Any] | Server) -> list[dict[str, Any]]:
        """Return the definitions of all tools, to create an assistant or tools with (schema `CreateFunctionToolDTO`).

        How long the API waits is set to what each tool may take and a little more; to what `server` says, if that is
        longer.

        Args:
            server: where the calls are sent: a URL, or a `Server` in the API's spelling.

        Raises:
            TypeError: it is neither.
            ValueError: it has no http(s) URL.
        """
        base = to_jsonable({"url": server} if isinstance(server, str) else server)
        if not isinstance(base, Mapping):
            raise TypeError(f"server must be a URL or a Server, not {type(server).__name__}")
        if not str(base.get("url")).startswith(("https://", "http://")):
            raise ValueError("server: it has to be a URL, or have one under 'url', such as https://example.com/vapi")
        return [
            {**to_jsonable(tool.definition), "server": server_of(base, tool.timeout, tool.encrypted_paths)}
            for tool in self._tools.values()
        ]

    async def run(
        self, invocations: Sequence[Invocation], message: Any = None, *, decryptor: SupportsDecrypt | None = None
    ) -> list[dict[str, Any]]:
        """Run what a message asks for, all at the same time.

        Args:
            invocations: the calls of tools.
            message: the message that they are from, for tools that want their context.
            decryptor: for arguments that are sent encrypted.

        Returns:
            One answer each, in their order, in the API's spelling (schema `ToolCallResult`).
        """
        from anyio import create_task_group

        # On asyncio a function can cancel the task that it runs in: the answer is then what is here.
        answers = [_error(one, _failed(one.name)) for one in invocations]

        async def answer(index: int, invocation: Invocation) -> None:
            answers[index] = await self._answer(invocation, message, decryptor)

        async with create_task_group() as tasks:
            for index, invocation in enumerate(invocations):
                tasks.start_soon(answer, index, invocation)
        return answers

    async def _answer(self, invocation: Invocation, message: Any, decryptor: SupportsDecrypt | None) -> dict[str, Any]:
        tool = self._tools.get(invocation.name)
        if tool is None:
            logger.warning("the assistant called %r, which is none of the tools", invocation.name)
            return _error(invocation, f"There is no tool named {invocation.name or 'nothing'}.")
        with span(f"vapi.tool {tool.name}", vapi__tool__name=tool.name) as current:
            try:
                if invocation.problem is not None:
                    raise ToolError(invocation.problem)
                return await _run(tool, invocation, message, decryptor)
            except ToolError as error:
                mark_failed(current, error)
                return _error(invocation, str(error) or _failed(tool.name))
            except Exception as error:  # noqa: BLE001 - the assistant needs an answer whatever a function raises
                logger.exception("the tool %s failed", tool.name)
                mark_failed(current, error)
                return _error(invocation, _failed(tool.name))


async def _run(tool: Tool, invocation: Invocation, message: Any, decryptor: SupportsDecrypt | None) -> dict[str, Any]:
    from anyio import move_on_after

    arguments = _decrypted(tool, invocation.arguments, decryptor)
    context = ToolContext(message, _call_of(message) if tool.signature.contexts else None, invocation)
    result: Any = None
    asked = f"the tool {tool.name}"
    with (
        move_on_after(tool.timeout) as scope,
        named_if_cancelled(asked, TOOL_CALLS, scope),
        stray_cancellation_as_error(),
    ):
        result = await tool(arguments, context)
    if scope.cancelled_caught:
        logger.error("the tool %s did not answer within %g seconds", tool.name, tool.timeout)
        raise ToolError(f"Sorry, {tool.name} did not answer in time.")
    fields = (result if isinstance(result, ToolResult) else ToolResult(result)).fields()
    return {"toolCallId": invocation.id, "name": invocation.name, **fields}


def _decrypted(tool: Tool, arguments: dict[str, Any], decryptor: SupportsDecrypt | None) -> dict[str, Any]:
    if not tool.encrypted_paths:
        return arguments
    if decryptor is None:
        raise RuntimeError(
            f"the arguments of {tool.name} are sent encrypted, and there is nothing to decrypt them with"
        )
    return decryptor.decrypt(arguments, tool.encrypted_paths)


def _call_of(message: Any) -> Call | None:
    call = message.get("call") if isinstance(message, Mapping) else getattr(message, "call", None)
    if isinstance(call, Mapping):
        from vapi_async.models import Call

        call = Call.from_dict(call)
    return call or None


def _error(invocation: Invocation, text: str) -> dict[str, Any]:
    return {"toolCallId": invocation.id, "name": invocation.name, "error": single_line(text)}


def _failed(name: str) -> str:
    return f"Sorry, {name} did not work."


def _check_parameters(name: str, signature: ToolSignature, options: ToolOptions) -> None:
    """Raise if a schema is given that is none, or that announces what the function does not take."""
    schema: Any = options.get("parameters")
    if schema is None:
        return
    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        raise ValueError(f"parameters of {name}: it has to be the JSON schema of an object")
    unknown = schema.get("properties", {}).keys() - {one.name for one in signature.parameters}
    if unknown and not signature.takes_any:
        raise TypeError(f"parameters of {name}: the function does not take {', '.join(sorted(unknown))}")


def _warn_of_lost_docstring(name: str, signature: ToolSignature, options: ToolOptions) -> None:
    if sys.flags.optimize >= 2 and not options.get("description", signature.description):
        text = f"the tool {name} has no description, since Python removes docstrings under -OO: give description="
        warnings.warn(text, stacklevel=5)  # where `@hooks.tool` stands


def _check_timeout(timeout: float) -> float:
    if not 0 < timeout <= LONGEST_WAIT - ROUND_TRIP:
        raise ValueError(f"timeout: {timeout} s; it has to be more than 0 and at most {LONGEST_WAIT - ROUND_TRIP:g}")
    return timeout
