"""`Incoming`: a message on its way to its handlers, decoded when the first of them wants it."""

from __future__ import annotations

from typing import Any

from .messages import decode, kind_of


class Incoming:
    """A server message.

    Args:
        raw: the message, as JSON values.
        models: the models package.

    Attributes:
        kind: its type.
    """

    __slots__ = ("_message", "_models", "kind", "raw")

    def __init__(self, raw: dict[str, Any], models: str) -> None:
        self.raw = raw
        self.kind = kind_of(raw) or ""
        self._models = models
        self._message: Any = None

    @property
    def message(self) -> Any:
        """The typed message, the same for all handlers."""
        if self._message is None:
            self._message = decode(self.raw, self._models)
        return self._message
