"""`Batch`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import define

from vapi_async._modeling.decoding import items, nested
from vapi_async._modeling.model import Model
from vapi_async._modeling.unset import UNSET, Unset

if TYPE_CHECKING:
    from .ring import Ring


@define(kw_only=True, eq=False, repr=False, slots=False)
class Batch(Model):
    """Schema `Batch`."""

    _schema: ClassVar[str] = "Batch"
    _wire: ClassVar[Mapping[str, str]] = {"results": "results", "errors": "errors"}
    _decoders: ClassVar[Mapping[str, Any]] = {
        "results": items(nested("tests.modeling.sample.models", "Ring")),
    }

    results: list[Ring]
    errors: list[dict[str, Any]] | Unset | None = UNSET
