"""Which of its tools and destinations an assistant means by the name it calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.rest.field_rules import number_problem

from .call_resources import Json, tool_name

if TYPE_CHECKING:
    from vapi_async.sandbox.rest.store import Store

_HANDOFF = "handoff_to_"


def tool_called(store: Store, tools: Sequence[Json], name: str, arguments: Mapping[str, Any]) -> tuple[Json, Json]:
    """Return the tool that a name means, and the arguments that it is then called with.

    Several handoff tools may be of one name: that which has the destination is meant. `handoff_to_NAME` is a handoff to
    the assistant of that name. Any name that is left is a tool of the MCP server, if there is one.

    Args:
        store: where stored assistants are.
        tools: those of the assistant.
        name: what is called.
        arguments: what it is called with.

    Raises:
        LookupError: there is no such tool.
    """
    named = [tool for tool in tools if tool_name(tool) == name]
    fitting = [tool for tool in named if destination_named(store, tool, arguments.get("destination"))]
    if found := fitting or named:
        return found[0], dict(arguments)
    wanted = name.removeprefix(_HANDOFF)
    for tool in tools:
        if tool["type"] == "handoff" and wanted != name and destination_named(store, tool, wanted):
            return tool, {**arguments, "destination": wanted}
        if tool["type"] == "mcp":
            return _of_server(tool, name), dict(arguments)
    raise LookupError(name)


def destination_called(store: Store, tool: Json, arguments: Mapping[str, Any]) -> Json | None:
    """Return the destination that a tool was called with: the one named, or its first one."""
    destinations = tool.get("destinations") or []
    # Where the model says a number, nobody has to be asked for one.
    if not destinations and (number := arguments.get("phoneNumber")):
        return {"type": "number", "number": number}
    named = destination_named(store, tool, arguments.get("destination"))
    return named or (dict(destinations[0]) if destinations else None)


def leads_outside(destination: Any) -> bool:
    """Return whether something names a number or a SIP address that a call can be transferred to."""
    if not isinstance(destination, Mapping):
        return False
    number, address = destination.get("number"), destination.get("sipUri")
    return bool(address) or (isinstance(number, str) and number_problem(destination) is None)


def destination_named(store: Store, tool: Json, name: Any) -> Json | None:
    """Return the destination of a tool that has a name, a number or a SIP address; None if none has."""
    destinations = tool.get("destinations") or ()
    return next((dict(each) for each in destinations if name and name in _names(store, each)), None)


def _names(store: Store, destination: Json) -> Iterator[str]:
    stored = store.get("/assistant", destination.get("assistantId") or "") or {}
    squad = destination.get("squad") or store.get("/squad", destination.get("squadId") or "") or {}
    keys = ("number", "sipUri", "assistantName", "assistantId", "squadId", "entryAssistantName", "name")
    yield from (destination[key] for key in keys if destination.get(key))
    owners = (stored, squad, destination.get("assistant") or {})
    yield from (owner["name"] for owner in owners if owner.get("name"))
    if destination.get("type") == "dynamic":
        yield "dynamic"


def _of_server(tool: Json, name: str) -> Json:
    """Return a tool of an MCP server, with the messages that the assistant has for it."""
    own: Json = next((each for each in tool.get("toolMessages") or () if each.get("name") == name), {})
    return {**tool, "name": name, "messages": own.get("messages") or tool.get("messages") or []}
