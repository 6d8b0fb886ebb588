"""Rules across the fields of a body."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.walking import CALL, CAMPAIGN, TOKEN, UNKNOWN
from tests.sandbox.world import World
from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.rest.field_rules import broken_rules, number_problem
from vapi_async.sandbox.rest.http_values import HttpRequest, QueryParams

ASSISTANT = {"type": "assistant", "assistantId": UNKNOWN}
SCENARIO = {"name": "S", "instructions": "Be cross.", "evaluations": []}
BOOLEAN = {"name": "ok", "type": "ai", "schema": {"type": "boolean"}}
CUSTOMER = {"number": "+14155550123"}
SMS = {
    "assistant": {"name": "A"},
    "input": "Hi",
    "transport": {"type": "twilio.sms", "phoneNumberId": UNKNOWN, "customer": CUSTOMER},
}
PHONE = {"phoneNumber": CALL["phoneNumber"], "customer": CUSTOMER}
HANDOFF = {"type": "transferCall", "destinations": [{"type": "number", "number": "555 0100"}]}


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/campaign", {**CAMPAIGN, "assistantId": "a", "squadId": "s"}, "only one of assistantId and squadId"),
        ("/campaign", {"name": "C", "customers": CAMPAIGN["customers"]}, "phoneNumberId is required"),
        ("/v2/campaign", {"name": "C", "phoneNumberId": "n"}, "customers is required"),
        ("/campaign", {**CAMPAIGN, "dialPlan": [{"phoneNumberId": "n", "customers": []}]}, "dialPlan cannot be given"),
        ("/campaign", {**CAMPAIGN, "maxConcurrency": 0}, "maxConcurrency must not be less than 1"),
        ("/campaign", {**CAMPAIGN, "customers": [{"number": "555 0100"}]}, "customers.number must be a phone number"),
        ("/campaign", {**CAMPAIGN, "customers": CAMPAIGN["customers"] * 10_001}, "no more than 10000 elements"),
        ("/campaign", {**CAMPAIGN, "predialPlan": {"enabled": True}}, "predialPlan requires server"),
        ("/campaign", {"name": "C", "duplicateFromCampaignId": "gone"}, "Couldn't find campaign gone."),
        ("/structured-output/run", {"callIds": [UNKNOWN]}, "structuredOutputId or structuredOutput is required"),
        ("/structured-output/run", {"structuredOutputId": UNKNOWN, "callIds": [UNKNOWN] * 101}, "no more than 100"),
        ("/structured-output/run", {"structuredOutputId": UNKNOWN, "callIds": [UNKNOWN] * 2, "previewEnabled": True},
         "exactly 1 element"),
        ("/structured-output/run", {"structuredOutputId": UNKNOWN, "callIds": [], "previewEnabled": True},
         "exactly 1 element"),
        ("/structured-output", {"name": "N", "type": "regex", "regex": "(", "schema": {"type": "string"}},
         "regex must be a regular expression"),
        ("/eval/run", {"type": "eval", "target": ASSISTANT}, "evalId or eval is required"),
        ("/eval/simulation/run",
         {"target": ASSISTANT,
          "simulations": [{"type": "simulation", "scenarioId": UNKNOWN, "scenario": SCENARIO,
                           "personalityId": UNKNOWN}]},
         "simulations.0.scenario cannot be given with scenarioId"),
        ("/eval/simulation/scenario",
         {**SCENARIO, "evaluations": [{"structuredOutputId": UNKNOWN, "comparator": ">", "value": True}]},
         "evaluations.0.comparator must be one of the following values: =, !="),
        ("/eval/simulation/scenario", {**SCENARIO, "evaluations": [{"comparator": "=", "value": 1}]},
         "structuredOutputId or evaluations.0.structuredOutput is required"),
        ("/squad", {"members": [{"assistant": {"name": "A"}, "assistantVersion": "v1"}]},
         "members.0.assistantVersion can only be given with assistantId"),
        ("/call", {**CALL, "assistantVersion": "v1"}, "assistantVersion can only be given with assistantId"),
        ("/call", {"assistant": {}, "customer": CALL["customer"]}, "Need Either `phoneNumberId` Or `phoneNumber`"),
        ("/call", {**CALL, "customer": {"number": "no way!", "numberE164CheckEnabled": False}},
         "customer.number must be alphanumeric"),
        ("/chat", {**SMS, "transport": {"type": "twilio.sms", "customer": CUSTOMER}}, "transport.phoneNumberId"),
        ("/chat", SMS, f"Couldn't find phone number {UNKNOWN}."),
        ("/chat", {**SMS, "sessionId": UNKNOWN}, "cannot be given with sessionId"),
        ("/call", {"squad": {"members": []}, "squadVersion": "v1", **PHONE},
         "squadVersion can only be given with squadId"),
        ("/tool", HANDOFF, "destinations.0.number must be a phone number in E.164 form"),
    ],
)  # fmt: skip
async def test_what_is_refused(path: str, body: Any, message: str) -> None:
    refused = await Sandbox().http_client().post(path, json=body, headers=TOKEN)
    assert refused.status_code == 400, refused.text
    assert message in str(refused.json()["message"])


E164 = "must be a phone number in E.164 form, such as +14155550123"
MANY = [CUSTOMER] * 10_000
BAD = {"number": "1001"}
TRANSFERS = {"type": "transferCall", "destinations": [{"type": "number", **BAD}, {"type": "number", **CUSTOMER}]}
METRIC = {"structuredOutputId": "yes-or-no", "conditions": [{"points": 20}, {"points": 60}, {}]}
REST = {"structuredOutputId": "marks", "conditions": [{"points": 40}]}


@pytest.mark.parametrize(
    ("operation", "body", "problems"),
    [
        ("POST /campaign", CAMPAIGN, []),
        ("POST /campaign", {"name": "C"}, ["phoneNumberId is required", "customers is required"]),
        ("POST /campaign", {"name": "C", "duplicateFromCampaignId": "kept"}, []),
        ("POST /campaign", {"name": "C", "duplicateFromCampaignId": "gone"}, ["Couldn't find campaign gone."]),
        ("POST /campaign", {"name": "C", "dialPlan": [{"customers": MANY}]}, []),
        ("POST /campaign", {"name": "C", "dialPlan": [{"customers": MANY}, {"customers": [BAD]}]},
         ["customers must contain no more than 10000 elements"]),
        ("POST /campaign", {"name": "C", "dialPlan": [{"customers": MANY}], "customers": [CUSTOMER]},
         ["dialPlan cannot be given with phoneNumberId or customers",
          "customers must contain no more than 10000 elements"]),
        ("POST /campaign", {"dialPlan": [{"customers": [BAD, {"sipUri": "sip:a@b.example"}]}]},
         [f"customers.number {E164}"]),
        ("POST /campaign", {**CAMPAIGN, "predialPlan": {"enabled": True}}, ["predialPlan requires server"]),
        ("POST /campaign", {**CAMPAIGN, "predialPlan": {"enabled": False}}, []),
        ("POST /campaign", {**CAMPAIGN, "predialPlan": {"enabled": True}, "server": {"url": "https://a.example"}}, []),
        ("POST /campaign", {**CAMPAIGN, "assistantId": "a", "squadId": "", "workflowId": None}, []),
        ("POST /v2/campaign", {**CAMPAIGN, "assistantId": "a", "workflowId": "w", "squadId": "s"},
         ["only one of assistantId and squadId and workflowId can be given"]),
        ("POST /structured-output/run", {"structuredOutputId": "marks", "callIds": ["a"] * 100}, []),
        ("POST /structured-output/run", {"structuredOutputId": "marks", "callIds": ["a"] * 101},
         ["callIds must contain no more than 100 elements"]),
        ("POST /structured-output/run", {"structuredOutput": {}, "callIds": ["a"], "previewEnabled": True}, []),
        ("POST /structured-output/run", {"structuredOutput": None, "structuredOutputId": "", "callIds": []},
         ["structuredOutputId or structuredOutput is required"]),
        ("POST /structured-output/run", {"structuredOutputId": "marks", "callIds": ["a", "b"]}, []),
        ("POST /structured-output/run", {"structuredOutputId": "marks", "callIds": ["a"], "previewEnabled": True}, []),
        ("POST /structured-output/run", {"structuredOutputId": "marks", "callIds": ["a"] * 2, "previewEnabled": True},
         ["callIds must contain exactly 1 element when previewEnabled is true"]),
        ("POST /structured-output", {"regex": "a+"}, []),
        ("POST /structured-output", {}, []),
        ("PATCH /structured-output/{id}", {"regex": "("},
         ["regex must be a regular expression: missing ), unterminated subpattern at position 0"]),
        ("PATCH /structured-output/{id}", {"schema": {"type": "integer"}}, []),
        ("PATCH /structured-output/{id}", {"name": "N"}, []),
        ("PATCH /structured-output/{id}", {"schema": {"type": "string"}},
         ["schema.type is 'integer' and changes only with schemaOverride=true"]),
        ("PATCH /structured-output/{id}?schemaOverride=true", {"schema": {"type": "string"}}, []),
        ("PATCH /structured-output/{id}?schemaOverride=false", {"schema": {"type": "string"}},
         ["schema.type is 'integer' and changes only with schemaOverride=true"]),
        ("POST /eval/simulation/scenario", {}, []),
        ("POST /eval/simulation/scenario",
         {"evaluations": [{"structuredOutputId": "marks", "comparator": ">", "value": 1},
                          {"structuredOutput": {"a": 1}, "comparator": "!=", "value": False},
                          {"structuredOutputId": "marks", "comparator": "=", "value": True}]}, []),
        ("PATCH /eval/simulation/scenario/{id}",
         {"evaluations": [{"structuredOutputId": "marks", "structuredOutput": {"a": 1}, "comparator": "=", "value": 1},
                          {"structuredOutputId": "marks", "comparator": ">=", "value": True}]},
         ["evaluations.0.structuredOutputId or evaluations.0.structuredOutput is required, and not both",
          "evaluations.1.comparator must be one of the following values: =, !="]),
        ("POST /eval/simulation/run", {}, []),
        ("POST /eval/simulation/run", {"simulations": [{"scenarioId": "s", "personality": {"a": 1}}, {}]}, []),
        ("POST /eval/simulation/run", {"simulations": [{}, {"personalityId": "p", "personality": {"a": 1}}]},
         ["simulations.1.personality cannot be given with personalityId"]),
        ("POST /eval/run", {"evalId": "e"}, []),
        ("POST /eval/run", {"eval": {"a": 1}, "evalId": "e"}, ["only one of evalId and eval can be given"]),
        ("POST /observability/scorecard", {"metrics": []}, []),
        ("PATCH /observability/scorecard/{id}", {"name": "N"}, []),
        ("POST /observability/scorecard", {"metrics": [METRIC, REST]}, []),
        ("POST /observability/scorecard", {"metrics": [METRIC, REST, {**REST, "conditions": []}]}, []),
        ("POST /observability/scorecard", {"metrics": [METRIC, REST, {**REST, "conditions": [{}]}]}, []),
        ("PATCH /observability/scorecard/{id}", {"metrics": [METRIC]},
         ["metrics: the points must sum to 100, got 60"]),
        ("POST /observability/scorecard",
         {"metrics": [METRIC, {**REST, "structuredOutputId": "gone"}, {"structuredOutputId": "note", "conditions": []},
                      {"structuredOutputId": "empty", "conditions": [{"points": 0.5}]}]},
         ["metrics: the points must sum to 100, got 100.5", "Couldn't find structured output gone.",
          "metrics.2.structuredOutputId must be of an output that is a number or a boolean",
          "metrics.3.structuredOutputId must be of an output that is a number or a boolean"]),
        ("POST /reporting/insight", {"type": "text", "queries": [{}]}, []),
        ("POST /reporting/insight", {"type": "bar", "queries": [{}, {}]}, []),
        ("POST /reporting/insight", {"type": "text", "queries": [{}, {}], "formula": "a + b"}, []),
        ("POST /reporting/insight", {"type": "text", "queries": [{}, {}]},
         ["formula is required with more than one query"]),
        ("POST /reporting/insight", {"type": "text"}, []),
        ("POST /squad", {"members": [{"assistantId": "a", "assistantVersion": "v1"}, {"assistant": {}}]}, []),
        ("PATCH /squad/{id}", {"members": [{}, {"assistantVersion": "v1"}]},
         ["members.1.assistantVersion can only be given with assistantId"]),
        ("PATCH /squad/{id}", {"name": "N"}, []),
        ("PATCH /squad/{id}", None, []),
        ("POST /assistant", {"model": {"tools": [TRANSFERS, {"type": "other", **BAD}]}},
         [f"model.tools.0.destinations.0.number {E164}"]),
        ("POST /tool", {"destinations": [{"type": "number", "number": "+1 2", "numberE164CheckEnabled": False}]},
         ["destinations.0.number must be alphanumeric, with or without a + before it"]),
        ("POST /tool", {"destinations": [{"type": "number", "number": "+a1", "numberE164CheckEnabled": False}]}, []),
    ],
)  # fmt: skip
def test_the_rules_to_the_letter(operation: str, body: Any, problems: list[str]) -> None:
    world = World()
    for name, kind in {"yes-or-no": "boolean", "marks": "integer", "note": "string"}.items():
        world.store.add("/structured-output", {"id": name, "schema": {"type": kind}})
    world.store.add("/structured-output", {"id": "empty"})
    world.store.add("/campaign", {"id": "kept"})
    operation, _, query = operation.partition("?")
    request = HttpRequest("", "", operation, params={"id": "marks"}, query=QueryParams(query), body=body)
    assert broken_rules(world.store, request) == problems


@pytest.mark.parametrize("number", ["+1415555012", "+12", "+123456789012345"])
@pytest.mark.parametrize("change", [lambda number: number, lambda number: f"{number}x", lambda number: number[1:]])
def test_numbers_in_e164(number: str, change: Any) -> None:
    written = change(number)
    assert number_problem({"number": written}) == (None if written == number else f"customer.number {E164}")
    assert number_problem({"number": written, "numberE164CheckEnabled": False}) is None


@pytest.mark.parametrize("number", ["+1", "+02", "+1234567890123456", "", "+1 2"])
def test_numbers_that_are_none(number: str) -> None:
    assert number_problem({"number": number}, "number") == f"number {E164}"


async def test_a_number_without_the_check_may_be_any_extension() -> None:
    body = {
        "type": "transferCall",
        "destinations": [{"type": "number", "number": "1001", "numberE164CheckEnabled": False}],
    }
    assert (await Sandbox().http_client().post("/tool", json=body, headers=TOKEN)).status_code == 201


@pytest.mark.parametrize(
    ("points", "schema", "message"),
    [(30, "boolean", "must sum to 100, got 30"), (100, "string", "a number or a boolean"), (100, "boolean", None)],
)
async def test_scorecards(points: int, schema: str, message: str | None) -> None:
    async with Sandbox() as sandbox, sandbox.http_client() as http:
        output = {**BOOLEAN, "schema": {"type": schema}}
        made = (await http.post("/structured-output", json=output, headers=TOKEN)).json()
        condition = {"type": "comparator", "comparator": "=", "value": True, "points": points}
        metric = {"structuredOutputId": made["id"], "conditions": [condition]}
        answer = await http.post("/observability/scorecard", json={"metrics": [metric]}, headers=TOKEN)
    assert answer.status_code == (201 if message is None else 400), answer.text
    if message:
        assert message in str(answer.json()["message"])


@pytest.mark.parametrize(
    ("number", "taken"),
    [
        ({"provider": "twilio", "number": "+14155550199", "twilioAccountSid": "AC1"}, True),
        ({"provider": "twilio", "number": "+14155550199", "twilioAccountSid": "AC1", "smsEnabled": False}, False),
        ({"provider": "vapi"}, False),
    ],
)
async def test_text_messages_go_out_from_numbers_at_twilio(number: Any, taken: bool) -> None:
    sandbox = Sandbox()
    made = sandbox.add("/phone-number", number)["id"]
    body = {**SMS, "transport": {**SMS["transport"], "phoneNumberId": made}}
    answer = await sandbox.http_client().post("/chat", json=body, headers=TOKEN)
    assert answer.is_success is taken, answer.text


@pytest.mark.parametrize(
    ("name", "purpose", "taken"),
    [
        ("notes.md", None, True),
        ("DATA.CSV", None, True),
        ("notes", None, True),
        ("program.exe", None, False),
        ("photo.png", None, False),
        ("photo.png", "composer-attachment", True),
    ],
)
async def test_files_of_which_nothing_can_be_read(name: str, purpose: str | None, taken: bool) -> None:
    answer = (
        await Sandbox()
        .http_client()
        .post("/file", files={"file": (name, b"x")}, data={"purpose": purpose} if purpose else {}, headers=TOKEN)
    )
    assert answer.status_code == (201 if taken else 400), answer.text


@pytest.mark.parametrize("noun", ["personality", "scenario"])
async def test_what_simulations_use_stays(noun: str) -> None:
    sandbox = Sandbox()
    path = f"/eval/simulation/{noun}"
    used, free = (sandbox.add(path, {"name": "N"})["id"] for _ in range(2))
    sandbox.add("/eval/simulation", {f"{noun}Id": used})
    http = sandbox.http_client()
    refused = await http.delete(f"{path}/{used}", headers=TOKEN)
    assert (refused.status_code, refused.json()["error"]) == (409, f"{noun}_in_use")
    assert (await http.delete(f"{path}/{free}", headers=TOKEN)).status_code == 200
