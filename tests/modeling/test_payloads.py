"""Objects as servers really send them, where a folder of them lies beside the project: they decode, whole."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests import fresh
from tests.modeling.test_every_model import instants
from vapi_async import models
from vapi_async._modeling.conformance import Mismatch, mismatches
from vapi_async._modeling.decoding import items, nested, union
from vapi_async._modeling.encoding import encode, to_json
from vapi_async._modeling.model import Model
from vapi_async._modeling.unknown_variant import UnknownVariant

PAYLOADS = fresh.ROOT.parent / "shared" / "payloads"
MODELS = models.__name__
DECODERS = {
    "assistant": nested(MODELS, "Assistant"),
    "call": union(MODELS, "CreateCallResponse"),
    "campaign": nested(MODELS, "Campaign"),
    "chat": nested(MODELS, "Chat"),
    "eval": nested(MODELS, "EvalRun"),
    "file": nested(MODELS, "File"),
    "phone-number": union(MODELS, "PhoneNumber"),
    "session": nested(MODELS, "Session"),
    "squad": nested(MODELS, "Squad"),
    "tool": union(MODELS, "Tool"),
    "webhook": nested(MODELS, "ServerMessage"),
    "workflow": nested(MODELS, "Workflow"),
}
#: What stored and recorded objects were seen to have that the published document lacks.
NAMED = re.compile(
    r".*phoneNumber\.(id|orgId|number|createdAt|updatedAt|status|assistantId)"
    r"|(.*\.)?assistant\.(id|orgId|createdAt|updatedAt|isServerUrlSecretSet|compliancePlan\.zdrEnabled)"
    r"|.*tools\[\d+\]\.(id|orgId|createdAt|updatedAt)"
    r"|.*messagesOpenAIFormatted.*|.*\.toolCalls|.*function\.arguments|message\.(conversation|output)"
    r"|message\.(durationMs|durationSeconds|durationMinutes|costBreakdown|messages)"
    r"|(message\.)?(summary|transcript|recordingUrl|stereoRecordingUrl)|.*artifact\.variables"
    r"|(.*call\.)?(webCallUrl|subscriptionLimits.*|phoneCallProviderDetails.*|assistantId|squadId)"
    r"|(hipaaEnabled|silenceTimeoutSeconds|backgroundDenoisingEnabled|endCallFunctionEnabled|recordingEnabled)"
    r"|.*transport\.(websocketCallUrl|assistantVideoEnabled)|.*(backoffPlan\.excludedStatusCodes|version)"
    r"|.*\.(minItems|maxItems|default)"
)
FILES = sorted(path for path in PAYLOADS.glob("*/*.json") if path.parent.name in DECODERS)

if not FILES:
    pytest.skip("no folder of payloads here", allow_module_level=True)


def decoded(path: Path) -> tuple[Any, Any]:
    data = json.loads(path.read_bytes())
    if path.name.startswith("client-"):  # what clients get comes without the envelope that servers get it in
        return {"message": data}, nested(MODELS, "ClientMessage")({"message": data})
    decode = DECODERS[path.parent.name]
    return data, (items(decode) if isinstance(data, list) else decode)(data)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_is_lost(path: Path) -> None:
    data, value = decoded(path)
    assert instants(encode(value)) == instants(data)
    assert json.loads(to_json(value)) == encode(value)
    assert all(isinstance(item, (Model, UnknownVariant)) for item in (value if isinstance(value, list) else [value]))
    assert all(mismatch.path for mismatch in mismatches(value) if isinstance(value, Model))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_was_seen_to_be_there_is_typed(path: Path) -> None:
    _, value = decoded(path)
    found = [each for item in (value if isinstance(value, list) else [value]) for each in mismatches_of(item)]
    assert [each for each in found if NAMED.fullmatch(each.path) and each.reason != "missing"] == []


def mismatches_of(value: Any) -> list[Mismatch]:
    return list(mismatches(value)) if isinstance(value, Model) else []


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.name.startswith("get-inbound")], ids=lambda path: path.stem
)
def test_messages_of_recorded_calls_are_typed(path: Path) -> None:
    _, call = decoded(path)
    assert isinstance(call, models.Call)
    assert call.messages
    for message in call.messages or []:
        assert not isinstance(message, UnknownVariant), message
