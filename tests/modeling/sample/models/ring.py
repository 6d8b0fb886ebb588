"""`Ring`, as the contract has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeAlias

from attrs import define

from vapi_async._modeling.decoding import items, nested, timestamp, union
from vapi_async._modeling.model import Model, new
from vapi_async._modeling.unset import UNSET, Unset

if TYPE_CHECKING:
    from datetime import datetime

    from .answer import Answer
    from .guess import Guess
    from .hook import Hook
    from .line import Line

RingStatus: TypeAlias = Literal["queued", "ended"] | str

_MODELS = "tests.modeling.sample.models"

_timestamp_list = items(timestamp)
_hook = nested(_MODELS, "Hook")
_line_list = items(union(_MODELS, "Line"))
_line = union(_MODELS, "Line")
_answer = union(_MODELS, "Answer")
_guess = union(_MODELS, "Guess")


@define(kw_only=True, eq=False, repr=False)
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

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Decode an object of the API; see `Model.from_dict`."""
        rest = dict(data)
        take = rest.pop
        self = new(cls)
        self.id = take("id", UNSET)
        self.started_at = timestamp(take("startedAt", UNSET))
        self.ended_at = timestamp(take("endedAt")) if "endedAt" in rest else UNSET
        self.tried_at = _timestamp_list(take("triedAt")) if "triedAt" in rest else UNSET
        self.status = take("status", UNSET)
        self.cost = take("cost", UNSET)
        self.attempts = take("attempts", UNSET)
        self.hook = _hook(take("hook")) if "hook" in rest else UNSET
        self.lines = _line_list(take("lines")) if "lines" in rest else UNSET
        self.last_line = _line(take("lastLine")) if "lastLine" in rest else UNSET
        self.answer = _answer(take("answer")) if "answer" in rest else UNSET
        self.guess = _guess(take("guess")) if "guess" in rest else UNSET
        self.metadata = take("metadata", UNSET)
        self.class_ = take("class", UNSET)
        self._extra = rest or None
        return self
