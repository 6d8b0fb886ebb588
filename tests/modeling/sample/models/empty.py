"""`Empty`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from vapi_async._modeling.model import Model


@define(kw_only=True, eq=False, repr=False, slots=False)
class Empty(Model):
    """Schema `Empty`: no fields."""

    _schema: ClassVar[str] = "Empty"
    _wire: ClassVar[Mapping[str, str]] = {}
