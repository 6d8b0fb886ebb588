"""Inputs to measure with: what the API's answers look like, made from a seed and a few words of our own.

The shapes follow recorded answers where these differ from the contract: nulls in optional fields, keys that the
contract lacks, every message twice (in the call and in its artifact) and once more in OpenAI's format. A call is about
31 KB of compact JSON.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

JSON = dict[str, Any]

_WORDS = """
amber anchor autumn basket beacon branch bridge candle canyon cedar clover cobalt copper coral cotton crystal
desert ember falcon fennel ferry forest garden glacier granite harbor hazel island ivory jasmine juniper kettle
lantern lemon linen maple meadow mirror morning needle ocean olive orchard paper pebble pepper pillow planet
quartz ribbon river saddle saffron shadow silver sparrow summit sunset thistle timber tulip valley velvet walnut
willow window winter yellow zephyr
""".split()  # noqa: SIM905

_START = 1_770_000_000_000  # ms since 1970, when the first call begins


def calls(count: int = 100, messages: int = 40, seed: int = 1) -> list[JSON]:
    """Return a page of `count` finished calls with `messages` spoken messages each."""
    random = Random(seed)
    return [_call(random, index, messages) for index in range(count)]


def assistants(count: int = 100, seed: int = 2) -> list[JSON]:
    """Return a page of `count` stored assistants with about twenty nested objects each."""
    random = Random(seed)
    return [{**_identity(random, index), **_assistant(random)} for index in range(count)]


def webhooks(count: int = 100, seed: int = 3) -> list[JSON]:
    """Return the bodies of `count` webhook requests, the frequent kinds in turn."""
    random = Random(seed)
    kinds = (_status_update, _transcript, _tool_calls, _speech_update, _end_of_call_report)
    return [{"message": kinds[index % len(kinds)](random, index)} for index in range(count)]


def small(count: int = 1000, seed: int = 4) -> list[JSON]:
    """Return a page of `count` small flat objects: files."""
    random = Random(seed)
    return [
        {
            **_identity(random, index),
            "object": "file",
            "status": "done",
            "name": f"{_words(random, 2)}.txt",
            "bytes": random.randrange(100, 100_000),
            "mimetype": "text/plain",
            "url": f"https://files.example/{_id(random)}",
        }
        for index in range(count)
    ]


def _call(random: Random, index: int, count: int) -> JSON:
    messages = _messages(random, index, count)
    return {
        **_identity(random, index),
        "type": random.choice(("inboundPhoneCall", "outboundPhoneCall")),
        "status": "ended",
        "endedReason": random.choice(("customer-ended-call", "assistant-ended-call")),
        "startedAt": _moment(index, 2),
        "endedAt": _moment(index, 5 * count),
        "costs": _costs(random),
        "cost": round(random.random(), 4),
        "costBreakdown": {"stt": 0.01, "llm": 0.02, "tts": 0.03, "vapi": 0.05, "total": 0.11, "ttsCharacters": 812},
        "messages": messages,
        "artifact": _artifact(random, messages),
        "analysis": {"summary": _words(random, 40), "successEvaluation": "true"},
        "monitor": {"listenUrl": "wss://phone.example/listen", "controlUrl": "https://phone.example/control"},
        "assistantId": None,
        "assistant": _assistant(random),
        "customer": {"number": f"+1555{random.randrange(10**7):07d}", "name": _words(random, 2)},
        "phoneNumberId": _id(random),
        "squadId": None,
        "workflowId": None,
        "destination": None,
        "transport": {"provider": "twilio", "conversationType": "voice", "callSid": _id(random)},
        "subscriptionLimits": {"concurrencyBlocked": False, "remainingConcurrentCalls": 9},
    }


def _messages(random: Random, index: int, count: int) -> list[JSON]:
    start = _START + index * 600_000
    system = {"role": "system", "message": _words(random, 60), "time": start, "secondsFromStart": 0}
    return [system, *(_message(random, start, number) for number in range(1, count))]


def _message(random: Random, start: int, number: int) -> JSON:
    seconds = number * 5 + round(random.random(), 3)
    time = start + int(seconds * 1000)
    common = {"message": _words(random, 12), "time": time, "secondsFromStart": seconds}
    if number % 10 == 8:
        function = {"name": "look_up", "arguments": json.dumps({"item": _words(random, 1)})}
        call = {"id": f"call_{number}", "type": "function", "function": function}
        return {"role": "tool_calls", "toolCalls": [call], **common}
    if number % 10 == 9:
        result = {"toolCallId": f"call_{number - 1}", "name": "look_up", "result": _words(random, 8)}
        return {"role": "tool_call_result", **common, **result}
    spoken = {**common, "endTime": time + 2400, "duration": 2400.25}
    if number % 2:
        return {"role": "bot", **spoken, "source": ""}
    return {"role": "user", **spoken, "isFiltered": False, "detectedThreats": [], "metadata": {"channel": 1}}


def _artifact(random: Random, messages: list[JSON]) -> JSON:
    roles = {"bot": "assistant", "tool_calls": "assistant", "tool_call_result": "tool"}
    formatted = [{"role": roles.get(m["role"], m["role"]), "content": m["message"]} for m in messages]
    transcript = "".join(f"{'AI' if m['role'] == 'bot' else 'User'}: {m['message']}\n" for m in messages[1:])
    return {
        "messages": messages,
        "messagesOpenAIFormatted": formatted,
        "transcript": transcript,
        "recordingUrl": f"https://files.example/{_id(random)}.wav",
        "stereoRecordingUrl": f"https://files.example/{_id(random)}-stereo.wav",
        "recording": {
            "stereoUrl": "https://files.example/s.wav",
            "mono": {"combinedUrl": "https://files.example/c.wav"},
        },
        "variables": {"now": _words(random, 3), "customer": {"name": _words(random, 2)}},
    }


def _assistant(random: Random) -> JSON:
    return {
        "name": _words(random, 2),
        "firstMessage": _words(random, 8),
        "firstMessageMode": "assistant-speaks-first",
        "model": {
            "provider": "openai",
            "model": "gpt-4o",
            "temperature": 0.4,
            "maxTokens": 250,
            "messages": [{"role": "system", "content": _words(random, 60)}],
            "tools": [_function_tool(random), {"type": "endCall"}, {"type": "dtmf"}],
        },
        "voice": {"provider": "11labs", "voiceId": _id(random), "model": "eleven_turbo_v2_5", "stability": 0.5},
        "transcriber": {
            "provider": "deepgram",
            "model": "nova-3",
            "language": "en",
            "keyterm": _words(random, 3).split(),
        },
        "hooks": [{"on": "customer.speech.timeout", "do": [{"type": "say", "exact": _words(random, 5)}]}],
        "server": {"url": "https://hooks.example/vapi", "timeoutSeconds": 20, "headers": {"x-flow": "a"}},
        "serverMessages": ["end-of-call-report", "status-update", "tool-calls"],
        "artifactPlan": {"recordingEnabled": True, "transcriptPlan": {"enabled": True, "assistantName": "Guide"}},
        "analysisPlan": {"summaryPlan": {"enabled": True, "timeoutSeconds": 10}, "minMessagesThreshold": 2},
        "startSpeakingPlan": {"waitSeconds": 0.4, "smartEndpointingPlan": {"provider": "livekit"}},
        "stopSpeakingPlan": {"numWords": 2, "voiceSeconds": 0.2, "backoffSeconds": 1},
        "voicemailDetection": {"provider": "vapi", "backoffPlan": {"maxRetries": 6, "startAtSeconds": 5}},
        "monitorPlan": {"listenEnabled": True, "controlEnabled": True},
        "compliancePlan": {"hipaaEnabled": False},
        "backgroundSound": "office",
        "maxDurationSeconds": 600,
        "silenceTimeoutSeconds": 30,
        "metadata": {"team": _words(random, 1)},
    }


def _function_tool(random: Random) -> JSON:
    item = {"type": "string", "description": _words(random, 6)}
    parameters = {"type": "object", "properties": {"item": item}, "required": ["item"]}
    return {
        "type": "function",
        "function": {"name": "look_up", "description": _words(random, 8), "parameters": parameters},
        "messages": [{"type": "request-start", "content": _words(random, 5)}],
        "server": {"url": "https://hooks.example/tools"},
    }


def _costs(random: Random) -> list[JSON]:
    minutes = round(random.random() * 9, 4)
    return [
        {"type": "transport", "provider": "twilio", "minutes": minutes, "cost": 0.01},
        {"type": "transcriber", "transcriber": {"provider": "deepgram"}, "minutes": minutes, "cost": 0.01},
        {"type": "model", "model": {"provider": "openai"}, "promptTokens": 900, "completionTokens": 90, "cost": 0.02},
        {"type": "voice", "voice": {"provider": "11labs"}, "characters": 812, "cost": 0.03},
        {"type": "vapi", "subType": "normal", "minutes": minutes, "cost": 0.05},
    ]


def _event(random: Random, index: int, kind: str) -> JSON:
    call = {**_identity(random, index), "type": "inboundPhoneCall", "status": "in-progress"}
    return {"type": kind, "timestamp": _START + index * 1000, "call": call, "phoneNumber": None}


def _status_update(random: Random, index: int) -> JSON:
    return {**_event(random, index, "status-update"), "status": "in-progress"}


def _transcript(random: Random, index: int) -> JSON:
    spoken = {"role": "user", "transcriptType": "final", "transcript": _words(random, 12)}
    return {**_event(random, index, "transcript"), **spoken}


def _speech_update(random: Random, index: int) -> JSON:
    return {**_event(random, index, "speech-update"), "status": "started", "role": "assistant", "turn": index}


def _tool_calls(random: Random, index: int) -> JSON:
    function = {"name": "look_up", "arguments": {"item": _words(random, 1)}}
    call = {"id": f"call_{index}", "type": "function", "function": function}
    pair = {**_function_tool(random), "toolCall": call}
    return {**_event(random, index, "tool-calls"), "toolCallList": [call], "toolWithToolCallList": [pair]}


def _end_of_call_report(random: Random, index: int) -> JSON:
    messages = _messages(random, index, 10)
    return {
        **_event(random, index, "end-of-call-report"),
        "endedReason": "customer-ended-call",
        "startedAt": _moment(index, 2),
        "endedAt": _moment(index, 50),
        "artifact": _artifact(random, messages),
        "analysis": {"summary": _words(random, 30)},
        "costs": _costs(random),
    }


def _identity(random: Random, index: int) -> JSON:
    return {"id": _id(random), "orgId": _id(random), "createdAt": _moment(index, 0), "updatedAt": _moment(index, 1)}


def _id(random: Random) -> str:
    digits = f"{random.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _moment(index: int, seconds: int) -> str:
    """Return the time `seconds` after the start of call `index`, ten minutes apart."""
    minutes, rest = divmod(index * 600 + seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"2026-02-{1 + days % 28:02d}T{hours:02d}:{minutes:02d}:{rest:02d}.{index % 1000:03d}Z"


def _words(random: Random, count: int) -> str:
    return " ".join(random.choices(_WORDS, k=count))
