"""`BotSaid`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from attrs import define

from vapi_async._modeling.model import Model, new
from vapi_async._modeling.unset import UNSET


@define(kw_only=True, eq=False, repr=False)
class BotSaid(Model):
    """Schema `BotSaid`."""

    _schema: ClassVar[str] = "BotSaid"
    _wire: ClassVar[Mapping[str, str]] = {"who": "who", "text": "text"}

    who: Literal["bot", "robot"] = "bot"
    text: str

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Decode an object of the API; see `Model.from_dict`."""
        rest = dict(data)
        take = rest.pop
        self = new(cls)
        self.who = take("who", UNSET)
        self.text = take("text", UNSET)
        self._extra = rest or None
        return self
