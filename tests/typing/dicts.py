"""Dicts in the place of models, for mypy and pyright: what must type-check, and what must not. Never run.

A line that has to be an error carries an ignore comment of each checker; both report one that ignores nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, assert_type

from vapi_async import AsyncVapi, Unset, raw
from vapi_async.models import (
    Call,
    CallBatchResponse,
    CreateAssistantDTO,
    CreateCustomerDTO,
    CreateDtmfToolDTO,
    OpenAIMessage,
    OpenAIModel,
    Server,
    UserMessage,
)
from vapi_async.models.dicts import CreateCustomerDTODict, OpenAIModelDict, ServerDict


async def keys_are_known(vapi: AsyncVapi) -> None:
    """At every depth, by the tag of a union; so is what they hold."""
    await vapi.calls.create(customer={"number": "+1"}, assistant_id="a")
    await vapi.calls.create(customer={"nunber": "+1"})  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await vapi.calls.create(customer={"number": 1})  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await vapi.calls.create(customer={"assistantOverrides": {"variableValues": {"any": 1}, "tools:append": []}})
    await vapi.calls.create(schedule_plan={"earliestAt": datetime.now(UTC)})
    await vapi.assistants.create(
        model={"provider": "openai", "model": "gpt-4o", "messages": [{"role": "system", "content": "Hi."}]},
        voice={"provider": "11labs", "voiceId": "sarah"},
        server={"url": "https://example.com", "headers": {"x": "1"}},
        hooks=[{"on": "call.ending", "do": [{"type": "tool", "toolId": "t"}]}],
    )
    await vapi.assistants.create(model={"provider": "openai", "modl": "gpt-4o"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await vapi.assistants.create(model={"model": "gpt-4o"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await vapi.assistants.create(  # one key of another provider
        model={"provider": "openai", "model": "a", "thinking": {}},  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    )
    await vapi.assistants.create(
        model={"provider": "openai", "model": "a", "messages": [{"role": "system", "contnt": "Hi."}]},  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    )


async def what_no_checker_knows(vapi: AsyncVapi, loaded: dict[str, Any]) -> None:
    """A whole body may be any mapping; within one, `raw` says that it is meant."""
    await vapi.calls.create(loaded)
    await vapi.assistants.create(request=loaded)
    await vapi.assistants.update("id", {"name": "a"})
    await vapi.calls.create(customer=raw(loaded), customers=[raw(loaded)])
    OpenAIModel(model="gpt-4o", messages=raw([loaded]))
    await vapi.calls.create(customer=loaded)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    raw("text")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def dicts_by_name(vapi: AsyncVapi) -> None:
    """A dict that is made first has a type to say."""
    server: ServerDict = {"url": "https://example.com"}
    customer: CreateCustomerDTODict = {"number": "+1"}
    model: OpenAIModelDict = {"provider": "openai", "model": "gpt-4o"}
    await vapi.assistants.create(model=model, server=server)
    await vapi.calls.create(customer=customer)
    CreateCustomerDTO.from_dict(customer)


async def lists(vapi: AsyncVapi, messages: list[UserMessage], given: Sequence[Mapping[str, Any]]) -> None:
    """Lists of one variant are lists of them all, and models and dicts go together."""
    customers = [CreateCustomerDTO(number="+1")]
    await vapi.calls.create(customers=customers)
    await vapi.calls.create(customers=(*customers, {"number": "+2"}))
    await vapi.chats.create(input=messages)
    await vapi.assistants.create(model={"provider": "openai", "model": "a", "tools": [CreateDtmfToolDTO()]})
    await vapi.calls.create(customers=given)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]


def models_hold_dicts() -> None:
    """Constructors take what arguments take; attributes say what answers have."""
    model = OpenAIModel(model="gpt-4o", messages=[{"role": "system", "content": "Hi."}], tools=[CreateDtmfToolDTO()])
    assert_type(model.messages, list[OpenAIMessage] | None | Unset)
    CreateAssistantDTO(model=model, voice={"provider": "vapi", "voiceId": "Elliot"}, server=Server(url="a"))
    CreateAssistantDTO(model={"provider": "openai", "model": "a"}, additional_properties={"x": 1})
    OpenAIModel(messages=[])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    OpenAIModel(model="a", mesages=[])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    OpenAIModel(model="a", messages=[{"rol": "user"}])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


async def keywords_decide(vapi: AsyncVapi, fields: dict[str, Any]) -> None:
    """What comes back; a misspelt keyword is an error of its own beside."""
    assert_type(await vapi.calls.create(assistant_id="a", extra_headers={"x": "1"}), Call)
    assert_type(await vapi.calls.create(assistant_id="a", customers=[{"number": "+1"}]), CallBatchResponse)
    await vapi.calls.create(asistant_id="a")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await vapi.squads.create(name="a")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await vapi.squads.create(members=[], nme="a")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await vapi.squads.create(members=[], name=1)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await vapi.squads.create(members=[], extra_body={"a": 1}, extra_query={"a": 1})
    await vapi.squads.create(**fields)
