"""Test suites and their cases, as the API had them until 2025: `/test-suite`, with tests and runs.

    python -m examples.endpoints.suites_2025          offline
    python -m examples.endpoints.suites_2025 --live   needs VAPI_API_KEY, VAPI_ASSISTANT_ID

Today's contract has evals and simulations in their place (evals.py, simulations.py). This one works with a package that
is generated from the contract of 2025-08-22 (examples/older.py), which takes a checkout of the repository.
"""

from __future__ import annotations

from typing import Any

from examples.kit import Settings, run
from examples.older import generated

PLAN = """\
This creates a test suite with one test for assistant {VAPI_ASSISTANT_ID}, runs it, which costs model usage, and deletes
it again. The API dropped these operations from its contract: it may answer 404."""
SETTINGS = {"VAPI_ASSISTANT_ID": "22222222-3333-4444-8555-666666666666"}


async def suites(vapi: Any, settings: Settings) -> None:
    """Take a test suite through its life; `vapi` is the generated package's client."""
    suite = await vapi.test_suites.create(name="Reception", target_plan={"assistantId": settings["VAPI_ASSISTANT_ID"]})
    print(f"suite    {suite.id}  {suite.name}")
    try:
        test = await vapi.test_suite_tests.create(
            suite.id,
            {
                "type": "chat",
                "name": "Opening hours",
                "script": "Ask when the practice is open on Saturdays.",
                "scorers": [{"type": "ai", "rubric": "The assistant says that it is closed on Saturdays."}],
                "numAttempts": 1,
            },
        )
        print(f"test     {test.id}  {test.name}: {test.script}")

        tests = await vapi.test_suite_tests.list(suite.id)
        print(f"tests    {len(tests)} in the suite")

        started = await vapi.test_suites.run(suite.id, name="First run")
        result = await vapi.test_suite_runs.get(suite.id, started.id)
        print(f"run      {result.id}  {result.status}")
    finally:
        await vapi.test_suites.delete(suite.id)
        print(f"deleted  {suite.id}")


if __name__ == "__main__":
    with generated("2025-08-22") as package:
        run(suites, plan=PLAN, settings=SETTINGS, client=package.AsyncVapi, contract=package.__path__[0])
