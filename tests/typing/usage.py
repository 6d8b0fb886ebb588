"""What must type-check, and what must not: read by mypy and pyright, never run.

A line that has to be an error carries an ignore comment of each checker; both report one that ignores nothing.
"""

from __future__ import annotations

from typing import assert_type

from vapi_async import UNSET, AsyncVapi, Unset, since
from vapi_async._lists import Page, Pager
from vapi_async.models import (
    Assistant,
    BotMessage,
    Call,
    CallBatchResponse,
    CallMessagesItem,
    CreateCallResponse,
    CreateDtmfToolDTO,
    CreateFunctionToolDTO,
    DtmfTool,
    Tool,
    Unknown,
    UserMessage,
)


async def what_comes_back(vapi: AsyncVapi) -> None:
    """Results have the operation's own type."""
    assert_type(await vapi.assistants.get("id"), Assistant)
    assert_type(vapi.calls.list(limit=10), Pager[Call])
    assert_type(await vapi.calls.list(), Page[Call])
    async for call in vapi.calls.list():
        assert_type(call, Call)
    assert_type(await vapi.calls.create(assistant_id="a", customer={"number": "+15551234567"}), Call)
    assert_type(await vapi.calls.create(assistant_id="a", customers=[{"number": "+15551234567"}]), CallBatchResponse)
    assert_type(await vapi.calls.create({"assistantId": "a"}), CreateCallResponse)
    assert_type(await vapi.tools.get("id"), Tool)
    assert_type((await vapi.detailed(vapi.assistants.get, "id")).parsed, Assistant)


async def what_goes_in(vapi: AsyncVapi) -> None:
    """Fields are keywords, nested ones models or mappings, and null clears."""
    await vapi.assistants.create(name="a", model={"provider": "openai", "model": "gpt-4o"}, voicemail_message="b")
    await vapi.assistants.update("id", voicemail_message=None, first_message=UNSET)
    await vapi.tools.create(CreateDtmfToolDTO())
    await vapi.tools.create({"type": "dtmf"})
    await vapi.chats.create(input="hello", assistant_id="a")
    await vapi.calls.delete("id", extra_headers={"x-trace": "1"})

    await vapi.chats.create(input="hello", assistant_id=None)
    await vapi.chats.create(input=None)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    await vapi.calls.create(customers=None)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]

    await vapi.assistants.create(nam="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await vapi.assistants.create(name=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await vapi.assistants.get()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await vapi.assistants.get(id=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await vapi.chats.create(assistant_id="a")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await vapi.calls.delete("id", ids=["a"])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await vapi.calls.list(to="+15551234567")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    CreateDtmfToolDTO(type="function")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    CreateFunctionToolDTO(functio={})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def what_comes_back_goes_in_again(vapi: AsyncVapi) -> None:
    """Attributes of answers are arguments, as they are, where absent and null say nothing; for a path they are not."""
    call = await vapi.calls.get("id")
    await vapi.calls.create(assistant_id=call.assistant_id, squad_id=call.squad_id, customer=call.customer)
    await vapi.calls.create(assistant_overrides=call.assistant_overrides, schedule_plan=call.schedule_plan)
    chat = await vapi.chats.get("id")
    await vapi.chats.create(input="hello", previous_chat_id=chat.id, session_id=chat.session_id)
    await vapi.sessions.create(assistant_id=chat.assistant_id, messages=chat.messages)
    assistant = await vapi.assistants.get("id")
    await vapi.assistants.create(name=assistant.name, model=assistant.model, voice=assistant.voice)
    await vapi.assistants.update("id", transcriber=assistant.transcriber, hooks=assistant.hooks)
    await vapi.assistants.get(assistant.id)
    await vapi.assistants.get(call.assistant_id)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    vapi.calls.list(
        assistant_id=call.assistant_id or UNSET, created_at_gt=call.created_at, created=since(call.created_at)
    )
    vapi.calls.list(assistant_id=call.assistant_id)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    answer = await vapi.detailed(vapi.calls.get, call.id)
    await vapi.calls.get("id", extra_headers=answer.headers)
    await vapi.request("GET", "/call", headers=answer.headers)
    vapi.with_options(headers=answer.headers)


def open_enums(call: Call) -> None:
    """An enum's known values are typed, and any other string is allowed."""
    assert_type(call.id, str)
    call.status = "ended"
    call.status = "a-status-of-tomorrow"
    call.status = 1  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    call.stats = "ended"  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def narrowing_by_comparison(message: CallMessagesItem) -> None:
    """Comparing the tag leaves the variants that have it."""
    if message.role == "user":
        assert_type(message, UserMessage)
    elif message.role == "bot":
        assert_type(message, BotMessage)


def narrowing_by_match(tool: Tool) -> str:
    """So does matching it."""
    match tool.type:
        case "dtmf":
            return "dtmf"
        case _:
            return "other"


def narrowing_by_class(message: CallMessagesItem) -> str | float:
    """And asking for the class."""
    match message:
        case UserMessage(message=text):
            return text
        case Unknown():
            return str(message.data)
        case _:
            return message.seconds_from_start


def narrowing_by_isinstance(tool: Tool) -> None:
    """In either way."""
    if isinstance(tool, DtmfTool):
        assert_type(tool, DtmfTool)
    if isinstance(tool, Unknown):
        print(tool.anything_at_all)


def unknown_resources(vapi: AsyncVapi) -> None:
    """Attributes that explain themselves at run time are errors all the same."""
    print(vapi.blocks)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    print(vapi.call)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    print(vapi.v2.calls)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def absent_and_null(assistant: Assistant) -> str:
    """UNSET and None are both falsy, and asking leaves the value."""
    name = assistant.name
    assert_type(name, str | None | Unset)
    return name or "nameless"
