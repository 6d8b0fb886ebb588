"""`Node`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import define

from vapi_async._modeling.decoding import items, nested, values
from vapi_async._modeling.model import Model
from vapi_async._modeling.unset import UNSET, Unset

_MODELS = "tests.modeling.sample.models"


@define(kw_only=True, eq=False, repr=False, slots=False)
class Node(Model):
    """Schema `Node`: it contains itself."""

    _schema: ClassVar[str] = "Node"
    _wire: ClassVar[Mapping[str, str]] = {"value": "value", "inner": "inner", "children": "children", "table": "table"}
    _decoders: ClassVar[Mapping[str, Any]] = {
        "inner": nested(_MODELS, "Node"),
        "children": items(nested(_MODELS, "Node")),
        "table": values(items(values(nested(_MODELS, "Node")))),
    }

    value: float | Unset | None = UNSET
    inner: Node | Unset | None = UNSET
    children: list[Node] | Unset | None = UNSET
    table: dict[str, list[dict[str, Node]]] | Unset | None = UNSET
