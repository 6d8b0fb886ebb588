"""Structured outputs over calls that are stored."""

from __future__ import annotations

from tests.sandbox.asking import ask, call, refused
from tests.sandbox.walking import UNKNOWN
from vapi_async.sandbox import Sandbox

RUN = "/structured-output/run"
BOOKED = {"name": "Booked", "type": "ai", "schema": {"type": "boolean"}}


async def test_a_run_puts_values_into_calls_after_a_while() -> None:
    sandbox = Sandbox()
    sandbox.script_outputs({"Booked": True})
    calls = [(await call(sandbox))["id"] for _ in range(2)]
    made = (await ask(sandbox, "POST", "/structured-output", BOOKED))["id"]
    started = await ask(sandbox, "POST", RUN, {"structuredOutputId": made, "callIds": calls})
    assert "2 calls" in started["message"]
    assert "structuredOutputs" not in sandbox.calls[0]["artifact"]
    await sandbox.clock.advance(10)
    found = [each["artifact"]["structuredOutputs"] for each in sandbox.calls]
    assert found == [{made: {"name": "Booked", "result": True}}] * 2


async def test_a_second_output_stands_beside_the_first() -> None:
    sandbox = Sandbox()
    one = (await call(sandbox))["id"]
    ids = [(await ask(sandbox, "POST", "/structured-output", BOOKED | {"name": name}))["id"] for name in "AB"]
    for made in ids:
        await ask(sandbox, "POST", RUN, {"structuredOutputId": made, "callIds": [one]})
        await sandbox.clock.advance(10)
    assert sandbox.calls[0]["artifact"]["structuredOutputs"].keys() == set(ids)


async def test_a_preview_answers_at_once_and_changes_nothing() -> None:
    sandbox = Sandbox()
    sandbox.script_outputs({"Booked": True})
    one = await call(sandbox)
    body = {"structuredOutput": BOOKED, "callIds": [one["id"]], "previewEnabled": True}
    answer = await ask(sandbox, "POST", RUN, body)
    assert list(answer.values()) == [{"name": "Booked", "result": True}]
    body["structuredOutput"] = BOOKED | {"conditions": [{"type": "minMessages", "count": 99}]}
    (skipped,) = (await ask(sandbox, "POST", RUN, body))["skipped"].values()
    assert skipped["name"] == "Booked"
    await sandbox.clock.advance(60)
    assert "structuredOutputs" not in sandbox.calls[0]["artifact"]


async def test_what_is_not_there_is_refused() -> None:
    sandbox = Sandbox()
    one = (await call(sandbox))["id"]
    assert await refused(sandbox, "POST", RUN, {"structuredOutputId": UNKNOWN, "callIds": [one]}) == (
        404, f"Couldn't find structured output {UNKNOWN}.",
    )  # fmt: skip
    status, message = await refused(sandbox, "POST", RUN, {"structuredOutput": BOOKED, "callIds": [UNKNOWN]})
    assert (status, message) == (400, f"Couldn't find call {UNKNOWN}.")


async def test_the_type_at_the_root_changes_only_when_that_is_meant() -> None:
    sandbox = Sandbox()
    path = f"/structured-output/{(await ask(sandbox, 'POST', '/structured-output', BOOKED))['id']}"
    changed = {"schema": {"type": "string"}}
    for query in ({}, {"schemaOverride": "false"}):
        status, message = await refused(sandbox, "PATCH", path, changed, params=query)
        assert status == 400
        assert "schemaOverride=true" in message
    await ask(sandbox, "PATCH", path, {"schema": {"type": "boolean", "description": "d"}})
    found = await ask(sandbox, "PATCH", path, changed, params={"schemaOverride": "true"})
    assert found["schema"] == {"type": "string"}
