"""The `repr` of models: one short line, without secrets.

A secret is known by the exact name of its field, never by a word in it: `promptTokens` is a count and
`publicKey` is public.
"""

from __future__ import annotations

from collections.abc import Iterator, Sized
from datetime import datetime
from itertools import islice
from typing import Any

from .display_order import in_order
from .on_demand import snapshot
from .unset import UNSET

SECRET_FIELDS = frozenset(
    {
        "SecretAccessKey",
        "SessionToken",
        "accessToken",
        "apiKey",
        "apiSecret",
        "authPassword",
        "authToken",
        "authorization",
        "Authorization",
        "awsSecretAccessKey",
        "callToken",
        "clientSecret",
        "controlUrl",  # whoever has it can steer the call
        "gcpKey",
        "hmacSecret",
        "jwt",
        "jwtSecret",
        "listenUrl",  # whoever has it can listen in
        "ocpApimSubscriptionKey",
        "openAIKey",
        "password",
        "pem",
        "presignedAssistantUrl",  # whoever has one of these can fetch the file
        "presignedCustomerUrl",
        "presignedLogUrl",
        "presignedMonoUrl",
        "presignedPcapUrl",
        "presignedStereoUrl",
        "presignedVideoUrl",
        "privateKey",
        "refreshToken",
        "secret",
        "secretAccessKey",
        "secretKey",
        "serverUrlSecret",
        "sessionToken",
        "systemKey",
        "token",
        "twilioApiKey",
        "twilioApiSecret",
        "twilioAuthToken",
        "vonageApplicationPrivateKey",
        "websocketCallUrl",  # whoever has it can join the call
    }
)

_HEADERS = "headers"  # of servers: which of them are secret only their owner knows

_MASK = "***"
_FIELDS = 12
_ITEMS = 3
_TEXT = 48
_DEPTH = 2


def model_repr(value: Any) -> str:
    """Return a short `repr` of a model or an unknown variant.

    It has fields that are set, what matters first (see `display_order`), long values shortened, and secrets masked at
    any depth.
    """
    return _model(value, _DEPTH)


def shorten(text: str) -> str:
    """Return `text`, without its end if it is long."""
    return text if len(text) <= _TEXT else text[: _TEXT - 3] + "..."


def rich_parts(value: Any) -> Iterator[Any]:
    """Yield what rich shows of a model, for `__rich_repr__`: the same as its `repr`.

    Without that, rich (and Typer, and its tracebacks with locals) walks the fields by itself, secrets included.
    """
    members = _members(value, _DEPTH)
    for name, text in members[:_FIELDS]:
        yield name, _Shown(text)
    if len(members) > _FIELDS:
        yield _Shown(f"... {len(members) - _FIELDS} more")


class _Shown:
    """Text whose `repr` is itself."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _model(value: Any, depth: int) -> str:
    name = type(value).__name__
    if depth == 0:
        return f"{name}(...)"
    if getattr(type(value), "_wire", None) is None:  # an unknown variant: no fields, just the JSON object as it came
        return f"{name}({_short(value.data, depth)})"
    members = _members(value, depth)
    return f"{name}({_joined([f'{name}={text}' for name, text in members[:_FIELDS]], members)})"


def _members(value: Any, depth: int) -> list[tuple[str, str]]:
    """Return the name of every field of a model that is set, and as far as they are shown, its text.

    What is not read yet stays so: what is shown of it is read aside.
    """
    unread, fields = snapshot(value)
    members: list[tuple[str, str, Any]] = []
    for name, wire in in_order(value._wire):
        member = fields.get(name, unread.get(wire, UNSET))
        if member is not UNSET:
            pending = name not in fields and len(members) < _FIELDS
            members.append((name, wire, value._fields[name].decode(member) if pending else member))
    extra = {key: member for key, member in unread.items() if key not in value._attributes} or fields.get("_extra")
    if extra:
        members.append(("additional_properties", "", extra))
    shown = [(name, _member(wire, member, depth)) for name, wire, member in members[:_FIELDS]]
    return shown + [(name, "") for name, _, _ in members[_FIELDS:]]


def _short(value: Any, depth: int) -> str:
    if hasattr(value, "_shallow"):
        return _model(value, depth)
    if isinstance(value, dict):
        # `depth and _ITEMS`: at the bottom nothing of it is shown, only that there is something.
        parts = [f"{shorten(repr(key))}: {_member(key, value[key], depth)}" for key in islice(value, depth and _ITEMS)]
        return f"{{{_joined(parts, value)}}}"
    if isinstance(value, (list, tuple)):
        return f"[{_joined([_short(item, depth - 1) for item in value[: depth and _ITEMS]], value)}]"
    if isinstance(value, datetime):
        return str(value)
    return shorten(repr(value[:_TEXT] if isinstance(value, str) else value))


def _member(key: Any, value: Any, depth: int) -> str:
    hidden = key in SECRET_FIELDS and value is not None and value is not UNSET
    if key == _HEADERS and isinstance(value, dict):
        value = dict.fromkeys(value, _MASK)
    return repr(_MASK) if hidden else _short(value, depth - 1)


def _joined(parts: list[str], everything: Sized) -> str:
    more = len(everything) - len(parts)
    return ", ".join([*parts, f"... {more} more"] if more and parts else parts) or ("..." if more else "")
