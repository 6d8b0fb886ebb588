"""`Hook`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, TypeAlias

from attrs import define

from vapi_async._modeling.model import Model
from vapi_async._modeling.unset import UNSET, Unset

HookKind: TypeAlias = Literal["web", "mail"] | str


@define(kw_only=True, eq=False, repr=False, slots=False)
class Hook(Model):
    """Schema `Hook`."""

    _schema: ClassVar[str] = "Hook"
    _wire: ClassVar[Mapping[str, str]] = {
        "kind": "kind",
        "url": "url",
        "secret": "secret",
        "auth_token": "authToken",
        "headers": "headers",
        "prompt_tokens": "promptTokens",
    }

    kind: HookKind
    url: str
    secret: str | Unset | None = UNSET
    auth_token: str | Unset | None = UNSET
    headers: dict[str, str] | Unset | None = UNSET
    prompt_tokens: int | Unset | None = UNSET
