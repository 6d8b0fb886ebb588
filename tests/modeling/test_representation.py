"""The repr of a model is short and shows no secret."""

from __future__ import annotations

import io
import logging
import pprint
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console
from rich.pretty import pretty_repr
from rich.traceback import Traceback

from tests.modeling.sample.models import Batch, Empty, Hook, Node, Ring
from tests.modeling.sample.models.unknown import Unknown
from vapi_async._modeling.representation import SECRET_FIELDS

SECRET = "hush-hush"


def a_hook(**more: Any) -> Hook:
    return Hook(kind="web", url="u", **more)


def test_shows_the_fields_that_are_set() -> None:
    ring = Ring(id="a", started_at=datetime(2026, 1, 31, tzinfo=UTC), ended_at=None, additional_properties={"b": 1})
    expected = "Ring(id='a', started_at=2026-01-31 00:00:00+00:00, ended_at=None, additional_properties={'b': 1})"
    assert repr(ring) == expected
    assert repr(Empty()) == "Empty()"


@pytest.mark.parametrize(
    "holder",
    [
        a_hook(secret=SECRET, auth_token=SECRET),
        a_hook(additional_properties={"apiKey": SECRET, "password": SECRET}),
        Batch(results=[], errors=[{"secretKey": SECRET}]),
        Batch(results=[], errors=[{"a": {"token": [SECRET]}}]),
        Ring.from_dict({"hook": {"secret": SECRET}, "answer": {"results": [], "privateKey": SECRET}}),
        Ring.from_dict({"lines": [{"authToken": SECRET}], "guess": {"apiKey": {"deep": SECRET}}}),
        Unknown({"token": SECRET, "inner": {"clientSecret": SECRET}}),
        a_hook(headers={"Authorization": SECRET}),
    ],
)
def test_secrets_are_masked_at_any_depth(holder: Any) -> None:
    assert SECRET not in repr(holder)
    assert SECRET not in f"{[holder]}"
    assert SECRET in str(holder.to_dict())


def test_a_secret_is_known_by_its_exact_name() -> None:
    shown = a_hook(secret=None, prompt_tokens=5, additional_properties={"secretary": "s", "tokens": "t", "Secret": "u"})
    assert repr(shown) == (
        "Hook(kind='web', url='u', secret=None, prompt_tokens=5, "
        "additional_properties={'secretary': 's', 'tokens': 't', 'Secret': 'u'})"
    )
    assert "***" in repr(a_hook(secret=""))


def test_the_list_holds_secrets_and_not_their_neighbours() -> None:
    assert {"apiKey", "secret", "token", "password", "privateKey", "clientSecret", "authToken"} <= SECRET_FIELDS
    assert {"twilioAuthToken", "secretKey", "awsSecretAccessKey", "hmacSecret"} <= SECRET_FIELDS
    neighbours = {"promptTokens", "publicKey", "credentialId", "keypadInputPlan", "tokenUri", "privateKeyId", "key"}
    assert not neighbours & SECRET_FIELDS


@pytest.mark.parametrize(
    "model",
    [
        a_hook(headers={f"header-{i}": "v" * 1000 for i in range(1000)}),
        Batch(results=[], errors=[{"text": "x" * 1000}] * 1000),
        Node(children=[Node(children=[Node(children=[Node()] * 50)] * 50)] * 50),
        Unknown({f"key{i}": ["x" * 1000] * 1000 for i in range(1000)}),
    ],
    ids=lambda model: type(model).__name__,
)
def test_is_short(model: Any) -> None:
    assert len(repr(model)) < 1000


def test_says_what_it_leaves_out() -> None:
    assert repr(Batch(results=[], errors=[{}] * 5)) == "Batch(results=[], errors=[{}, {}, {}, ... 2 more])"
    nested = Node(children=[Node(children=[Node(value=1)])])
    assert repr(nested) == "Node(children=[Node(...)])"


def test_of_a_model_that_contains_itself() -> None:
    node = Node()
    node.inner = node
    assert repr(node) == "Node(inner=Node(inner=Node(...)))"


@pytest.mark.parametrize("name", ["presignedMonoUrl", "systemKey", "pem", "websocketCallUrl"])
def test_more_secrets(name: str) -> None:
    assert SECRET not in repr(a_hook(additional_properties={name: SECRET}))


def test_of_header_fields_only_the_names_are_shown() -> None:
    hook = a_hook(headers={"x-key": SECRET, "x-other": None})
    assert "headers={'x-key': '***', 'x-other': '***'}" in repr(hook)
    assert SECRET not in repr(Unknown({"server": {"headers": {"x-key": SECRET}}}))
    assert "headers=None" in repr(a_hook(headers=None))


@pytest.mark.parametrize(
    "holder",
    [
        a_hook(secret=SECRET, auth_token=SECRET, headers={"X-Vapi-Secret": SECRET}),
        Ring.from_dict({"hook": {"secret": SECRET}, "monitor": {"controlUrl": SECRET}}),
        Unknown({"token": SECRET, "listenUrl": SECRET}),
    ],
    ids=lambda holder: type(holder).__name__,
)
def test_no_representation_shows_a_secret(holder: Any, caplog: pytest.LogCaptureFixture) -> None:
    console = Console(file=io.StringIO(), width=200)
    console.print(holder, [holder], {"key": holder})
    console.print(Traceback(extract_with_locals(holder)))
    logging.getLogger("somebody").warning("%r %s", holder, holder)
    shown = [
        repr(holder),
        str(holder),
        pprint.pformat(holder),
        pretty_repr(holder),
        console.file.getvalue(),
        caplog.text,
    ]
    for text in shown:
        assert type(holder).__name__ in text
        assert SECRET not in text
    assert pretty_repr(holder, max_width=1000) == repr(holder)


def extract_with_locals(holder: Any) -> Any:
    try:
        raise ValueError(type(holder).__name__)
    except ValueError as error:
        return Traceback.extract(ValueError, error, error.__traceback__, show_locals=True)


def test_rich_says_what_it_leaves_out() -> None:
    names = {f"key{number}": number for number in range(9)}
    hook = a_hook(
        **dict.fromkeys(("secret", "auth_token", "prompt_tokens"), None), headers={}, additional_properties=names
    )
    assert pretty_repr(hook, max_width=1000) == repr(hook)


def test_what_one_looks_at_a_call_for_comes_first() -> None:
    from vapi_async.models import Call

    filler = {"artifactPlan": {}, "transport": {}, "phoneCallProvider": "vapi", "monitor": {}, "squadId": "s"}
    filler |= {"orgId": "o", "messages": [], "analysis": {}, "phoneCallTransport": "pstn", "updatedAt": "2026-01-01Z"}
    filler |= {"assistantId": "a", "workflowId": "w", "destination": {}, "costs": [], "endedMessage": "bye"}
    wanted = {"endedReason": "voicemail", "cost": 0.1, "status": "ended", "id": "c", "customer": {"number": "+1555"}}
    shown = repr(Call.from_dict({**filler, **wanted}))
    assert shown.startswith("Call(id='c', status='ended', customer=CreateCustomerDTO(")
    assert "ended_reason='voicemail', cost=0.1" in shown
    assert " more)" in shown
