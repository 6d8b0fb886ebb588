"""Ids in bodies that lead nowhere: taken, since a test may not care, and noted, since it may be why something fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .store import Store

_SIMULATION = "/eval/simulation"
_HOMES: Mapping[str, str] = {
    "assistantId": "/assistant",
    "evalId": "/eval",
    "fileId": "/file",
    "insightId": "/reporting/insight",
    "personalityId": f"{_SIMULATION}/personality",
    "phoneNumberId": "/phone-number",
    "scenarioId": f"{_SIMULATION}/scenario",
    "scorecardId": "/observability/scorecard",
    "simulationId": _SIMULATION,
    "squadId": "/squad",
    "structuredOutputId": "/structured-output",
    "toolId": "/tool",
}


def dangling(store: Store, body: Any) -> list[str]:
    """Return what leads nowhere in a body: "squadId '…'", each once."""
    return list(dict.fromkeys(_dangling(store, body)))


def _dangling(store: Store, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _dangling(store, each)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _missing(store, name, member)
            yield from _dangling(store, member)


def _missing(store: Store, name: str, member: Any) -> Iterator[str]:
    # `toolIds` are several of what `toolId` is one of.
    one = name[:-1] if isinstance(member, list) else name
    ids = member if isinstance(member, list) else [member]
    if one in _HOMES:
        yield from (f"{name} {each!r}" for each in ids if isinstance(each, str) and not store.get(_HOMES[one], each))
