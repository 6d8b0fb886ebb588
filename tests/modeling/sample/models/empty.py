"""`Empty`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from attrs import define

from vapi_async._modeling.model import Model, new


@define(kw_only=True, eq=False, repr=False)
class Empty(Model):
    """Schema `Empty`: no fields."""

    _schema: ClassVar[str] = "Empty"
    _wire: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Decode an object of the API; see `Model.from_dict`."""
        self = new(cls)
        self._extra = dict(data) or None
        return self
