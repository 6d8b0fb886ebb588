"""`Node`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from attrs import define

from vapi_async._modeling.decoding import items, nested, values
from vapi_async._modeling.model import Model, new
from vapi_async._modeling.unset import UNSET, Unset

_MODELS = "tests.modeling.sample.models"

_node = nested(_MODELS, "Node")
_node_list = items(nested(_MODELS, "Node"))
_node_map_list_map = values(items(values(nested(_MODELS, "Node"))))


@define(kw_only=True, eq=False, repr=False)
class Node(Model):
    """Schema `Node`: it contains itself."""

    _schema: ClassVar[str] = "Node"
    _wire: ClassVar[Mapping[str, str]] = {"value": "value", "inner": "inner", "children": "children", "table": "table"}

    value: float | Unset | None = UNSET
    inner: Node | Unset | None = UNSET
    children: list[Node] | Unset | None = UNSET
    table: dict[str, list[dict[str, Node]]] | Unset | None = UNSET

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Decode an object of the API; see `Model.from_dict`."""
        rest = dict(data)
        take = rest.pop
        self = new(cls)
        self.value = take("value", UNSET)
        self.inner = _node(take("inner")) if "inner" in rest else UNSET
        self.children = _node_list(take("children")) if "children" in rest else UNSET
        self.table = _node_map_list_map(take("table")) if "table" in rest else UNSET
        self._extra = rest or None
        return self
