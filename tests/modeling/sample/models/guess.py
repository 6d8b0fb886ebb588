"""`Guess`: told apart by the share of the required keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from vapi_async._modeling.unions import Scored

VARIANTS = Scored(
    "tests.modeling.sample.models", {"Ring": ("id", "startedAt", "status"), "Hook": ("kind", "url"), "Empty": ()}
)

if TYPE_CHECKING:
    from .empty import Empty
    from .hook import Hook
    from .ring import Ring
    from .unknown import Unknown

    Guess: TypeAlias = Ring | Hook | Empty | Unknown
