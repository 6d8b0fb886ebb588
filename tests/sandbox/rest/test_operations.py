"""Every operation of the contract answers, and as the contract says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codegen.build import build
from codegen.overlay import Overlay
from tests.contract import own_contract
from tests.sandbox.walking import CALL, TOKEN, Walker
from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.rest.contract import ApiContract, load_contract
from vapi_async.sandbox.rest.examples import Examples
from vapi_async.sandbox.rest.request_body import for_validation, read_body

ROOT = Path(__file__).parents[3]
OLDER = sorted((ROOT / "examples" / "contracts").glob("*.json"))
OWN = load_contract()
PROTOCOL = {"GET /call/{id}/" + name for name in ("video-recording", "call-logs", "pcap")} | {
    f"GET /call/{{id}}/{name}-recording" for name in ("mono", "stereo", "customer", "assistant")
}
#: Issues are what monitors find: no request makes one.
ISSUES = {"GET /monitoring/issue/{id}", "PATCH /monitoring/issue/{id}", "POST /monitoring/issue/{id}/analyze"}


async def _problems(
    path: Path | None, table: ApiContract, seed: str | None, skip: frozenset[str] | set[str]
) -> list[str]:
    problems = []
    async with Sandbox(contract=path) as sb:
        walker = Walker(sb.http_client(), table, seed)
        for operation in table.operations.values():
            if operation.key in skip:
                continue
            response = await walker.ask(operation)
            if not response.is_success:
                problems.append(f"{operation.key}: {response.status_code} {response.text[:300]}")
            elif operation.response is not None:
                wrong = table.validate_response(operation, response.status_code, response.json())
                problems += [f"{operation.key}: {each}" for each in wrong]
    return problems


@pytest.mark.parametrize("seed", [None, "a", pytest.param("b", marks=pytest.mark.slow)])
async def test_every_operation_answers_as_its_schema_says(seed: str | None) -> None:
    assert len(OWN.operations) > 100
    assert await _problems(None, OWN, seed, PROTOCOL | ISSUES) == []


@pytest.fixture(params=OLDER, ids=lambda path: path.stem, scope="module")
def older(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of an older document, as far as the sandbox reads it."""
    folder = tmp_path_factory.mktemp("older")
    corrected = build(request.param.read_bytes(), Overlay(), strict=False).corrected
    (folder / "contract.json").write_text(json.dumps(corrected), encoding="utf-8")
    return folder


async def test_older_contracts_are_answered_too(older: Path) -> None:
    assert await _problems(older, load_contract(older), None, PROTOCOL) == []
    assert await _problems(older, load_contract(older), "b", PROTOCOL) == []


async def test_calls_of_older_contracts_live_and_end(older: Path) -> None:
    table = load_contract(older)
    async with Sandbox(contract=older) as sb:
        http = sb.http_client()
        made = (await http.post("/call", json=CALL, headers=TOKEN)).json()
        ended = await sb.run(made["id"])
        assert ended["endedReason"] == "customer-ended-call"
        assert table.validate_response(table.operations["GET /call/{id}"], 200, ended) == []
        made = (await http.post("/call", json=CALL, headers=TOKEN)).json()
        deleted = await http.delete(f"/call/{made['id']}", headers=TOKEN)
        assert table.validate_response(table.operations["DELETE /call/{id}"], 200, deleted.json()) == []
        assert deleted.json()["endedReason"] == "manually-canceled"


async def test_a_form_may_have_several_files_of_one_name() -> None:
    document = {
        "paths": {"/voice": {"post": {"requestBody": _FORM, "responses": {"201": {}}}}},
        "components": {"schemas": {"Form": _SEVERAL}},
    }
    operation = ApiContract(document).operations["POST /voice"]
    body = await read_body(ApiContract(document), operation, b"".join(_PARTS), "multipart/form-data; boundary=x")
    assert [each.filename for each in body["files"]] == ["a", "b"]
    assert for_validation(body) == {"files": ["a", "b"]}


_SEVERAL = {
    "type": "object",
    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
}
_FORM = {"content": {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/Form"}}}}
_PARTS = [
    *(
        b'--x\r\ncontent-disposition: form-data; name="files"; filename="%s"\r\n\r\nhello\r\n' % name
        for name in (b"a", b"b")
    ),
    b"--x--",
]


async def test_files_of_a_call_that_is_under_way_are_not_there_yet() -> None:
    async with Sandbox() as sb:
        walker = Walker(sb.http_client(), OWN)
        for key in PROTOCOL:
            assert (await walker.ask(OWN.operations[key])).status_code == 404


async def test_what_has_no_state_follows_from_the_seed() -> None:
    answers = []
    for seed in (1, 1, 2):
        async with Sandbox(seed=seed) as sb:
            response = await sb.http_client().get("/eval/simulation/concurrency", headers=TOKEN)
            answers.append(response.json())
    assert answers[0] == answers[1] != answers[2]


async def test_ids_follow_from_the_seed() -> None:
    ids = []
    for seed in (1, 1, 2):
        async with Sandbox(seed=seed) as sb, sb.client() as vapi:
            ids.append((await vapi.assistants.create(name="A")).id)
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("seed", [None, "x", pytest.param("y", marks=pytest.mark.slow)])
def test_examples_conform_to_their_schemas(seed: str | None) -> None:
    every = {"type": "object", "properties": {name: {"$ref": f"#/components/schemas/{name}"} for name in OWN.schemas}}
    examples = {name: Examples(OWN, seed).value(schema) for name, schema in OWN.schemas.items()}
    assert own_contract().errors(examples, every) == []


def test_fixed_segments_count_before_parameters() -> None:
    found = OWN.match("GET", "/eval/simulation/concurrency")
    assert found is not None
    assert found[0].key == "GET /eval/simulation/concurrency"
    found = OWN.match("GET", "/eval/simulation/abc")
    assert found is not None
    assert found[0].key == "GET /eval/simulation/{id}"
    assert found[1] == {"id": "abc"}


def test_a_contract_is_read_once() -> None:
    assert load_contract() is load_contract()
    assert load_contract(OWN_PATH) is load_contract(OWN_PATH.parent)


OWN_PATH = ROOT / "vapi_async" / "contract.json"


@pytest.mark.parametrize("path", ["/nowhere/contract.json", ROOT / "pyproject.toml"])
def test_what_is_no_contract_is_said(path: Path) -> None:
    with pytest.raises(ValueError, match="contract"):
        Sandbox(contract=path)
