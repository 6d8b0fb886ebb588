"""`Stage`: what every part of a call does: speak, tell the server how it stands, end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.script import Said

from .end_of_call import end

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.rest.state import State

    from .recordings import Recordings
    from .running_call import Line
    from .server_messages import ServerMessages


class Stage:
    """What happens in the calls of one sandbox, and who hears of it.

    Args:
        state: Its state.
        messages: What tells servers.
        recordings: Where the artifacts of calls lie.
    """

    def __init__(self, state: State, messages: ServerMessages, recordings: Recordings) -> None:
        self.state = state
        self.messages = messages
        self._recordings = recordings

    async def end(self, line: Line, reason: str) -> None:
        """End a call for a reason of the contract; nothing if it is over."""
        await end(line, reason, self.messages, self._recordings)

    async def say(self, line: Line, step: Said) -> Steps:
        """Let somebody speak; who is muted does not."""
        if ("customer" if step.role == "user" else "assistant") in line.muted:
            return
        if wait := line.interjection():
            yield wait
        text = _with_results(step.text, line.results) if step.role == "assistant" else step.text
        began = line.begins(step.seconds)
        turn = line.turn
        line.turn += 1
        await self.messages.tell(line, "speech-update", status="started", role=step.role, turn=turn)
        if step.role == "assistant":
            await self.messages.tell(line, "model-output", output=text, turnId=f"turn-{turn}")
            await self.messages.tell(line, "assistant.speechStarted", text=text, turn=turn, source="model")
        line.sound(step.role, text, step.seconds)
        await self._transcribe(line, step.role, text[: text.rfind(" ")] if " " in text else "", "partial")
        yield step.seconds
        line.conversation.said(step.role, text, began, step.seconds)
        if step.role == "user":
            await self.messages.tell(line, "voice-input", input=text)
        await self._transcribe(line, step.role, text, "final")
        await self.messages.tell(line, "speech-update", status="stopped", role=step.role, turn=turn)
        await self.tell_conversation(line)

    async def _transcribe(self, line: Line, role: str, text: str, kind: str) -> None:
        if text:
            await self.messages.tell(line, "transcript", role=role, transcriptType=kind, transcript=text)

    async def tell_conversation(self, line: Line) -> None:
        """Send the conversation as it is, and store it; nothing if the call is over."""
        if line.ended:
            return
        said = line.conversation
        line.update(messages=list(said.messages))
        fields = {"messages": list(said.messages), "messagesOpenAIFormatted": said.openai()}
        await self.messages.tell(line, "conversation-update", **fields, conversation=said.openai())

    async def speak(self, line: Line, text: str) -> Steps:
        """Let the assistant say something, if it is anything."""
        if text:
            yield self.say(line, Said("assistant", text))

    async def status(self, line: Line, status: str, **fields: Any) -> None:
        """Give a call a status, and tell the server, with more fields of the message; nothing if the call is over."""
        if line.ended:
            return
        line.update(status=status)
        await self.messages.tell(line, "status-update", status=status, **fields)


def _with_results(text: str, results: Mapping[str, str]) -> str:
    for name, result in results.items():
        text = text.replace("{" + name + "}", result)
    return text
