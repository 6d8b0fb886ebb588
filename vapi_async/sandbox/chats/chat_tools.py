"""Tools in a chat: as in a call, but nothing is spoken, and servers are told of the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.calls import call_resources as resources
from vapi_async.sandbox.calls.conversation import result_text
from vapi_async.sandbox.calls.destinations import tool_called
from vapi_async.sandbox.calls.tool_messages import (
    SERVER_TOOL_TYPES,
    ToolInvocation,
    ToolOutcome,
    failure,
    outcome_of,
    with_static,
)
from vapi_async.sandbox.calls.tool_requests import ToolRequest, outcome_of_answer, request_of
from vapi_async.sandbox.clock import milliseconds
from vapi_async.sandbox.deliveries.subscriptions import server_of
from vapi_async.sandbox.rest.http_values import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from vapi_async.sandbox.deliveries.deliveries import Deliveries
    from vapi_async.sandbox.deliveries.delivery import Delivery
    from vapi_async.sandbox.rest.state import SandboxState
    from vapi_async.sandbox.script import ToolCallStep

Json = dict[str, Any]


class ChatTools:
    """The tools of one sandbox's chats.

    Args:
        state: its state.
        deliveries: what asks servers.
    """

    def __init__(self, state: SandboxState, deliveries: Deliveries) -> None:
        self._state = state
        self._deliveries = deliveries

    async def run(self, step: ToolCallStep, chat: Json, assistant: Json, fill: Callable[[str], str]) -> list[Json]:
        """Call tools, and return the messages that come of it: the calls, and what each brings.

        Args:
            step: which tools.
            chat: the chat so far.
            assistant: whose tools they are.
            fill: fills a template in.

        Raises:
            Refusal: the assistant has no such tool (500): the script is wrong.
        """
        invocations = [self._invocation(assistant, name, arguments, fill) for name, arguments in step.tools]
        calls = [invocation.as_tool_call for invocation in invocations]
        messages: list[Json] = [{"role": "assistant", "content": "", "tool_calls": calls}]
        for invocation in invocations:
            outcome = _scripted(step) or await self._outcome(invocation, chat, assistant, fill)
            name = resources.tool_name(invocation.tool)
            messages.append({"role": "tool", "tool_call_id": invocation.id, "name": name, "content": outcome.text})
        return messages

    def _invocation(self, assistant: Json, name: str, arguments: Any, fill: Callable[[str], str]) -> ToolInvocation:
        tools = resources.tools(self._state.store, assistant)
        try:
            tool, given = tool_called(self._state.store, tools, name, arguments)
        except LookupError:
            has = ", ".join(map(resources.tool_name, tools)) or "none"
            raise Refusal(
                500, f"script_chat calls the tool {name!r}, which the assistant does not have: {has}"
            ) from None
        id = "call_" + self._state.new_id().replace("-", "")[:24]  # noqa: A001
        return ToolInvocation(tool, id, with_static(tool, given, fill))

    async def _fetched(self, request: ToolRequest) -> ToolOutcome:
        delivery = request.delivery(self._state.clock.now(), None)
        await self._deliveries.make(delivery, request.content, request.method)
        return outcome_of_answer(delivery)

    async def _outcome(
        self, invocation: ToolInvocation, chat: Json, assistant: Json, fill: Callable[[str], str]
    ) -> ToolOutcome:
        if invocation.tool["type"] == "apiRequest":
            return await self._fetched(request_of(invocation.tool, invocation.arguments, fill))
        if invocation.tool["type"] not in SERVER_TOOL_TYPES:
            return ToolOutcome("Success.")
        server = server_of(invocation.tool) or server_of(assistant) or self._deliveries.org_server
        if server is None:
            return failure("the tool has no server URL.")
        sent = [invocation.as_sent]
        message = {
            "timestamp": milliseconds(self._state.clock.now()),
            "type": "tool-calls",
            "toolCalls": sent,
            "toolCallList": sent,
            "toolWithToolCallList": [invocation.with_tool],
            "chat": chat,
            "assistant": assistant,
        }
        replies: list[Delivery] = []
        await self._state.clock.follow(self._deliveries.send_with_retries(server, message, None, replies.append))
        return outcome_of(invocation, [delivery.reply for delivery in replies if delivery.status == 200], server["url"])


def _scripted(step: ToolCallStep) -> ToolOutcome | None:
    if step.answer is None:
        return None
    error = step.answer.error
    return ToolOutcome(result_text(step.answer.result)) if error is None else failure(error)
