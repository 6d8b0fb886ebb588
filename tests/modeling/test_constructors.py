"""What a model's constructor says of a field that there is not."""

from __future__ import annotations

import copy
import inspect
import pickle

import attrs
import pytest

from vapi_async import Model
from vapi_async.models import Assistant, CreateAssistantDTO, OpenAIModel, Server


@pytest.mark.parametrize(
    ("model", "name", "hint"),
    [
        (Assistant, "maxTokens", "Assistant has no field 'maxTokens': it is inside: model={\"maxTokens\": ...}"),
        (OpenAIModel, "maxTokens", "it is spelled 'max_tokens' here"),
        (OpenAIModel, "max_token", "did you mean 'max_tokens'?"),
        (Server, "secret", 'use headers={"X-Vapi-Secret": "..."}, or credential_id='),
        (CreateAssistantDTO, "hipaa_enabled", 'use additional_properties={"hipaaEnabled": ...}'),
        (CreateAssistantDTO, "system_prompt", 'use model={..., "messages": [{"role": "system"'),
        (Server, "zzz", "it has timeout_seconds, "),
    ],
)
def test_the_right_field_is_named(model: type[Model], name: str, hint: str) -> None:
    with pytest.raises(TypeError) as caught:
        model(**{name: 1})
    assert hint in str(caught.value)
    assert caught.value.__cause__ is None


def test_what_is_missing_is_told_as_python_tells_it() -> None:
    with pytest.raises(TypeError, match="missing 4 required keyword-only arguments"):
        Assistant(name="A")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional"):
        Server("https://a.example")  # type: ignore[misc]


def test_a_model_is_made_copied_and_described_as_before() -> None:
    server = Server(url="https://a.example", additional_properties={"x": 1})
    assert attrs.evolve(server, url="b").url == "b"
    assert copy.copy(server) == pickle.loads(pickle.dumps(server)) == server
    assert {*inspect.signature(Server).parameters} == {*Server._wire, "additional_properties"}
    with pytest.raises(TypeError, match="it is spelled 'url' here"):
        attrs.evolve(server, URL="b")


def test_a_class_of_ones_own_has_its_own_constructor() -> None:
    class Mine(Server):
        def __init__(self, place: str) -> None:
            super().__init__(url=f"https://{place}")

    assert Mine("a.example").url == Mine(place="a.example").url == "https://a.example"

    @attrs.define(kw_only=True)
    class Wider(Server):
        note: str = ""

    assert Wider(note="n", url="u").note == "n"
    with pytest.raises(TypeError, match="Wider has no field 'zzz'"):
        Wider(zzz=1)  # type: ignore[call-arg]
