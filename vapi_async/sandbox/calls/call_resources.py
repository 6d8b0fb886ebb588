"""What a call uses, looked up in the store: assistants, squads, tools, phone numbers.

An assistant in a call is the stored or the inline one with its overrides laid over it, in the contract's form
`CreateAssistantDTO`: without id and times. A squad is its members; the first one talks first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

if TYPE_CHECKING:
    from vapi_async.sandbox.rest.store import Store

Json = dict[str, Any]

_RECORD = ("id", "orgId", "createdAt", "updatedAt", "isServerUrlSecretSet", "latestVersion")


class ResourceMissing(LookupError):
    """A resource that a call names does not exist."""

    def __init__(self, resource: str, id: str) -> None:  # noqa: A002
        super().__init__(f"Couldn't find {resource} {id}.")
        self.resource = resource


@frozen
class CallAssistant:
    """An assistant as it takes part in a call.

    Attributes:
        id: that of the stored assistant; None for an inline one.
        settings: a `CreateAssistantDTO`, the overrides laid over it.
        variables: the `variableValues` for its texts.
        version: which version of the stored assistant it is; None for an inline one, and for members of squads.
    """

    id: str | None
    settings: Json
    variables: Json
    version: str | None = None

    @property
    def name(self) -> str:
        """What it is called, "" if nothing."""
        return self.settings.get("name") or ""


def assistants_of(store: Store, source: Json) -> list[CallAssistant]:
    """Return who takes part in a call: one assistant, or the members of a squad; none if `source` names nobody.

    Args:
        store: Where stored ones are.
        source: A call, a phone number, or the reply to an assistant-request.

    Raises:
        ResourceMissing: a stored one does not exist.
    """
    overrides = source.get("assistantOverrides") or {}
    if source.get("assistantId") or source.get("assistant") is not None:
        return [_assistant(store, source, overrides)]
    squad = source.get("squad")
    if squad is None and source.get("squadId"):
        squad = _stored(store, "squad", source["squadId"], source.get("squadVersion"))
    if squad is None:
        return []
    # What is said for more wins: the call's overrides over those of all members, these over a member's own.
    shared = (squad.get("membersOverrides") or {}) | (source.get("squadOverrides") or overrides)
    members = [
        _assistant(store, member, (member.get("assistantOverrides") or {}) | shared) for member in squad["members"]
    ]
    return [evolve(member, version=None) for member in members]


def by_name(store: Store, name: str) -> CallAssistant | None:
    """Return a stored assistant by its name."""
    found = next((each for each in store.all("/assistant") if each.get("name") == name), None)
    return None if found is None else _assistant(store, {"assistantId": found["id"]}, {})


def overridden(assistant: CallAssistant, overrides: Json) -> CallAssistant:
    """Return an assistant with overrides laid over it."""
    laid = {key: value for key, value in overrides.items() if key not in ("variableValues", "tools:append")}
    settings = assistant.settings | laid
    _append(settings, overrides.get("tools:append") or ())
    variables = {**assistant.variables, **(overrides.get("variableValues") or {})}
    return evolve(assistant, settings=settings, variables=variables)


def tools(store: Store, settings: Json) -> list[Json]:
    """Return the tools of an assistant: inline ones and stored ones."""
    model = settings.get("model") or {}
    references = [(each, None) for each in model.get("toolIds") or ()]
    references += [(each["toolId"], each.get("version")) for each in model.get("toolRefs") or () if "toolId" in each]
    return [*(model.get("tools") or ()), *(_stored(store, "tool", *each) for each in references)]


def tool_name(tool: Json) -> str:
    """Return what a tool is called: its function's name, or its type."""
    name: str = (tool.get("function") or {}).get("name") or tool.get("name") or tool["type"]
    return name


def stored_tool(store: Store, id: str) -> Json:  # noqa: A002
    """Return a stored tool.

    Raises:
        ResourceMissing: it does not exist.
    """
    return _stored(store, "tool", id)


def phone_number(store: Store, id: str) -> Json:  # noqa: A002
    """Return a stored phone number.

    Raises:
        ResourceMissing: it does not exist.
    """
    return _stored(store, "phone number", id)


def without_record_fields(stored: Json, *more: str) -> Json:
    """Return a stored object without what only stored ones have, and without some keys more."""
    return {key: value for key, value in stored.items() if key not in _RECORD and key not in more}


def record_fields(stored: Json) -> Json:
    """Return what only stored objects have, of one."""
    return {key: value for key, value in stored.items() if key in _RECORD}


def _stored(store: Store, resource: str, id: str, version: str | None = None) -> Json:  # noqa: A002
    home = "/" + resource.replace(" ", "-")
    found = store.get(home, id)
    if found is None:
        raise ResourceMissing(resource, id)
    if version is not None:
        found = store.version(home, id, version)
        if found is None:
            raise ResourceMissing(f"{resource} version", f"{version} of {id}")
    return found


def _assistant(store: Store, source: Json, overrides: Json) -> CallAssistant:
    id = source.get("assistantId")  # noqa: A001
    inline = source.get("assistant")
    version = (source.get("assistantVersion") or store.latest_version("/assistant", id)) if id else None
    # Both where the stored one was looked up already, as by a session: then the one that is there counts.
    if id and inline is None:
        inline = without_record_fields(_stored(store, "assistant", id, source.get("assistantVersion")))
    return overridden(CallAssistant(id, dict(inline or {}), {}, version), overrides)


def _append(settings: Json, more: Iterable[Json]) -> None:
    if extra := list(more):
        model = settings.get("model") or {}
        settings["model"] = {**model, "tools": [*(model.get("tools") or ()), *extra]}
