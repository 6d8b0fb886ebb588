"""What recorded messages hold reads as what it is, without a mismatch."""

from __future__ import annotations

from vapi_async import mismatches, models

STORED = {"id": "1", "orgId": "2", "createdAt": "2026-03-01T09:00:00.000Z", "updatedAt": "2026-03-01T09:00:00.000Z"}


def test_a_report_holds_stored_objects() -> None:
    model = {
        "provider": "openai",
        "model": "gpt-4o",
        "tools": [{"type": "endCall", **STORED, "function": {"name": "endCall"}}],
    }
    message = models.ServerMessageEndOfCallReport.from_dict(
        {
            "type": "end-of-call-report",
            "endedReason": "customer-ended-call",
            "durationSeconds": 31.4,
            "phoneNumber": {**STORED, "provider": "vapi", "number": "+14155550123", "assistantId": None},
            "assistant": {**STORED, "name": "Front desk", "isServerUrlSecretSet": True, "model": model},
            "analysis": {},
            "artifact": {},
        }
    )
    assert [str(found) for found in mismatches(message)] == []
    assert isinstance(message.phone_number, models.VapiPhoneNumber)
    assert message.phone_number.number == "+14155550123"
    assert isinstance(message.assistant, models.Assistant)
    assert isinstance(message.assistant.model, models.OpenAIModel)
    assert message.assistant.model.tools
    assert isinstance(message.assistant.model.tools[0], models.EndCallTool)
    assert message.duration_seconds == 31.4


def test_an_assistant_that_was_given_with_the_call_is_no_stored_one() -> None:
    message = models.ServerMessageHang.from_dict({"type": "hang", "assistant": {"name": "a"}})
    assert isinstance(message.assistant, models.CreateAssistantDTO)
    assert mismatches(message) == []


def test_role_and_content_are_enough_of_a_message() -> None:
    body = models.CreateChatDTO.from_dict({"input": [{"role": "user", "content": "Hello"}]})
    assert isinstance(body.input, list)
    assert isinstance(body.input[0], models.OpenAIMessage)
    assert mismatches(body) == []
