"""Text messages: what numbers of the sandbox sent and received."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from attrs import define

from vapi_async._lazy import exported_by
from vapi_async.sandbox.latest import Latest
from vapi_async.sandbox.rest.http_values import Refusal
from vapi_async.sandbox.rest.store import instant

if TYPE_CHECKING:
    from datetime import datetime

    from vapi_async.sandbox.rest.state import SandboxState
    from vapi_async.sandbox.rest.store import Store

    from .chat_events import ChatMessages

Json = dict[str, Any]

_DAY = 86_400.0
_KEPT = (10_000, 16 * 1024 * 1024)


@exported_by("vapi_async.sandbox")
@define
class TextMessage:
    """One text message.

    Attributes:
        sender: the number that it came from.
        recipient: the number that it went to.
        text: what it says.
        at: when, on the sandbox's clock.
        inbound: whether a customer sent it.
        session_id: the session that it belongs to.
        size: how many bytes it has.
    """

    sender: str
    recipient: str
    text: str
    at: datetime
    inbound: bool = False
    session_id: str | None = None
    size: int = 0


class Texting:
    """The text messages of one sandbox, and the sessions that they belong to.

    Args:
        state: its state.
        messages: what stores sessions.

    Attributes:
        texts: the latest texts, oldest first.
    """

    def __init__(self, state: SandboxState, messages: ChatMessages) -> None:
        self._state = state
        self._messages = messages
        self.texts: Latest[TextMessage] = Latest(*_KEPT)

    def session_with(self, customer: str, number_id: str) -> Json | None:
        """Return the session that a customer's texts go on with: one that was not silent for a day."""
        now = self._state.clock.now()
        for session in self._state.store.all("/session"):
            same = session.get("phoneNumberId") == number_id and session.get("customer", {}).get("number") == customer
            lasts = timedelta(seconds=float(session.get("expirationSeconds") or _DAY))
            if same and session.get("status") == "active" and instant(session["updatedAt"]) + lasts > now:
                return session
        return None

    async def open_session(self, who: Json, customer: Json, number: Json) -> Json:
        """Store a session of a customer with a number.

        Args:
            who: who answers: the member that names an assistant or a squad.
            customer: the customer, with a number.
            number: the stored number.
        """
        given = {**who, "status": "active", "customer": customer, "phoneNumberId": number["id"]}
        return await self._messages.add_session(given)

    def note(self, sender: str, recipient: str, text: str, session_id: str, *, inbound: bool = False) -> None:
        """Keep a text that was sent."""
        now = self._state.clock.now()
        self.texts.append(TextMessage(sender, recipient, text, now, inbound, session_id, len(text.encode())))


def texting_number(store: Store, transport: Json) -> Json:
    """Return the number that a chat's transport sends its texts from.

    Raises:
        Refusal: it names none, or one that cannot send texts (400).
    """
    id = transport.get("phoneNumberId")  # noqa: A001
    number = store.get("/phone-number", id) if id else None
    if number is None:
        raise Refusal(400, f"Couldn't find phone number {id}." if id else ["transport.phoneNumberId is required"])
    if problem := texting_problem(number):
        raise Refusal(400, problem)
    return number


def texting_problem(number: Json) -> str | None:
    """Return why a number cannot send texts, if so."""
    if number.get("provider") != "twilio":
        return f"Phone number {number['id']} has no SMS: only numbers of twilio have."
    return None if number.get("smsEnabled", True) else f"Phone number {number['id']} has SMS switched off."
