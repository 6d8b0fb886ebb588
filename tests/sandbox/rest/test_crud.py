"""Stored objects: create, read, patch, delete and list agree with a model in any order; and what comes with them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from tests.sandbox.walking import TOKEN
from vapi_async import NotFoundError
from vapi_async.sandbox import Sandbox

NAMES = st.sampled_from(["A", "B", "C"])
MODELS = st.sampled_from(
    [{"provider": "openai", "model": "gpt-4o", "temperature": 1}, {"provider": "openai", "model": "gpt-4"}]
)
BODIES = st.fixed_dictionaries({}, optional={"name": NAMES, "model": MODELS, "metadata": st.just({"a": {"b": 1}})})
CHANGES = st.fixed_dictionaries(
    {}, optional={"name": NAMES | st.none(), "model": MODELS, "metadata": st.just({"c": 2}) | st.none()}
)


class Assistants(RuleBasedStateMachine):
    """The model is a dict of what was stored."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = Sandbox()
        self.model: dict[str, dict[str, Any]] = {}

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            return await self.sandbox.http_client().request(method, path, headers=TOKEN, **more)

        return anyio.run(send)

    @rule(target=ids, body=BODIES)
    def create(self, body: dict[str, Any]) -> Any:
        made = self.ask("POST", "/assistant", json=body).json()
        assert made.items() >= body.items()
        assert made["createdAt"] == made["updatedAt"]
        self.model[made["id"]] = made
        return made["id"]

    @rule(id=ids, changes=CHANGES)
    def patch(self, id: str, changes: dict[str, Any]) -> None:  # noqa: A002
        answer = self.ask("PATCH", f"/assistant/{id}", json=changes).json()
        old = self.model[id]
        expected = {key: value for key, value in {**old, **changes}.items() if value is not None}
        assert answer == expected | {"updatedAt": answer["updatedAt"]}
        assert answer["updatedAt"] > old["updatedAt"]
        self.model[id] = answer

    @rule(target=ids, id=consumes(ids))
    def delete(self, id: str) -> Any:  # noqa: A002
        assert self.ask("DELETE", f"/assistant/{id}").json() == self.model.pop(id)
        for method, body in (("GET", {}), ("PATCH", {"json": {}}), ("DELETE", {})):
            assert self.ask(method, f"/assistant/{id}", **body).status_code == 404
        return multiple()

    @rule(id=ids)
    def read(self, id: str) -> None:  # noqa: A002
        assert self.ask("GET", f"/assistant/{id}").json() == self.model[id]

    @invariant()
    def lists_all(self) -> None:
        listed = self.ask("GET", "/assistant", params={"limit": 1000}).json()
        assert listed == sorted(self.model.values(), key=lambda each: each["createdAt"], reverse=True)


Assistants.TestCase.settings = settings(
    max_examples=8, stateful_step_count=12, deadline=None, derandomize=True, database=None
)
TestAssistants = Assistants.TestCase


async def test_two_sandboxes_share_nothing() -> None:
    async with Sandbox() as one, Sandbox() as other:
        made = await one.client().assistants.create(name="A")
        one.fail("GET *", times=None)
        with pytest.raises(NotFoundError):
            await other.client().assistants.get(made.id)
        assert (len(one.requests), len(other.requests)) == (1, 1)
        assert one.objects("/assistant")
        assert not other.objects("/assistant")


async def test_ids_and_times_of_a_body_do_not_count() -> None:
    async with Sandbox(unknown="accept") as sb:
        body = {"name": "A", "id": "mine", "createdAt": "2020-01-01T00:00:00.000Z"}
        response = await sb.http_client().post("/assistant", json=body, headers=TOKEN)
        assert response.json()["id"] != "mine"
        assert response.json()["createdAt"].startswith("2026-01-01")


async def test_what_is_below_an_object_goes_with_it() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        base = await vapi.v2.knowledge_bases.create(name="Prices")
        file = await vapi.files.create(file=("prices.txt", b"1 euro", "text/plain"), purpose="knowledge-base-v2")
        http = sb.http_client()
        path = f"/v2/knowledge-base/{base.id}/file"
        attached = (await http.post(path, json={"fileId": file.id}, headers=TOKEN)).json()
        assert attached["status"] == "indexing"
        assert (attached["fileName"], attached["bytes"]) == ("prices.txt", 6)
        assert (await http.get(f"/v2/knowledge-base/{base.id}", headers=TOKEN)).json()["files"] == [attached]
        assert (await http.get(path, headers=TOKEN)).json() == [attached]
        await http.delete(f"{path}/{file.id}", headers=TOKEN)
        assert (await http.get(f"/v2/knowledge-base/{base.id}", headers=TOKEN)).json()["files"] == []
        await http.delete(f"/v2/knowledge-base/{base.id}", headers=TOKEN)
        assert (await http.get(path, headers=TOKEN)).status_code == 404


