"""Evals: a conversation that is written down, and judges."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import ask
from tests.sandbox.walking import UNKNOWN
from vapi_async.sandbox import Sandbox

TARGET = {"type": "assistant", "assistantId": UNKNOWN}
AI = {
    "type": "ai",
    "model": {"provider": "openai", "model": "gpt-4o", "messages": [{"role": "system", "content": "Judge."}]},
}


def judged(*plans: Any) -> dict[str, Any]:
    messages: list[Any] = []
    for plan in plans:
        messages += [{"role": "user", "content": "Well?"}, {"role": "assistant", "judgePlan": plan}]
    return {"type": "chat.mockConversation", "messages": messages}


def exact(content: str) -> dict[str, str]:
    return {"type": "exact", "content": content}


async def run(sandbox: Sandbox, *plans: Any) -> Any:
    stored = (await ask(sandbox, "POST", "/eval", judged(*plans)))["id"]
    await ask(sandbox, "POST", "/eval/run", {"type": "eval", "evalId": stored, "target": TARGET})
    await sandbox.clock.advance(60)
    (found,) = sandbox.objects("/eval/run")
    return found["results"][0]


@pytest.mark.parametrize(
    ("plans", "said", "status"),
    [
        ([exact("Booked.")], ["BOOKED."], "pass"),
        ([exact("Booked.")], ["Booked"], "fail"),
        ([{"type": "regex", "content": r"\d{2}:\d{2}"}], ["At 14:00."], "pass"),
        ([{"type": "regex", "content": r"\d{2}:\d{2}"}], ["At two."], "fail"),
        ([{"type": "regex", "content": "("}], ["At two."], "fail"),
        ([AI], ["Anything."], "pass"),
        ([exact("A"), exact("B")], ["a", "b"], "pass"),
        ([exact("A"), exact("B")], ["a", "c"], "fail"),
        ([exact("A"), exact("B")], ["a"], "fail"),
    ],
)
async def test_all_judges_must_be_content(plans: list[Any], said: list[str], status: str) -> None:
    sandbox = Sandbox()
    sandbox.script_runs(said)
    result = await run(sandbox, *plans)
    assert result["status"] == status
    answers = [each for each in result["messages"] if each["role"] == "assistant"]
    assert [each["content"] for each in answers][: len(said)] == said
    verdicts = [each["judge"]["status"] for each in answers]
    assert ("fail" in verdicts) == (status == "fail")


@pytest.mark.parametrize(("scripted", "status"), [((), "pass"), ((True,), "pass"), ((False,), "fail")])
async def test_a_run_may_be_said_to_pass_or_fail(scripted: tuple[bool, ...], status: str) -> None:
    sandbox = Sandbox()
    sandbox.script_runs(*scripted)
    assert (await run(sandbox, exact("A")))["status"] == status


async def test_a_run_that_goes_on_has_no_end_yet() -> None:
    sandbox = Sandbox()
    await ask(sandbox, "POST", "/eval/run", {"type": "eval", "eval": judged(), "target": TARGET})
    (running,) = (await ask(sandbox, "GET", "/eval/run"))["results"]
    assert running["status"] == "running"
    assert not {"endedReason", "endedAt", "results"} & running.keys()


def test_an_outcome_is_a_bool_or_texts() -> None:
    with pytest.raises(ValueError, match="an outcome is True, False or"):
        Sandbox().script_runs("pass")
