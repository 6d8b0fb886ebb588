"""Whatever schemathesis thinks of to ask: no answer breaks the contract, and none is a failure of the sandbox.

Each operation is asked with values that fit its schemas and with values that do not, for objects that exist and for
others. A status that the contract does not have for an operation comes with the API's form for errors.
"""

from __future__ import annotations

import json
from functools import cache, partial
from random import Random
from typing import Any

import anyio
import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from tests.contract import own_contract
from tests.sandbox.walking import TOKEN, Walker
from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.rest.contract import OWN as CONTRACT, ContractOperation, load_contract

OWN = load_contract()
MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
#: Bodies of these are so large that schemathesis takes seconds to make one that fits, and minutes one that does not:
#: there it is a fitting one of which a part is replaced.
LARGE = (
    "/analytics", "/assistant", "/call", "/campaign", "/chat", "/eval", "/reporting", "/session", "/squad", "/tool",
    "/v2/campaign",
)  # fmt: skip
SMALL = [key for key, each in OWN.operations.items() if each.body is None or not each.path.startswith(LARGE)]
ANYTHING = st.sampled_from([None, True, -1, 10**30, 1e-9, "", "x", "\x00\ud7ff", [], [None], {}, {"": 1}])


@cache
def schema() -> Any:
    """The contract as schemathesis reads it; of the variants of a union, several may fit a value."""
    return schemathesis.openapi.from_dict(_any_of(json.loads(CONTRACT.read_bytes())))


def _any_of(node: Any) -> Any:
    if isinstance(node, list):
        return [_any_of(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {"anyOf" if key == "oneOf" and isinstance(each, list) else key: _any_of(each) for key, each in node.items()}


async def problems(operation: ContractOperation, case: Any, known: bool) -> list[str]:
    """Ask for one case; with `known`, of an object that exists."""
    async with Sandbox() as sb:
        http = sb.http_client()
        sent = requests.Request(**_kwargs(case)).prepare()
        path = httpx.URL(str(sent.url)).raw_path.decode()
        if known:
            walked = await Walker(http, OWN)._path(operation)
            path = walked + path[len(path.partition("?")[0]) :]
        headers = {key: value for key, value in sent.headers.items() if key.lower() == "content-type"}
        answer = await http.request(operation.method, path, content=sent.body, headers={**headers, **TOKEN})
        return broken(operation, answer)


def _kwargs(case: Any) -> Any:
    kwargs = case.as_transport_kwargs(base_url="https://api.sandbox.vapi.ai")
    return {key: value for key, value in kwargs.items() if key not in ("timeout", "allow_redirects", "verify")}


def broken(operation: ContractOperation, answer: httpx.Response) -> list[str]:
    """How an answer breaks the contract."""
    said = f"{answer.status_code} {answer.text}"
    if answer.status_code >= 500:
        return [said]
    if answer.headers.get("content-type", "").startswith("text/event-stream"):
        events = [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines() if line]
        return [] if events and all(isinstance(event, dict) for event in events) else [said]
    if answer.status_code in operation.responses:
        return own_contract().errors(answer.json(), operation.responses[answer.status_code])
    if answer.is_success or answer.is_redirect:
        return [] if answer.status_code == operation.status else [said]
    error = answer.json()
    in_form = {"message", "error", "statusCode"} <= error.keys() and error["statusCode"] == answer.status_code
    return [] if in_form else [said]


def spoilt(value: Any, anything: Any, random: Random) -> Any:
    """Replace one part of a JSON value, wherever it is."""
    if not isinstance(value, dict | list) or not value or random.random() < 0.2:
        return anything
    if isinstance(value, list):
        place = random.randrange(len(value))
        return [*value[:place], spoilt(value[place], anything, random), *value[place + 1 :]]
    name = random.choice(sorted(value))
    return {**value, name: spoilt(value[name], anything, random)}


def check(key: str, count: int) -> None:
    """Ask for an operation so many times."""
    operation = OWN.operations[key]
    api = schema()[operation.path][operation.method]
    modes = MODES if key in SMALL else MODES[:1]
    cases = st.one_of(*(api.as_strategy(generation_mode=mode) for mode in modes))

    @settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(cases, st.booleans(), st.none() if key in SMALL else st.none() | st.randoms(), ANYTHING)
    def ask(case: Any, known: bool, random: Random | None, anything: Any) -> None:
        if random is not None and case.body:
            case.body = spoilt(case.body, anything, random)
        assert anyio.run(partial(problems, operation, case, known)) == []

    ask()


@pytest.mark.parametrize("key", SMALL[::3])
def test_no_answer_breaks_the_contract(key: str) -> None:
    check(key, 3)


@pytest.mark.slow
@pytest.mark.parametrize("key", OWN.operations)
def test_no_answer_of_many_breaks_the_contract(key: str) -> None:
    check(key, 25)
