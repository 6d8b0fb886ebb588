"""Monitors find issues where an insight is over a threshold."""

from __future__ import annotations

from typing import Any

from tests.sandbox.asking import answer, ask, call
from tests.sandbox.reporting.test_insights import COUNT
from tests.sandbox.walking import UNKNOWN
from vapi_async.sandbox import Sandbox

ISSUE = "/monitoring/issue"


async def monitored(sandbox: Sandbox, above: float, **more: Any) -> Any:
    insight = (await ask(sandbox, "POST", "/reporting/insight", {"type": "text", "queries": [COUNT]}))["id"]
    trigger = {
        "insightId": insight,
        "interval": {"every": 60},
        "threshold": {"type": "number", "comparator": "gt", "value": above},
        "severity": "error",
        "alert": {"status": "enabled", "credentialIds": ["c"]},
    }
    body = {"name": "M", "category": "technical", "type": "boolean", "targets": "*", "triggers": [trigger, trigger]}
    return await ask(sandbox, "POST", "/monitoring/monitor", body | more)


async def test_its_triggers_have_ids_and_it_is_active() -> None:
    made = await monitored(Sandbox(), 1)
    assert made["status"] == "active"
    assert len({each["id"] for each in made["triggers"]}) == 2


async def test_an_issue_is_found_seen_again_and_resolved() -> None:
    sandbox = Sandbox()
    monitor = await monitored(sandbox, 1)
    await call(sandbox)
    assert await ask(sandbox, "GET", ISSUE) == []
    await call(sandbox)
    found = await ask(sandbox, "GET", ISSUE)
    assert {each["triggerId"] for each in found} == {each["id"] for each in monitor["triggers"]}
    issue = found[0]
    assert (issue["status"], issue["monitorId"], issue["callsCount"], issue["totalCalls"]) == (
        "created", monitor["id"], 2, 2,
    )  # fmt: skip
    assert issue["alerts"][0]["credentialId"] == "c"
    again = await ask(sandbox, "GET", f"{ISSUE}/{issue['id']}")
    assert again["lastSeenAt"] > issue["lastSeenAt"]
    resolved = await ask(sandbox, "PATCH", f"{ISSUE}/{issue['id']}", {"status": "resolved", "resolvedBy": "me"})
    assert (resolved["status"], "resolvedAt" in resolved) == ("resolved", True)
    analysis = await ask(sandbox, "POST", f"{ISSUE}/{issue['id']}/analyze")
    assert analysis["summary"].startswith("2 of 2 calls")
    assert (await answer(sandbox, "POST", f"{ISSUE}/{UNKNOWN}/analyze")).status_code == 404
    await sandbox.clock.advance(3600)
    assert all(each["lastSeenAt"] < "2026-01-01T00:59" for each in await ask(sandbox, "GET", ISSUE))


async def test_an_insight_that_cannot_be_computed_finds_nothing() -> None:
    sandbox = Sandbox()
    monitor = await monitored(sandbox, 0)
    await call(sandbox)
    broken = {"type": "bar", "queries": [COUNT], "formulas": [{"formula": "{{X}}"}]}
    insight = sandbox.add("/reporting/insight", broken)["id"]
    triggers = [{**each, "insightId": insight} for each in monitor["triggers"]]
    sandbox.add("/monitoring/monitor", {**monitor, "triggers": triggers})
    assert await ask(sandbox, "GET", ISSUE) == []


async def test_calls_of_other_assistants_are_none_of_its_business() -> None:
    sandbox = Sandbox()
    assistant = (await ask(sandbox, "POST", "/assistant", {"name": "A"}))["id"]
    await monitored(sandbox, 0, targets=[{"type": "assistant", "id": assistant}])
    await call(sandbox)
    assert await ask(sandbox, "GET", ISSUE) == []
    await call(sandbox, assistantId=assistant)
    assert len(await ask(sandbox, "GET", ISSUE)) == 2


async def test_a_call_names_the_monitors_of_its_assistant() -> None:
    sandbox = Sandbox()
    monitor = (await monitored(sandbox, 1))["id"]
    ended = await call(sandbox, assistant={"monitorPlan": {"monitorIds": [monitor]}})
    assert ended["monitor"]["monitors"] == [{"monitorId": monitor, "filterPassed": True}]
    assert "monitors" not in (await call(sandbox))["monitor"]
