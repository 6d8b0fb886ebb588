"""`UserSaid`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from attrs import define

from vapi_async._modeling.model import Model, new
from vapi_async._modeling.unset import UNSET, Unset


@define(kw_only=True, eq=False, repr=False)
class UserSaid(Model):
    """Schema `UserSaid`."""

    _schema: ClassVar[str] = "UserSaid"
    _wire: ClassVar[Mapping[str, str]] = {"who": "who", "text": "text", "end_time": "endTime", "tags": "tags"}

    who: Literal["user"] = "user"
    text: str
    end_time: float | Unset | None = UNSET
    tags: list[str] | Unset | None = UNSET

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Decode an object of the API; see `Model.from_dict`."""
        rest = dict(data)
        take = rest.pop
        self = new(cls)
        self.who = take("who", UNSET)
        self.text = take("text", UNSET)
        self.end_time = take("endTime", UNSET)
        self.tags = take("tags", UNSET)
        self._extra = rest or None
        return self
