"""A stand-in for the API's list of calls inside this process: invented calls of the last days.

For the export example only. It knows limit and the bounds of createdAt, and opens no connection.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx

_REASONS = ("customer-ended-call", "assistant-ended-call", "customer-did-not-answer", "voicemail")
_SUMMARIES = ("Asked about opening hours.", "=1+1, said the customer.", "@home tomorrow", "Wants a call back,\nlater.")


class Archive:
    """Calls, newest first, spread over the days before today.

    Args:
        count: how many calls there are.
        days: over how many days.
    """

    def __init__(self, count: int, days: float) -> None:
        random = Random(1)
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        moments = sorted((midnight - random.random() * timedelta(days=days) for _ in range(count)), reverse=True)
        self.calls = [_call(random, number, moment) for number, moment in enumerate(moments)]

    def client(self) -> httpx.AsyncClient:
        """An HTTP client whose requests end here."""
        return httpx.AsyncClient(transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer `GET /call`."""
        query = request.url.params
        fitting = [call for call in self.calls if _fits(call, query)]
        return httpx.Response(200, content=json.dumps(fitting[: int(query.get("limit", 100))]))


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


def _fits(call: dict[str, Any], query: httpx.QueryParams) -> bool:
    created = datetime.fromisoformat(call["createdAt"])
    holds = {"Ge": created.__ge__, "Gt": created.__gt__, "Le": created.__le__, "Lt": created.__lt__}
    bounds = ((holds[end], query.get(f"createdAt{end}")) for end in holds)
    return all(test(datetime.fromisoformat(bound)) for test, bound in bounds if bound)
