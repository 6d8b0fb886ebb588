"""Which versions of an assistant take its calls."""

from __future__ import annotations

from tests.sandbox.asking import answer, ask, call, refused
from tests.sandbox.calls.test_versions import two_versions
from tests.sandbox.walking import UNKNOWN
from vapi_async.sandbox import Sandbox

PATH = "/traffic-allocations"


def split(first: int, second: int) -> dict[str, object]:
    shares = zip(("v1", "v2"), (first, second), strict=True)
    return {
        "allocationIntent": "explicit",
        "targets": [{"assistantVersion": version, "percentage": share} for version, share in shares],
    }


async def test_calls_go_to_versions_by_their_share() -> None:
    sandbox = Sandbox(seed=1)
    made = await two_versions(sandbox)
    for shares, expected in (((100, 0), {"v1"}), ((0, 100), {"v2"}), ((50, 50), {"v1", "v2"})):
        await ask(sandbox, "POST", PATH, {"assistantId": made, **split(*shares)})
        assert {(await call(sandbox, assistantId=made))["assistantVersion"] for _ in range(12)} == expected
    await ask(sandbox, "POST", PATH, {"assistantId": made, "allocationIntent": "follow-latest"})
    assert "assistantVersion" not in await call(sandbox, assistantId=made)


async def test_the_latest_of_an_assistant() -> None:
    sandbox = Sandbox()
    made = await two_versions(sandbox)
    query = {"params": {"assistantId": made}}
    assert await ask(sandbox, "GET", f"{PATH}/latest", **query) == {}
    stored = await ask(sandbox, "POST", PATH, {"assistantId": made, **split(30, 70)})
    assert [each["position"] for each in stored["targets"]] == [0, 1]
    assert (await ask(sandbox, "GET", f"{PATH}/latest", **query))["allocation"] == stored
    assert (await ask(sandbox, "GET", PATH, **query))["results"] == [stored]


async def test_what_is_refused() -> None:
    sandbox = Sandbox()
    made = await two_versions(sandbox)
    assert (await refused(sandbox, "POST", PATH, {"assistantId": UNKNOWN, **split(50, 50)}))[0] == 404
    for body, message in (
        (split(50, 20), "must sum to 100"),
        ({"allocationIntent": "explicit"}, "targets are given with allocationIntent explicit"),
        (split(50, 50) | {"allocationIntent": "follow-latest"}, "targets are given with allocationIntent explicit"),
        ({"allocationIntent": "explicit", "targets": [{"assistantVersion": "v9", "percentage": 100}]}, "version v9"),
    ):
        status, found = await refused(sandbox, "POST", PATH, {"assistantId": made, **body})
        assert (status, message in found) == (400, True), found


async def test_an_allocation_that_has_changed_since_is_a_conflict() -> None:
    sandbox = Sandbox()
    made = await two_versions(sandbox)
    first = await ask(sandbox, "POST", PATH, {"assistantId": made, **split(50, 50)})
    expecting = {"assistantId": made, "expectedCurrentAllocationId": first["id"], **split(10, 90)}
    second = await ask(sandbox, "POST", PATH, expecting)
    conflict = await answer(sandbox, "POST", PATH, expecting)
    assert (conflict.status_code, conflict.json()["error"]) == (409, "stale_allocation")
    assert conflict.json()["currentAllocationId"] == second["id"]
