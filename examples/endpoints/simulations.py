"""Simulations: a caller with a personality plays a scenario against an assistant; a suite is several of them.

python -m examples.endpoints.simulations          offline
python -m examples.endpoints.simulations --live   needs VAPI_API_KEY
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from examples.kit import Settings, run, until

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async.sandbox import Sandbox

PLAN = """\
This creates an assistant, a personality, a scenario, a simulation and a suite, runs the suite once as a chat, which
costs model usage, and deletes all of them."""

GPT = {"provider": "openai", "model": "gpt-4o"}
BOOKED = {
    "structuredOutput": {
        "name": "Booked",
        "schema": {"type": "boolean", "description": "Whether an appointment was booked"},
    },
    "comparator": "=",
    "value": True,
}


async def simulations(vapi: AsyncVapi, settings: Settings) -> None:
    """Create a suite of one case, run it, and wait for the verdict."""
    async with AsyncExitStack() as cleanup:  # what is made first is deleted last
        assistant = await vapi.assistants.create(name="Reception", model=GPT)
        cleanup.push_async_callback(vapi.assistants.delete, assistant.id)
        hurried = await vapi.simulation_personalities.create(
            name="In a hurry", assistant={"name": "Caller", "model": GPT}
        )
        cleanup.push_async_callback(vapi.simulation_personalities.delete, hurried.id)
        booking = await vapi.simulation_scenarios.create(
            name="Books a cleaning",
            instructions="Ask for a cleaning on Friday morning, and take the first time that is offered.",
            evaluations=[BOOKED],
        )
        cleanup.push_async_callback(vapi.simulation_scenarios.delete, booking.id)
        case = await vapi.simulations.create(
            name="Booking in a hurry", scenario_id=booking.id, personality_id=hurried.id
        )
        cleanup.push_async_callback(vapi.simulations.delete, case.id)
        suite = await vapi.simulation_suites.create(name="Reception", simulation_ids=[case.id])
        cleanup.push_async_callback(vapi.simulation_suites.delete, suite.id)
        print(f"suite    {suite.id}  {suite.name}: {case.name}")

        await play(vapi, suite.id, assistant.id)
    print("deleted  all of it")


async def play(vapi: AsyncVapi, suite_id: str, assistant_id: str) -> None:
    """Run a suite against an assistant, as a chat."""
    free = await vapi.simulations.get_concurrency()
    print(f"room     for {free.available_to_start:g} at once")
    started = await vapi.simulations.run(
        simulations=[{"type": "simulationSuite", "simulationSuiteId": suite_id}],
        target={"type": "assistant", "assistantId": assistant_id},
        transport={"provider": "vapi.webchat"},
    )
    ended = await until(vapi, lambda: vapi.simulation_runs.get(started.id), lambda run: run.status == "ended")
    print(f"run      {ended.id}  {ended.status}")
    async for item in vapi.simulation_run_items.list(ended.id):
        print(f"item     {item.id}  {item.status}")


def offline_verdict(sandbox: Sandbox) -> None:
    """Let runs end after some seconds; the sandbox has no model that would play and judge."""

    async def end() -> None:
        for started in sandbox.objects("/eval/simulation/run"):
            sandbox.add("/eval/simulation/run", {**started, "status": "ended"})
            items = f"/eval/simulation/run/{started['id']}/item"
            for item in sandbox.objects(items):
                sandbox.add(items, {**item, "status": "passed"})

    sandbox.clock.after(5, end)


if __name__ == "__main__":
    run(simulations, plan=PLAN, prepare=offline_verdict)
