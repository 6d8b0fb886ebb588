"""What more holds of a body than its schema says: rules across its fields, and about what it refers to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from .http_values import HttpRequest
    from .store import Store

Json = dict[str, Any]
Rule: TypeAlias = "Callable[[Store, Json], Iterable[str]]"
RequestRule: TypeAlias = "Callable[[Store, HttpRequest], Iterable[str]]"

E164 = re.compile(r"\+[1-9]\d{1,14}")
_ALPHANUMERIC = re.compile(r"\+?[A-Za-z0-9]+")
_MOST_CUSTOMERS = 10_000
_MOST_CALLS = 100
_POINTS = 100


def broken_rules(store: Store, request: HttpRequest) -> list[str]:
    """Return a sentence for each rule that a request breaks; its body is valid by its schema."""
    if not isinstance(request.body, dict):
        return []
    found = [problem for rule in _RULES.get(request.operation, ()) for problem in rule(store, request.body)]
    found += [problem for rule in _REQUEST_RULES.get(request.operation, ()) for problem in rule(store, request)]
    return [*found, *_destinations("", request.body)]


def number_problem(customer: Mapping[str, Any], name: str = "customer.number") -> str | None:
    """Return what is wrong with the number of a customer or a destination, if something is."""
    number = customer.get("number")
    if number is None:
        return None
    if customer.get("numberE164CheckEnabled", True):
        if not E164.fullmatch(number):
            return f"{name} must be a phone number in E.164 form, such as +14155550123"
        return None
    return None if _ALPHANUMERIC.fullmatch(number) else f"{name} must be alphanumeric, with or without a + before it"


def _destinations(path: str, value: Any) -> Iterator[str]:
    """Yield what is wrong with the numbers that calls are transferred to, at any depth."""
    members: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        members = value.items()
        if value.get("type") == "number" and (problem := number_problem(value, f"{path}number")):
            yield problem
    elif isinstance(value, list):
        members = enumerate(value)
    for key, member in members:
        yield from _destinations(f"{path}{key}.", member)


def _given(body: Json, *names: str) -> list[str]:
    return [name for name in names if body.get(name) not in (None, "", [])]


def _only_one(*names: str, needed: bool = False) -> Rule:
    def rule(store: Store, body: Json) -> Iterator[str]:
        found = _given(body, *names)
        if len(found) > 1:
            yield f"only one of {' and '.join(found)} can be given"
        elif needed and not found:
            yield f"{' or '.join(names)} is required"

    return rule


def _campaign(store: Store, body: Json) -> Iterator[str]:
    copied = bool(body.get("duplicateFromCampaignId"))
    plan = body.get("dialPlan") or []
    if plan and _given(body, "phoneNumberId", "customers"):
        yield "dialPlan cannot be given with phoneNumberId or customers"
    if not plan and not copied:
        yield from (f"{each} is required" for each in ("phoneNumberId", "customers") if not _given(body, each))
    customers = [*(body.get("customers") or ()), *(each for entry in plan for each in entry["customers"])]
    if len(customers) > _MOST_CUSTOMERS:
        yield f"customers must contain no more than {_MOST_CUSTOMERS} elements"
    yield from filter(None, (number_problem(each, "customers.number") for each in customers[:_MOST_CUSTOMERS]))
    if (body.get("predialPlan") or {}).get("enabled") and not body.get("server"):
        yield "predialPlan requires server"
    if copied and store.get("/campaign", body["duplicateFromCampaignId"]) is None:
        yield f"Couldn't find campaign {body['duplicateFromCampaignId']}."


def _output_run(store: Store, body: Json) -> Iterator[str]:
    ids = body.get("callIds") or []
    if body.get("previewEnabled") and len(ids) != 1:
        yield "callIds must contain exactly 1 element when previewEnabled is true"
    if len(ids) > _MOST_CALLS:
        yield f"callIds must contain no more than {_MOST_CALLS} elements"


def _output(store: Store, body: Json) -> Iterator[str]:
    try:
        re.compile(body.get("regex") or "")
    except re.error as error:
        yield f"regex must be a regular expression: {error}"


def _evaluations(store: Store, body: Json) -> Iterator[str]:
    for number, item in enumerate(body.get("evaluations") or ()):
        path = f"evaluations.{number}."
        if len(_given(item, "structuredOutputId", "structuredOutput")) != 1:
            yield f"{path}structuredOutputId or {path}structuredOutput is required, and not both"
        if isinstance(item.get("value"), bool) and item.get("comparator") not in ("=", "!="):
            yield f"{path}comparator must be one of the following values: =, !="


def _simulations(store: Store, body: Json) -> Iterator[str]:
    for number, entry in enumerate(body.get("simulations") or ()):
        for what in ("scenario", "personality"):
            if len(_given(entry, what, f"{what}Id")) > 1:
                yield f"simulations.{number}.{what} cannot be given with {what}Id"


def _scorecard(store: Store, body: Json) -> Iterator[str]:
    metrics = body.get("metrics")
    if not metrics:
        return
    points = sum(
        max((condition.get("points") or 0 for condition in metric["conditions"]), default=0) for metric in metrics
    )
    if points != _POINTS:
        yield f"metrics: the points must sum to {_POINTS}, got {points:g}"
    for number, metric in enumerate(metrics):
        output = store.get("/structured-output", metric["structuredOutputId"])
        if output is None:
            yield f"Couldn't find structured output {metric['structuredOutputId']}."
        elif (output.get("schema") or {}).get("type") not in ("number", "integer", "boolean"):
            yield f"metrics.{number}.structuredOutputId must be of an output that is a number or a boolean"


def _text_insight(store: Store, body: Json) -> Iterator[str]:
    if body.get("type") == "text" and len(body.get("queries") or ()) > 1 and not body.get("formula"):
        yield "formula is required with more than one query"


def _squad(store: Store, body: Json) -> Iterator[str]:
    for number, member in enumerate(body.get("members") or ()):
        if member.get("assistantVersion") and not member.get("assistantId"):
            yield f"members.{number}.assistantVersion can only be given with assistantId"


def _root_type(store: Store, request: HttpRequest) -> Iterator[str]:
    stored = store.get("/structured-output", request.params["id"]) or {}
    before = (stored.get("schema") or {}).get("type")
    after = (request.body.get("schema") or {}).get("type", before)
    if after != before and request.query.get("schemaOverride") != "true":
        yield f"schema.type is {before!r} and changes only with schemaOverride=true"


_REQUEST_RULES: Mapping[str, tuple[RequestRule, ...]] = {"PATCH /structured-output/{id}": (_root_type,)}
_RULES: Mapping[str, tuple[Rule, ...]] = {
    "POST /campaign": (_only_one("assistantId", "squadId", "workflowId"), _campaign),
    "POST /v2/campaign": (_only_one("assistantId", "squadId", "workflowId"), _campaign),
    "POST /structured-output/run": (_only_one("structuredOutputId", "structuredOutput", needed=True), _output_run),
    "POST /structured-output": (_output,),
    "PATCH /structured-output/{id}": (_output,),
    "POST /eval/simulation/scenario": (_evaluations,),
    "PATCH /eval/simulation/scenario/{id}": (_evaluations,),
    "POST /eval/simulation/run": (_simulations,),
    "POST /eval/run": (_only_one("evalId", "eval", needed=True),),
    "POST /observability/scorecard": (_scorecard,),
    "PATCH /observability/scorecard/{id}": (_scorecard,),
    "POST /reporting/insight": (_text_insight,),
    "POST /squad": (_squad,),
    "PATCH /squad/{id}": (_squad,),
}
