"""What servers are asked when the customer has said something: whether they are done, and what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .tool_messages import spoken_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.deliveries.delivery import Server

    from .call_actions import CallActions
    from .call_resources import Json
    from .running_call import RunningCall

_LONGEST = 15.0


class TurnRequests:
    """The requests of one sandbox's calls after the customer's turns.

    Args:
        actions: what happens in them.
    """

    def __init__(self, actions: CallActions) -> None:
        self._actions = actions

    async def customer_spoke(self, call: RunningCall) -> Steps:
        """Ask a custom endpointing model how long to wait, and a custom knowledge base for documents."""
        plan = (call.assistant.settings.get("startSpeakingPlan") or {}).get("smartEndpointingPlan") or {}
        if plan.get("provider") == "custom-endpointing-model" and _url(plan.get("server")):
            yield self._wait_for_the_end(call, plan["server"])
        base = (call.assistant.settings.get("model") or {}).get("knowledgeBase") or {}
        if base.get("provider") == "custom-knowledge-base" and _url(base.get("server")):
            yield self._look_up(call, base["server"])

    async def _wait_for_the_end(self, call: RunningCall, server: Server) -> Steps:
        replies: list[Any] = []
        fields = {"messagesOpenAIFormatted": call.conversation.openai()}
        message_type = "call.endpointing.request"
        yield self._actions.messages.request(call, message_type, replies.append, server=server, fields=fields)
        seconds = _object(replies).get("timeoutSeconds")
        if isinstance(seconds, int | float):
            yield min(max(0.0, float(seconds)), _LONGEST)

    async def _look_up(self, call: RunningCall, server: Server) -> Steps:
        replies: list[Any] = []
        said = call.conversation
        fields = {"messages": list(said.messages), "messagesOpenAIFormatted": said.openai()}
        message_type = "knowledge-base-request"
        yield self._actions.messages.request(call, message_type, replies.append, server=server, fields=fields)
        reply = _object(replies)
        if documents := _contents(reply.get("documents")):
            call.conversation.system("\n".join(documents), self._actions.state.clock.now())
            await self._actions.send_conversation(call)
        # Said in the place of what a model would make of the documents.
        yield self._actions.speak(call, call.fill(spoken_text(reply.get("message"))))


def _url(server: Server | None) -> bool:
    return bool((server or {}).get("url"))


def _object(replies: Iterable[Any]) -> Json:
    return next((each for each in replies if isinstance(each, dict)), {})


def _contents(documents: Any) -> list[str]:
    given = documents if isinstance(documents, list) else []
    return [str(each["content"]) for each in given if isinstance(each, dict) and each.get("content")]
