"""`POST /call`: what it takes to make a call, and the call it makes.

What the document says of it: one of assistant and squad; a phone number and a customer, unless the transport is a
websocket; `customers` makes a batch of calls, some of which may fail; `schedulePlan.earliestAt` makes it wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.rest.field_rules import number_problem
from vapi_async.sandbox.rest.http_values import Refusal
from vapi_async.sandbox.rest.store import instant

from . import call_resources as resources
from .call_resources import Json, ResourceMissing

if TYPE_CHECKING:
    from datetime import datetime

    from vapi_async.sandbox.rest.store import Store

ASSISTANT_KEYS = ("assistantId", "assistant", "squadId", "squad", "workflowId", "workflow")
_COPIED = (
    *ASSISTANT_KEYS, "assistantOverrides", "squadOverrides", "workflowOverrides", "assistantVersion", "squadVersion",
    "phoneNumberId", "phoneNumber", "customerId", "customer", "name", "schedulePlan",
)  # fmt: skip
_PROVIDERS = {"vonage": "vonage", "telnyx": "telnyx", "vapi": "vapi.sip"}
#: Who carries calls in the browser.
WEB = "daily"
_TYPES = {"vapi.websocket": "vapi.websocketCall", WEB: "webCall"}


def check_request(body: Json, store: Store, now: datetime) -> None:
    """Look at the body of a `POST /call`.

    Raises:
        Refusal: it makes no call (400).
    """
    problems = [*_assistant_problems(body), *_transport_problems(body), *_schedule_problems(body, now)]
    if problems:
        raise Refusal(400, problems)
    try:
        resources.assistants_of(store, body)
        if body.get("phoneNumberId"):
            resources.phone_number(store, body["phoneNumberId"])
    except ResourceMissing as error:
        raise Refusal(400, str(error)) from error


def customer_problem(customer: Mapping[str, Any]) -> str | None:
    """Return why a customer cannot be called, if so."""
    if customer.get("number") is None:
        return None if customer.get("sipUri") else "customer.number or customer.sipUri is required"
    return number_problem(customer)


def call_from(body: Json, customer: Json | None, provider: str) -> Json:
    """Return the call that a body makes, without what the sandbox gives it.

    Args:
        body: The body of the request.
        customer: Who is called.
        provider: That of the transport.
    """
    call = {key: body[key] for key in _COPIED if body.get(key) is not None}
    call |= {"type": _TYPES.get(provider, "outboundPhoneCall"), "status": "queued", "cost": 0, "costs": []}
    if provider not in _TYPES:
        call["phoneCallTransport"] = "sip" if provider == "vapi.sip" else "pstn"
    if customer is not None:
        call["customer"] = customer
        own = {key: customer[key] for key in ("assistantOverrides", "squadOverrides") if customer.get(key)}
        call |= {key: {**(call.get(key) or {}), **value} for key, value in own.items()}
    call["transport"] = {"provider": provider, **(body.get("transport") or {})}
    return call


def provider_of(body: Json, store: Store) -> str:
    """Return over whom a call goes: what its transport says, or its number."""
    given = (body.get("transport") or {}).get("provider")
    number = store.get("/phone-number", body["phoneNumberId"]) if body.get("phoneNumberId") else None
    return given or _PROVIDERS.get((number or {}).get("provider", ""), "twilio")


def _assistant_problems(body: Json) -> list[str]:
    named = [key for key in ASSISTANT_KEYS if body.get(key) not in (None, "")]
    if not named:
        return ["assistantId, assistant, squadId or squad is required"]
    if len(named) > 1:
        return [f"only one of {' and '.join(named)} can be given"]
    if body.get("assistantVersion") and named != ["assistantId"]:
        return ["assistantVersion can only be given with assistantId"]
    if body.get("squadVersion") and named != ["squadId"]:
        return ["squadVersion can only be given with squadId"]
    return []


def _transport_problems(body: Json) -> list[str]:
    provider = (body.get("transport") or {}).get("provider")
    numbered = body.get("phoneNumberId") or body.get("phoneNumber")
    if provider == "vapi.websocket" and numbered:
        return ["phoneNumberId and phoneNumber cannot be given with the transport vapi.websocket"]
    if provider in _TYPES:
        return []
    problems = [] if numbered else ["Need Either `phoneNumberId` Or `phoneNumber`"]
    customer, batch = body.get("customer"), body.get("customers")
    if not (customer or batch or body.get("customerId")):
        problems.append("customer, customerId or customers is required")
    if customer and batch:
        problems.append("only one of customer and customers can be given")
    if customer and (problem := customer_problem(customer)):
        problems.append(problem)
    return problems


def _schedule_problems(body: Json, now: datetime) -> list[str]:
    plan = body.get("schedulePlan") or {}
    try:
        instants = {key: instant(plan[key]) for key in ("earliestAt", "latestAt") if plan.get(key) is not None}
    except ValueError:
        return ["schedulePlan.earliestAt and latestAt must be instants, such as 2026-01-31T12:00:00Z"]
    latest = instants.get("latestAt")
    if latest is None:
        return []
    if latest < instants.get("earliestAt", latest):
        return ["schedulePlan.latestAt must not be before schedulePlan.earliestAt"]
    return ["schedulePlan.latestAt must not be in the past"] if latest < now else []
