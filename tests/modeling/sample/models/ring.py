"""`Ring`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from attrs import define

from vapi_async._modeling.decoding import items, nested, timestamp, union
from vapi_async._modeling.model import Model
from vapi_async._modeling.unset import UNSET, Unset

if TYPE_CHECKING:
    from datetime import datetime

    from .answer import Answer
    from .guess import Guess
    from .hook import Hook
    from .line import Line

RingStatus: TypeAlias = Literal["queued", "ended"] | str

_MODELS = "tests.modeling.sample.models"


@define(kw_only=True, eq=False, repr=False, slots=False)
class Ring(Model):
    """Schema `Ring`."""

    _schema: ClassVar[str] = "Ring"
    _wire: ClassVar[Mapping[str, str]] = {
        "id": "id",
        "started_at": "startedAt",
        "ended_at": "endedAt",
        "tried_at": "triedAt",
        "status": "status",
        "cost": "cost",
        "attempts": "attempts",
        "hook": "hook",
        "lines": "lines",
        "last_line": "lastLine",
        "answer": "answer",
        "guess": "guess",
        "metadata": "metadata",
        "class_": "class",
    }
    _decoders: ClassVar[Mapping[str, Any]] = {
        "started_at": timestamp,
        "ended_at": timestamp,
        "tried_at": items(timestamp),
        "hook": nested(_MODELS, "Hook"),
        "lines": items(union(_MODELS, "Line")),
        "last_line": union(_MODELS, "Line"),
        "answer": union(_MODELS, "Answer"),
        "guess": union(_MODELS, "Guess"),
    }

    id: str
    started_at: datetime
    ended_at: datetime | Unset | None = UNSET
    tried_at: list[datetime] | Unset | None = UNSET
    status: RingStatus | Unset | None = UNSET
    cost: float | Unset | None = UNSET
    attempts: int | Unset | None = UNSET
    hook: Hook | Unset | None = UNSET
    lines: list[Line] | Unset | None = UNSET
    last_line: Line | Unset | None = UNSET
    answer: Answer | str | Unset | None = UNSET
    guess: Guess | Unset | None = UNSET
    metadata: dict[str, Any] | Unset | None = UNSET
    class_: Literal["inbound", "outbound"] | str | Unset | None = UNSET
