"""Models, unions and UNSET for mypy and pyright: what must type-check, and what must not. Never run.

A line that has to be an error carries an ignore comment of each checker; both report one that ignores nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, assert_type

import attrs

from vapi_async import UNSET, UnknownVariant, Unset
from vapi_async.models import (
    BotMessage,
    Call,
    CallMessagesItem,
    SystemMessage,
    ToolCallMessage,
    ToolCallResultMessage,
    Unknown,
    UserMessage,
)


def absent_null_or_set(call: Call) -> datetime | None:
    """`is UNSET`, isinstance and truth tell absent from set."""
    if call.ended_at is UNSET:
        assert_type(call.ended_at, Literal[Unset.UNSET])
        return None
    assert_type(call.ended_at, datetime | None)
    if isinstance(call.started_at, Unset) or call.started_at is None:
        return None
    assert_type(call.started_at, datetime)
    return call.ended_at


def truth(call: Call) -> list[CallMessagesItem]:
    """UNSET is known to be falsy."""
    if call.customer:
        print(call.customer.number)
    print(call.customer.number)  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]
    return call.messages or []


def tags_are_exhaustive(message: CallMessagesItem) -> str:
    """All variants by their tag, and what is left is Unknown."""
    if message.role == "user":
        assert_type(message, UserMessage)
        return message.message
    if message.role == "bot":
        return message.message
    if message.role == "system":
        assert_type(message, SystemMessage)
        return message.message
    if message.role == "tool_calls":
        return str(message.tool_calls)
    if message.role == "tool_call_result":
        return message.result
    assert_type(message, Unknown)
    return str(message.data)


def match_by_class(message: CallMessagesItem) -> str:
    """Patterns of classes are exhaustive with Unknown."""
    match message:
        case UserMessage() | SystemMessage() | BotMessage():
            return message.message
        case ToolCallMessage() | ToolCallResultMessage():
            return message.role
        case Unknown(data):
            assert_type(data, dict[str, Any])
            return str(message.whatever.it["sends"])


def match_by_pattern(message: CallMessagesItem) -> str:
    """Patterns of the tag and other fields."""
    match message:
        case UserMessage(role="user", message=text):
            return text
        case ToolCallResultMessage(name=name, result=result):
            return name + result
        case _:
            return ""


def by_isinstance(messages: list[CallMessagesItem]) -> list[UserMessage]:
    """isinstance filters lists."""
    unknown = [message for message in messages if isinstance(message, UnknownVariant)]
    assert_type(unknown, list[Unknown])
    return [message for message in messages if isinstance(message, UserMessage)]


def a_model(call: Call) -> None:
    """What every model can."""
    assert_type(Call.from_dict({}), Call)
    assert_type(call.to_dict(), dict[str, Any])
    assert_type(call.additional_properties, dict[str, Any])
    assert_type(call["createdAt"], Any)
    assert_type(attrs.evolve(call, status="ended"), Call)
    UserMessage(message="hello", time=1, end_time=2, seconds_from_start=0, additional_properties={"new": 1})
    call["createdAt"] = 1  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
    call.created_a  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # noqa: B018
    UserMessage("hello")  # type: ignore[call-arg, arg-type]  # pyright: ignore[reportCallIssue]
    UserMessage(message="hello")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    for _ in call:  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
        pass
