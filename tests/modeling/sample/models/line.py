"""`Line`: what was said, told apart by `who`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from vapi_async._modeling.unions import Tagged

VARIANTS = Tagged("tests.modeling.sample.models", "who", {"user": "UserSaid", "bot": "BotSaid", "robot": "BotSaid"})

if TYPE_CHECKING:
    from .bot_said import BotSaid
    from .unknown import Unknown
    from .user_said import UserSaid

    Line: TypeAlias = UserSaid | BotSaid | Unknown
