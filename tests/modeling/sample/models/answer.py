"""`Answer`: one ring or many, told apart by conditions; a list is one of rings."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from vapi_async._modeling.decoding import items, nested
from vapi_async._modeling.unions import Case, Cases

VARIANTS = Cases(
    "tests.modeling.sample.models",
    [
        Case("Batch", has=("results", "errors")),
        Case("Hook", equals={"kind": ("web", "mail")}, kinds={"url": "string"}),
        Case("Ring", has=("id",)),
    ],
    array=items(nested("tests.modeling.sample.models", "Ring")),
)

if TYPE_CHECKING:
    from .batch import Batch
    from .hook import Hook
    from .ring import Ring
    from .unknown import Unknown

    Answer: TypeAlias = Batch | Hook | Ring | Unknown | list[Ring]
