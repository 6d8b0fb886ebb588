"""What the assistant can do: look a customer up, and book an appointment.

What the model sends is checked twice: its form by `Webhooks`, from the annotations, and its sense here. Either way the
assistant hears a sentence that it can act on. Tools are for the customer on the line, so they go by the number of the
call: a model can be talked into any argument. They are plain functions, so they run in a thread: SQLite holds up
nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta, tzinfo
from itertools import islice
from typing import TYPE_CHECKING, Literal

from vapi_async.webhooks import ToolContext, ToolError, Webhooks

if TYPE_CHECKING:
    from .store import Store

Now = Callable[[], datetime]

OPENS, CLOSES = time(9), time(17)
SLOT = timedelta(minutes=30)
AHEAD = timedelta(days=60)


class Diary:
    """When appointments can be: on weekdays from 9 to 17 o'clock, each half an hour, in the next 60 days.

    Args:
        store: Has those that are booked.
        zone: Of the place.
        now: The time.
    """

    def __init__(self, store: Store, zone: tzinfo, now: Now) -> None:
        self._store = store
        self.zone = zone
        self.now = now

    def slot(self, when: datetime) -> datetime:
        """Return a time as one of the place; without an offset, it is meant as that.

        Raises:
            ToolError: there are no appointments at that time; says why.
        """
        local = when.replace(tzinfo=self.zone) if when.tzinfo is None else when.astimezone(self.zone)
        if local <= self.now():
            raise ToolError(f"That time has passed. Today is {self.now().astimezone(self.zone):%A, %B %d, %Y}.")
        if local > self.now() + AHEAD:
            raise ToolError(f"Appointments can be booked at most {AHEAD.days} days ahead.")
        if not _is_open(local):
            raise ToolError("Appointments are from Monday to Friday, 9 AM to 5 PM, on the hour or the half hour.")
        return local

    def next_free(self, after: datetime, count: int = 2) -> list[datetime]:
        """Return the next free times."""
        slots = list(islice(_slots(after), 100))
        taken = self._store.taken(slots)
        return [slot for slot in slots if slot not in taken][:count]


def add_tools(hooks: Webhooks, store: Store, diary: Diary) -> None:
    """Register the tools.

    Args:
        hooks: Where.
        store: Has the customers and appointments.
        diary: Says when appointments can be.
    """

    @hooks.tool(timeout=5, messages=[{"type": "request-start", "content": "One moment, let me look you up."}])
    def lookup_customer(context: ToolContext) -> dict[str, object]:
        """Look up the customer on the line: the name and the next appointment."""
        phone, name = _customer(context, store)
        coming = store.appointments(phone, diary.now())
        found = {"starts": spoken(coming[0][0].astimezone(diary.zone)), "service": coming[0][1]} if coming else None
        return {"name": name, "next_appointment": found}

    @hooks.tool(timeout=10)
    def book_appointment(context: ToolContext, when: datetime, service: Literal["check-up", "repair", "advice"]) -> str:
        """Book an appointment for the customer on the line.

        Args:
            when: day and time of the appointment, in local time.
            service: what it is for.
        """
        phone, name = _customer(context, store)
        slot = diary.slot(when)
        if not store.book(slot, phone, service):
            free = " or ".join(spoken(other) for other in diary.next_free(slot))
            raise ToolError(f"{spoken(slot)} is taken. The next free times are {free}.")
        return f"Booked for {name}: {service} on {spoken(slot)}."


def spoken(moment: datetime) -> str:
    """Return a time as one says it: Monday, January 05 at 10:00 AM."""
    return f"{moment:%A, %B %d at %I:%M %p}"


def _customer(context: ToolContext, store: Store) -> tuple[str, str]:
    """Return number and name of the customer on the line.

    Raises:
        ToolError: the number is hidden or unknown.
    """
    customer = context.call.customer if context.call else None
    phone = customer.number if customer else None
    if not phone:
        raise ToolError("I cannot see the number of this call. Offer to have somebody call back.")
    name = store.customer(phone)
    if name is None:
        raise ToolError("There is no customer with the number of this call. Offer to have somebody call back.")
    return phone, name


def _is_open(local: datetime) -> bool:
    on_time = local.minute in (0, 30) and not (local.second or local.microsecond)
    return on_time and local.weekday() < 5 and OPENS <= local.time() < CLOSES


def _slots(after: datetime) -> Iterator[datetime]:
    moment = after
    while True:
        moment += SLOT
        if _is_open(moment):
            yield moment
