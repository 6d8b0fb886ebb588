"""Settings that do nothing here, so that no test takes them for obeyed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from . import call_resources as resources
from .hooks import EVENTS

if TYPE_CHECKING:
    from .call_resources import Json
    from .running_call import RunningCall

#: Of an assistant, by their path; what only a model, a voice or a transcriber of some provider would read is left out.
_IGNORED = (
    "analysisPlan.structuredDataPlan",
    "analysisPlan.structuredDataMultiPlan",
    "artifactPlan.fullMessageHistoryEnabled",
    "artifactPlan.videoRecordingEnabled",
    "backgroundSound",
    "backgroundSpeechDenoisingPlan",
    "compliancePlan",
    "keypadInputPlan",
    "modelOutputInMessagesEnabled",
    "observabilityPlan",
    "startSpeakingPlan.customEndpointingRules",
    "startSpeakingPlan.transcriptionEndpointingPlan",
    "startSpeakingPlan.waitSeconds",
    "stopSpeakingPlan",
    "transcriber.fallbackPlan",
    "transportConfigurations",
    "voice.fallbackPlan",
)
_OFF: tuple[object, ...] = (None, False, "off", [], {})
_SCRIPTED = ("code", "mcp", "query")


def note_ignored(call: RunningCall) -> None:
    """Note which settings of the assistant that begins a call do nothing."""
    name = call.assistant.name or "the assistant"
    for each in _ignored(call):
        note = f"{name}: {each}"
        if note not in call.state.ignored:
            call.state.ignored.append(note)


def _ignored(call: RunningCall) -> Iterator[str]:
    settings = call.assistant.settings
    yield from (f"{path} does nothing" for path in _IGNORED if _at(settings, path) not in _OFF)
    if settings.get("firstMessageMode") == "assistant-speaks-first-with-model-generated-message":
        yield "firstMessageMode has no model that makes a first message: script it"
    for number, hook in enumerate(settings.get("hooks") or ()):
        if hook.get("on") not in EVENTS:
            yield f"hooks.{number} does nothing: {hook.get('on')} does not happen"
        if any("prompt" in action for action in hook.get("do") or ()):
            yield f"hooks.{number} has a prompt, and no model says something by it: use `exact`"
    for tool in resources.tools(call.state.store, settings):
        if tool["type"] in _SCRIPTED:
            yield f"the tool {resources.tool_name(tool)} does not run: script what it brings with tool(…).returns(…)"


def _at(settings: Json, path: str) -> object:
    found: object = settings
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found
