"""`CallActions`: what every part of a call does: speak, tell the server how it stands, end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.script import SpeechStep

from .end_of_call import end

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.rest.state import SandboxState

    from .recordings import Recordings
    from .running_call import RunningCall
    from .server_messages import ServerMessages
    from .structured_outputs import StructuredOutputs


class CallActions:
    """What happens in the calls of one sandbox, and who hears of it.

    Args:
        state: Its state.
        messages: What tells servers.
        recordings: Where the artifacts of calls lie.
        outputs: What their structured outputs come to.
    """

    def __init__(
        self, state: SandboxState, messages: ServerMessages, recordings: Recordings, outputs: StructuredOutputs
    ) -> None:
        self.state = state
        self.messages = messages
        self._recordings = recordings
        self._outputs = outputs

    async def end(self, call: RunningCall, reason: str) -> None:
        """End a call for a reason of the contract; without effect if it is over."""
        await end(call, reason, self.messages, self._recordings, self._outputs)

    async def say(self, call: RunningCall, step: SpeechStep) -> Steps:
        """Let somebody speak, unless they are muted."""
        if ("customer" if step.role == "user" else "assistant") in call.muted:
            return
        if wait := call.seconds_interjected():
            yield wait
        text = _with_results(step.text, call.tool_results) if step.role == "assistant" else step.text
        began = call.begin_turn(step.seconds)
        turn = call.turn_number
        call.turn_number += 1
        await self.messages.send(call, "speech-update", status="started", role=step.role, turn=turn)
        if step.role == "assistant":
            await self.messages.send(call, "model-output", output=text, turnId=f"turn-{turn}")
            await self.messages.send(call, "assistant.speechStarted", text=text, turn=turn, source="model")
        call.play(step.role, text, step.seconds)
        await self._transcribe(call, step.role, text[: text.rfind(" ")] if " " in text else "", "partial")
        yield step.seconds
        call.conversation.said(step.role, text, began, step.seconds)
        if step.role == "user":
            await self.messages.send(call, "voice-input", input=text)
        await self._transcribe(call, step.role, text, "final")
        await self.messages.send(call, "speech-update", status="stopped", role=step.role, turn=turn)
        await self.send_conversation(call)
        if step.role == "assistant" and _says_goodbye(call, text):
            await self.end(call, "assistant-said-end-call-phrase")

    async def _transcribe(self, call: RunningCall, role: str, text: str, transcript_type: str) -> None:
        if text:
            await self.messages.send(
                call,
                "transcript",
                role=role,
                transcriptType=transcript_type,
                transcript=text,
                originalTranscript=text,
                isFiltered=False,
                detectedThreats=[],
            )

    async def send_conversation(self, call: RunningCall) -> None:
        """Store the conversation as it now is, and send it to the server; without effect if the call is over."""
        if call.ended:
            return
        said = call.conversation
        call.update(messages=list(said.messages))
        fields = {"messages": list(said.messages), "messagesOpenAIFormatted": said.openai()}
        await self.messages.send(call, "conversation-update", **fields, conversation=said.openai())

    async def speak(self, call: RunningCall, text: str) -> Steps:
        """Let the assistant say a text; without effect if it is empty."""
        if text:
            yield self.say(call, SpeechStep("assistant", text))

    async def set_status(self, call: RunningCall, status: str, **fields: Any) -> None:
        """Set the status of a call, and tell the server with these fields; without effect if the call is over."""
        if call.ended:
            return
        call.update(status=status)
        await self.messages.send(call, "status-update", status=status, **fields)


def _says_goodbye(call: RunningCall, text: str) -> bool:
    phrases = call.assistant.settings.get("endCallPhrases") or ()
    return any(phrase.casefold() in text.casefold() for phrase in phrases)


def _with_results(text: str, results: Mapping[str, str]) -> str:
    for name, result in results.items():
        text = text.replace("{" + name + "}", result)
    return text
