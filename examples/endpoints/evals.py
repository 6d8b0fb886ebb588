"""Evals: conversations played against an assistant, each with what its answers are judged by.

python -m examples.endpoints.evals          offline
python -m examples.endpoints.evals --live   needs VAPI_API_KEY
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from examples.kit import Settings, run, until

if TYPE_CHECKING:
    from vapi_async import AsyncVapi

PLAN = """\
This creates an assistant and an eval of two turns, runs it once, which costs model usage, and deletes all of it."""

PROMPT = "You are the receptionist of a dentist. The practice is open from Monday to Friday, 8 to 17."
JUDGE = "Read {{messages}}. Answer pass if the last answer says that it is open from 8 to 17, else fail."
CONVERSATION = [
    {"role": "user", "content": "Are you open on Saturdays?"},
    {"role": "assistant", "judgePlan": {"type": "regex", "content": "(?i).*(no|not|closed).*"}},
    {"role": "user", "content": "And what are your hours on Mondays?"},
    {
        "role": "assistant",
        "judgePlan": {
            "type": "ai",
            "model": {"provider": "openai", "model": "gpt-4o", "messages": [{"role": "system", "content": JUDGE}]},
        },
    },
]


async def evals(vapi: AsyncVapi, settings: Settings) -> None:
    """Create an eval, run it against an assistant, and wait for the verdict."""
    async with AsyncExitStack() as cleanup:  # what is made first is deleted last
        assistant = await vapi.assistants.create(
            name="Reception",
            model={"provider": "openai", "model": "gpt-4o", "messages": [{"role": "system", "content": PROMPT}]},
        )
        cleanup.push_async_callback(vapi.assistants.delete, assistant.id)
        case = await vapi.evals.create(
            {"name": "Opening hours", "type": "chat.mockConversation", "messages": CONVERSATION}
        )
        cleanup.push_async_callback(vapi.evals.delete, case.id)
        print(f"eval     {case.id}  {case.name}, {len(case.messages)} messages")

        started = await vapi.evals.run(
            eval_id=case.id, type="eval", target={"type": "assistant", "assistantId": assistant.id}
        )
        run_id = _run_id(started)
        cleanup.push_async_callback(vapi.eval_runs.delete, run_id)
        ended = await until(vapi, lambda: vapi.eval_runs.get(run_id), lambda run: run.status == "ended")
        print(f"run      {ended.id}  {ended.ended_reason}")
        for number, result in enumerate(ended.results, 1):
            print(f"result   {number}: {result.status}")

        runs = await vapi.eval_runs.list(limit=5)
        print(f"runs     {', '.join(str(run.status) for run in runs)}")
    print("deleted  all of it")


def _run_id(started: dict[str, str]) -> str:
    """The contract leaves open what starting a run answers: with an id, or with that of an eval run."""
    return started.get("evalRunId") or started["id"]


if __name__ == "__main__":
    run(evals, plan=PLAN)
