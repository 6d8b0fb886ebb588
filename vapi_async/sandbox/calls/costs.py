"""What a call of the sandbox costs: made-up prices, but sums that agree with each other.

The contract has the same money three times: `costs` (one item for each part), `costBreakdown`, and `cost`, the total.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_A_MINUTE = {"transport": 0.01, "transcriber": 0.01, "vapi": 0.05}
_A_TOKEN = 0.000_001
_A_CHARACTER = 0.000_05
_CHARACTERS_A_TOKEN = 4


def bill(seconds: float, heard: int, spoken: int, provider: str, assistant: Json) -> Json:
    """Return the fields `costs`, `costBreakdown` and `cost` of a call.

    Args:
        seconds: How long it was in progress.
        heard: How many characters the customer said.
        spoken: How many the assistant said.
        provider: That of the transport.
        assistant: Whose model, voice and transcriber these are.
    """
    minutes = round(seconds / 60, 4)
    prompt, completion = (heard + spoken) // _CHARACTERS_A_TOKEN, spoken // _CHARACTERS_A_TOKEN
    price = {part: round(minutes * each, 4) for part, each in _A_MINUTE.items()}
    price |= {"model": round((prompt + completion) * _A_TOKEN, 4), "voice": round(spoken * _A_CHARACTER, 4)}
    costs: list[Json] = [
        {"type": "transport", "provider": provider, "minutes": minutes},
        {"type": "transcriber", "transcriber": _provider_of(assistant, "transcriber"), "minutes": minutes},
        {
            "type": "model",
            "model": _provider_of(assistant, "model"),
            "promptTokens": prompt,
            "completionTokens": completion,
        },
        {"type": "voice", "voice": _provider_of(assistant, "voice"), "characters": spoken},
        {"type": "vapi", "subType": "normal", "minutes": minutes},
    ]
    for item in costs:
        item["cost"] = price[item["type"]]
    total = round(sum(price.values()), 4)
    breakdown = {
        "transport": price["transport"],
        "stt": price["transcriber"],
        "llm": price["model"],
        "tts": price["voice"],
        "vapi": price["vapi"],
        "total": total,
        "llmPromptTokens": prompt,
        "llmCompletionTokens": completion,
        "ttsCharacters": spoken,
    }
    return {"cost": total, "costs": costs, "costBreakdown": breakdown}


def _provider_of(assistant: Json, part: str) -> Json:
    """Who makes a part of an assistant, as `costs` name it."""
    settings = assistant.get(part) or {}
    return {key: settings[key] for key in ("provider", "model", "voiceId") if key in settings}
