"""`Batch`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from attrs import define

from vapi_async._modeling.decoding import items, nested
from vapi_async._modeling.model import Model, new
from vapi_async._modeling.unset import UNSET, Unset

if TYPE_CHECKING:
    from .ring import Ring

_ring_list = items(nested("tests.modeling.sample.models", "Ring"))


@define(kw_only=True, eq=False, repr=False)
class Batch(Model):
    """Schema `Batch`."""

    _schema: ClassVar[str] = "Batch"
    _wire: ClassVar[Mapping[str, str]] = {"results": "results", "errors": "errors"}

    results: list[Ring]
    errors: list[dict[str, Any]] | Unset | None = UNSET

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Decode an object of the API; see `Model.from_dict`."""
        rest = dict(data)
        take = rest.pop
        self = new(cls)
        self.results = _ring_list(take("results", UNSET))
        self.errors = take("errors", UNSET)
        self._extra = rest or None
        return self
