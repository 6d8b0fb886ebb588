"""`UserSaid`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from attrs import define

from vapi_async._modeling.model import Model
from vapi_async._modeling.unset import UNSET, Unset


@define(kw_only=True, eq=False, repr=False, slots=False)
class UserSaid(Model):
    """Schema `UserSaid`."""

    _schema: ClassVar[str] = "UserSaid"
    _wire: ClassVar[Mapping[str, str]] = {"who": "who", "text": "text", "end_time": "endTime", "tags": "tags"}

    who: Literal["user"] = "user"
    text: str
    end_time: float | Unset | None = UNSET
    tags: list[str] | Unset | None = UNSET