async def test_a_file_that_is_unknown_cannot_be_attached() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        base = await vapi.v2.knowledge_bases.create(name="Prices")
        path = f"/v2/knowledge-base/{base.id}/file"
        assert (await sb.http_client().post(path, json={"fileId": "x"}, headers=TOKEN)).status_code == 404


async def test_files_are_kept() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        file = await vapi.files.create(file=("a b.txt", b"hello", "text/plain"), purpose="assistant")
        assert (file.name, file.bytes_, file.mimetype, file.status) == ("a b.txt", 5, "text/plain", "done")
        assert (await sb.http_client().get(str(file.url))).content == b"hello"
        assert [each.id async for each in vapi.files.list(purpose="assistant")] == [file.id]
        assert [each.id async for each in vapi.files.list(purpose="knowledge-base-v2")] == []
        renamed = await vapi.files.update(file.id, name="c")
        assert (renamed.name, renamed.original_name) == ("c", "a b.txt")


async def test_a_campaign_has_its_customers_as_contacts() -> None:
    async with Sandbox() as sb:
        http = sb.http_client()
        body = {
            "name": "C",
            "phoneNumberId": "p",
            "customers": [{"number": "+14155550101", "name": "A"}, {"number": "+14155550102"}],
        }
        made = (await http.post("/v2/campaign", json=body, headers=TOKEN)).json()
        contacts = (await http.get(f"/v2/campaign/{made['id']}/contacts", headers=TOKEN)).json()
        assert [contact["number"] for contact in contacts["results"]] == ["+14155550101", "+14155550102"]
        assert contacts["metadata"]["itemsPerPage"] == 50


RUN = {
    "simulations": [{"type": "simulation", "simulationId": "11111111-2222-4333-8444-555555555555"}],
    "target": {"type": "assistant", "assistantId": "11111111-2222-4333-8444-555555555555"},
}


async def test_a_simulation_run_is_cancelled_with_its_items() -> None:
    async with Sandbox() as sb:
        http = sb.http_client()
        run = (await http.post("/eval/simulation/run", json=RUN, headers=TOKEN)).json()
        path = f"/eval/simulation/run/{run['id']}"
        items = (await http.get(f"{path}/item", headers=TOKEN)).json()
        assert [item["id"] for item in items] == run["simulationRunItemIds"]
        assert (await http.patch(path, headers=TOKEN)).json()["status"] == "ended"
        assert (await http.get(f"{path}/item/{items[0]['id']}", headers=TOKEN)).json()["status"] == "canceled"


async def test_without_credits_nothing_runs() -> None:
    async with Sandbox() as sb:
        sb.out_of_credits = True
        response = await sb.http_client().post("/eval/simulation/run", json=RUN, headers=TOKEN)
        assert response.status_code == 402
        assert response.json()["reason"] == "insufficient_credits"


@pytest.mark.parametrize("kind", ["assistant", "tool"])
async def test_what_is_pinned_is_not_deleted(kind: str) -> None:
    async with Sandbox() as sb:
        http = sb.http_client()
        made = sb.add(f"/{kind}", {"type": "endCall"})
        sb.pin(made["id"])
        response = await http.delete(f"/{kind}/{made['id']}", headers=TOKEN)
        assert response.status_code == 409
        assert response.json()["error"] == f"{kind}_pinned"
        assert (await http.get(f"/{kind}/{made['id']}", headers=TOKEN)).status_code == 200


async def test_a_tool_that_an_assistant_refers_to_by_version_is_pinned() -> None:
    async with Sandbox() as sb:
        tool = sb.add("/tool", {"type": "endCall"})
        user = sb.add("/assistant", {"model": {"toolRefs": [{"toolId": tool["id"], "version": "v1"}]}})
        http = sb.http_client()
        assert (await http.delete(f"/tool/{tool['id']}", headers=TOKEN)).status_code == 409
        await http.delete(f"/assistant/{user['id']}", headers=TOKEN)
        assert (await http.delete(f"/tool/{tool['id']}", headers=TOKEN)).status_code == 200


async def test_the_metadata_of_a_file_is_json_in_its_form() -> None:
    async with Sandbox() as sb:
        http = sb.http_client()
        form = {"files": {"file": b"hello"}, "headers": TOKEN}
        made = await http.post("/file", data={"metadata": '{"a": 1}'}, **form)
        assert made.json()["metadata"] == {"a": 1}
        for wrong in ("{", "[]"):
            refused = await http.post("/file", data={"metadata": wrong}, **form)
            assert refused.json()["message"] == ["metadata must be a json string"]


async def test_the_clock_starts_where_it_is_told_to() -> None:
    start = datetime(2030, 5, 1, tzinfo=UTC)
    sandbox = Sandbox(start=start)
    await sandbox.client().assistants.create(name="a")
    (made,) = sandbox.objects("/assistant")
    assert made["createdAt"] == "2030-05-01T00:00:00.001Z"


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="start has no time zone"):
        Sandbox(start=datetime(2030, 5, 1))  # noqa: DTZ001
