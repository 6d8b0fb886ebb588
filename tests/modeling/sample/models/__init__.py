"""The models of the sample package."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answer import Answer as Answer
    from .batch import Batch as Batch
    from .bot_said import BotSaid as BotSaid
    from .empty import Empty as Empty
    from .guess import Guess as Guess
    from .hook import Hook as Hook
    from .line import Line as Line
    from .node import Node as Node
    from .ring import Ring as Ring
    from .unknown import Unknown as Unknown
    from .user_said import UserSaid as UserSaid

_MODULES = {
    "Answer": "answer",
    "Batch": "batch",
    "BotSaid": "bot_said",
    "Empty": "empty",
    "Guess": "guess",
    "Hook": "hook",
    "Line": "line",
    "Node": "node",
    "Ring": "ring",
    "Unknown": "unknown",
    "UserSaid": "user_said",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(name)
    module = import_module(f"{__name__}.{_MODULES[name]}")
    value = module.VARIANTS.alias() if hasattr(module, "VARIANTS") else getattr(module, name)
    globals()[name] = value
    return value
