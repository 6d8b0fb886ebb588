"""The types of server messages: those that want a reply, those that handlers are named after, and slips of the pen."""

from __future__ import annotations

from typing import Final

from vapi_async._did_you_mean import did_you_mean
from vapi_async._modeling.class_loading import load_variants

TOOL_CALLS: Final = "tool-calls"
FUNCTION_CALL: Final = "function-call"
ASSISTANT_REQUEST: Final = "assistant-request"
VOICE_REQUEST: Final = "voice-request"
TRANSCRIPT: Final = "transcript"
FINAL_TRANSCRIPT: Final = 'transcript[transcriptType="final"]'
EVERYTHING: Final = "*"

#: Types that are answered with an object; for each the name of its model, None where the contract has none.
#: Contract: ServerMessageResponse.messageResponse.
REPLY_MODELS: Final[dict[str, str | None]] = {
    ASSISTANT_REQUEST: "ServerMessageResponseAssistantRequest",
    TOOL_CALLS: "ServerMessageResponseToolCalls",
    FUNCTION_CALL: None,
    "transfer-destination-request": "ServerMessageResponseTransferDestinationRequest",
    "handoff-destination-request": "ServerMessageResponseHandoffDestinationRequest",
    "knowledge-base-request": "ServerMessageResponseKnowledgeBaseRequest",
    "call.endpointing.request": "ServerMessageResponseCallEndpointingRequest",
    "campaign.predial": "ServerMessageResponseCampaignPredial",
}

# Sent, or listed as what may be sent, but without a schema.
# Contract: Assistant.serverMessages, CreateCampaignDTO.serverMessages.
_WITHOUT_SCHEMA: Final = (
    "assistant.started",
    "call.ended",
    "campaign.archived",
    "campaign.cancelled",
    "campaign.ended",
    "campaign.job.continued",
    "campaign.started",
    "campaign.unarchived",
    "contact.completed",
    "contact.dispatched",
    "contact.failed",
    "contact.predial-failed",
    "contact.skipped",
    FUNCTION_CALL,
    "language-changed",
)


def check_type(type_: str, models: str) -> None:
    """Raise if `type_` looks like a known type that is misspelled; the API may get new ones, so others pass.

    Args:
        type_: what a handler is to be registered for.
        models: the models package.

    Raises:
        TypeError: it is no string.
        ValueError: it is nearly a known type.
    """
    if not isinstance(type_, str):
        raise TypeError(f"a type of message is a str, such as @hooks.on('status-update'), not {type(type_).__name__}")
    tags: dict[str, str] = getattr(load_variants(models, "ServerMessageMessage"), "by_tag", {})
    known = {EVERYTHING, *tags, *_WITHOUT_SCHEMA}
    if type_ in known:
        return
    hint = did_you_mean(type_, known, cutoff=0.85)  # strict, since an unknown type may well be a new one
    if hint:
        raise ValueError(f"{type_!r} is no known type: {hint} (unlisted=True takes it as it is)")
