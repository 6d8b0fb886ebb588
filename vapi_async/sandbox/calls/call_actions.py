"""`CallActions`: what every part of a call does: speak, tell the server how it stands, end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.script import SpeechStep

from .audio import seconds_of
from .custom_voice import request_voice
from .end_of_call import end

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

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
        self.before_end: Callable[[RunningCall, str], Awaitable[str]] | None = None

    async def end(self, call: RunningCall, reason: str) -> None:
        """End a call for a reason of the contract; without effect if it is over.

        What `before_end` does comes first, and it returns the reason that then counts.
        """
        if call.ending:
            return
        call.ending = True
        if self.before_end is not None:
            reason = await self.before_end(call, reason)
        await end(call, reason, self.messages, self._recordings, self._outputs)
        if call.transcriber is not None:
            await call.transcriber.close()

    async def say(self, call: RunningCall, step: SpeechStep, source: str = "model") -> Steps:
        """Let somebody speak, unless they are muted; "force-say" is a source that no model is asked for."""
        if ("customer" if step.role == "user" else "assistant") in call.muted:
            return
        if wait := call.seconds_interjected():
            yield wait
        heard = await self._heard(call, step)
        if call.ended:
            return
        text = heard or (_with_results(step.text, call.tool_results) if step.role == "assistant" else step.text)
        sound: list[bytes] = []
        if step.role == "assistant":
            yield request_voice(self.messages, call, text, sound)
        seconds = seconds_of(sound[0]) if sound else step.seconds
        began, turn = call.begin_turn(seconds), call.turn_number
        call.turn_number += 1
        await self.messages.send(call, "speech-update", status="started", role=step.role, turn=turn)
        if step.role == "assistant":
            await self._announce(call, text, turn, source)
        call.play(step.role, text, seconds, *sound)
        await self._transcribe(call, step.role, text[: text.rfind(" ")] if " " in text else "", "partial")
        yield seconds
        call.conversation.said(step.role, text, began, seconds)
        await call.fall_silent()
        await self._transcribe(call, step.role, text, "final")
        await self.messages.send(call, "speech-update", status="stopped", role=step.role, turn=turn)
        await self.send_conversation(call)
        if step.role == "assistant" and _says_goodbye(call, text):
            await self.end(call, "assistant-said-end-call-phrase")

    async def _heard(self, call: RunningCall, step: SpeechStep) -> str | None:
        """Return what the custom transcriber heard of a speech, if there is one; one that fails ends the call."""
        try:
            if call.transcriber is None:
                call.transcriber = await self.messages.transcriber(call)
            return None if call.transcriber is None else await call.transcriber.hear(step.role, step.seconds)
        except Exception:  # noqa: BLE001 - of whatever server and library there is
            await self.end(call, "call.in-progress.error-vapifault-custom-transcriber-failed")
            return None

    async def interject(self, call: RunningCall, text: str) -> None:
        """Let the assistant say something at once, whoever speaks, while the script goes on."""
        await self.messages.send(call, "assistant.speechStarted", text=text, turn=call.turn_number, source="force-say")
        call.interject(text, SpeechStep("assistant", text).seconds)
        await self.send_conversation(call)

    async def _announce(self, call: RunningCall, text: str, turn: int, source: str) -> None:
        if source == "model":
            await self.messages.send(call, "model-output", output=text, turnId=f"turn-{turn}")
        await self.messages.send(call, "voice-input", input=text)
        await self.messages.send(call, "assistant.speechStarted", text=text, turn=turn, source=source)

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
            yield self.say(call, SpeechStep("assistant", text), "force-say")

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
