"""The story that the demo tells, by the backend's own REST API: somebody is called, and the call is shown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

    from .settings import Settings

NAME = "Ada Lovelace"
ASSISTANT = {
    "name": "Appointments",
    "first_message": "Hello, this is the front desk. How can I help?",
    "instructions": "You book appointments. Look the customer up first. Ask for what a tool says is missing.",
}


async def story(http: httpx.AsyncClient, number: str) -> None:
    """Enter a customer, create an assistant, let it call, wait for the end, and delete the assistant.

    Args:
        http: A client of the backend.
        number: Who is called.
    """
    await _ask(http, "PUT", "/customers", json={"number": number, "name": NAME})
    assistant = await _ask(http, "POST", "/assistants", json=ASSISTANT)
    print(f"Created the assistant {assistant['name']!r}.")
    try:
        body = {"assistant_id": assistant["id"], "number": number}
        call = await _ask(http, "POST", "/calls", json=body)
        print(f"Calling {number}: {call['status']}.")
        while call["status"] != "ended":
            call = await _ask(http, "GET", f"/calls/{call['id']}", params={"wait": 30}, timeout=60)
        _show(call)
    finally:
        await _ask(http, "DELETE", f"/assistants/{assistant['id']}")
        print("Deleted the assistant.")


def authorization(settings: Settings) -> dict[str, str]:
    """Return the header fields that a user of the backend sends."""
    return {"authorization": f"Bearer {settings.backend_token}"}


async def _ask(http: httpx.AsyncClient, method: str, path: str, **more: Any) -> Any:
    answer = await http.request(method, path, **more)
    if answer.is_error:
        sys.exit(f"{method} {path} was answered with {answer.status_code}: {answer.text}")
    return answer.json() if answer.content else None


def _show(call: dict[str, Any]) -> None:
    for line in call["transcript"]:
        print(f"  {line['role']}: {line['text']}")
    print(f"The call has ended: {call['ended_reason']}. {call['summary'] or ''}".rstrip())
    if call["cost"]:
        print(f"It cost {call['cost']:.2f} dollars.")
