"""What goes on by itself goes on after a restart, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.sandbox.asking import ask
from tests.sandbox.evaluation.test_runs import RUN, simulate
from tests.sandbox.test_knowledge_bases import attached
from tests.sandbox.walking import UNKNOWN
from vapi_async.sandbox import Sandbox


async def begun(sandbox: Sandbox) -> None:
    number = {"provider": "twilio", "number": "+14155550199", "twilioAccountSid": "AC1"}
    body: dict[str, Any] = {
        "name": "C",
        "assistantId": sandbox.add("/assistant", {"name": "A"})["id"],
        "phoneNumberId": sandbox.add("/phone-number", number)["id"],
        "customers": [{"number": "+14155550101"}, {"number": "+14155550102"}],
        "maxConcurrency": 1,
    }
    await ask(sandbox, "POST", "/campaign", body)
    await simulate(sandbox)
    target = {"type": "assistant", "assistantId": UNKNOWN}
    await ask(sandbox, "POST", "/eval/run", {"type": "eval", "evalId": UNKNOWN, "target": target})
    await attached(sandbox)


async def test_an_hour_later_nothing_waits(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    async with Sandbox(persist=file) as sandbox:
        await begun(sandbox)
        await sandbox.clock.advance(2)
        (campaign,) = sandbox.objects("/campaign")
        assert campaign["status"] == "in-progress"
    async with Sandbox(persist=file) as sandbox:
        await sandbox.clock.advance(3600)
        states = [each["status"] for path in ("/campaign", RUN, "/eval/run") for each in sandbox.objects(path)]
        assert states == ["ended"] * 3
        (base,) = sandbox.objects("/v2/knowledge-base")
        assert [each["status"] for each in base["files"]] == ["ready"]
        (campaign,) = sandbox.objects("/campaign")
        contacts = await ask(sandbox, "GET", f"/v2/campaign/{campaign['id']}/contacts")
        assert {each["status"] for each in contacts["results"]} <= {"contact.completed", "contact.failed"}
