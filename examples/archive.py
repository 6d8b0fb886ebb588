"""Invented calls of the last days, for the export example to find in the sandbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

_REASONS = ("customer-ended-call", "assistant-ended-call", "customer-did-not-answer", "voicemail")
_SUMMARIES = ("Asked about opening hours.", "=1+1, said the customer.", "@home tomorrow", "Wants a call back,\nlater.")


def invented_calls(count: int, days: float, now: datetime) -> list[dict[str, Any]]:
    """Invent calls, newest first, spread over the days before an instant.

    Args:
        count: how many.
        days: over how many days.
        now: the instant; who asks for the calls of these days has to count from the same one.
    """
    random = Random(1)
    moments = sorted((now - random.random() * timedelta(days=days) for _ in range(count)), reverse=True)
    return [_call(random, number, moment) for number, moment in enumerate(moments)]


def _call(random: Random, number: int, moment: datetime) -> dict[str, Any]:
    ended = moment + timedelta(seconds=random.randint(10, 300))
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "orgId": "11111111-2222-4333-8444-555555555555",
        "type": "outboundPhoneCall",
        "status": "ended",
        "endedReason": random.choice(_REASONS),
        "createdAt": _text(moment),
        "updatedAt": _text(ended),
        "startedAt": _text(moment),
        "endedAt": _text(ended),
        "assistantId": "22222222-3333-4444-8555-666666666666",
        "customer": {"number": f"+1555{random.randint(1_000_000, 9_999_999)}"},
        "cost": round(random.random() / 3, 4),
        "analysis": {"summary": random.choice(_SUMMARIES)},
    }


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
