"""`Hook`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self, TypeAlias

from attrs import define

from vapi_async._modeling.model import Model, new
from vapi_async._modeling.unset import UNSET, Unset

HookKind: TypeAlias = Literal["web", "mail"] | str


@define(kw_only=True, eq=False, repr=False)
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

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Decode an object of the API; see `Model.from_dict`."""
        rest = dict(data)
        take = rest.pop
        self = new(cls)
        self.kind = take("kind", UNSET)
        self.url = take("url", UNSET)
        self.secret = take("secret", UNSET)
        self.auth_token = take("authToken", UNSET)
        self.headers = take("headers", UNSET)
        self.prompt_tokens = take("promptTokens", UNSET)
        self._extra = rest or None
        return self
