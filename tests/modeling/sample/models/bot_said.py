"""`BotSaid`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from attrs import define

from vapi_async._modeling.model import Model


@define(kw_only=True, eq=False, repr=False, slots=False)
class BotSaid(Model):
    """Schema `BotSaid`."""

    _schema: ClassVar[str] = "BotSaid"
    _wire: ClassVar[Mapping[str, str]] = {"who": "who", "text": "text"}

    who: Literal["bot", "robot"] = "bot"
    text: str
