"""`wait` of runs, campaigns and files of knowledge bases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.http.stub import Stub
from vapi_async import AsyncVapi, WaitError, WaitTimeout
from vapi_async.sandbox import Sandbox

UNKNOWN = "11111111-2222-4333-8444-555555555555"
TARGET = {"type": "assistant", "assistantId": UNKNOWN}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def vapi(sandbox: Sandbox) -> AsyncVapi:
    return sandbox.client()


async def campaign(vapi: AsyncVapi) -> Any:
    phone = await vapi.phone_numbers.create({"provider": "vapi"})
    assistant = await vapi.assistants.create(name="A")
    return await vapi.v2.campaigns.create(
        name="C", phone_number_id=phone.id, assistant_id=assistant.id, customers=[{"number": "+14155550123"}]
    )


async def test_a_simulation_run_ends(vapi: AsyncVapi) -> None:
    simulations = [{"type": "simulation", "simulationId": UNKNOWN}]
    started = await vapi.simulations.run(simulations=simulations, target=TARGET)  # type: ignore[arg-type]
    assert (await vapi.simulation_runs.wait(started, "running")).status == "running"
    assert (await vapi.simulation_runs.wait(started.id)).status == "ended"


async def test_an_eval_run_ends(vapi: AsyncVapi, sandbox: Sandbox) -> None:
    await vapi.evals.run(type="eval", eval_id=UNKNOWN, target=TARGET)  # type: ignore[arg-type]
    (started,) = sandbox.objects("/eval/run")
    ended = await vapi.eval_runs.wait(started["id"])
    assert (ended.status, ended.ended_reason) == ("ended", "mockConversation.done")


async def test_a_campaign_ends_in_both_versions(vapi: AsyncVapi) -> None:
    made = await campaign(vapi)
    assert (await vapi.campaigns.wait(made)).ended_reason == "campaign.ended.success"
    assert (await vapi.v2.campaigns.wait(made.id)).status == "ended"


async def test_what_was_stopped_will_not_end(vapi: AsyncVapi) -> None:
    made = await campaign(vapi)
    await vapi.v2.campaigns.update(made.id, status="cancelled")
    with pytest.raises(WaitError, match=f"campaign {made.id}: status ended cannot be reached") as caught:
        await vapi.v2.campaigns.wait(made)
    assert caught.value.last.status == "cancelled"


@pytest.mark.parametrize("ready", [True, False])
async def test_a_file_of_a_knowledge_base(vapi: AsyncVapi, sandbox: Sandbox, ready: bool) -> None:
    sandbox.script_files(ready)
    file = await vapi.files.create(file=("a.txt", b"hello"))
    base = await vapi.v2.knowledge_bases.create(name="K")
    await vapi.v2.knowledge_base_files.attach(base.id, file_id=file.id)
    if ready:
        assert (await vapi.v2.knowledge_base_files.wait(base.id, file.id)).status == "ready"
        return
    with pytest.raises(WaitError, match="the status was failed") as caught:
        await vapi.v2.knowledge_base_files.wait(base.id, file.id)
    assert caught.value.last.file_id == file.id
    assert (await vapi.v2.knowledge_base_files.wait(base.id, file.id, ("ready", "failed"))).status == "failed"


async def test_a_file_that_is_not_there(vapi: AsyncVapi) -> None:
    base = await vapi.v2.knowledge_bases.create(name="K")
    with pytest.raises(WaitError, match=f"file {UNKNOWN} is not in the knowledge base {base.id}"):
        await vapi.v2.knowledge_base_files.wait(base.id, UNKNOWN)


async def test_time_is_up(vapi: AsyncVapi) -> None:
    made = await campaign(vapi)
    with pytest.raises(WaitTimeout) as caught:
        await vapi.campaigns.wait(made, timeout=1)
    assert caught.value.last.id == made.id


async def test_misspelt_and_missing_things_are_said_before_anything_is_asked() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(ValueError, match="did you mean 'cancelled'"):
            await vapi.campaigns.wait("c", "canceled")
        with pytest.raises(ValueError, match="did you mean 'failed'"):
            await vapi.v2.knowledge_base_files.wait("k", "f", "faild")
        with pytest.raises(TypeError, match="id must be that of a simulation run"):
            await vapi.simulation_runs.wait(None)
    assert stub.requests == []
