"""An async SDK of its own on top of vapi-async: own name, own address, own key, own methods. See docs/embedding.md.

`acme_voice._vapi` is generated::

    python -m codegen generate --spec openapi.json --package acme_voice._vapi \
        --overlay examples/embedding/overlay.yaml --out examples/embedding
"""

from __future__ import annotations

from typing import Any

from ._vapi import AsyncVapi
from .reminders import Reminders

__all__ = ["AsyncAcme"]


class AsyncAcme(AsyncVapi):
    """The client of Acme Voice: every operation of the contract, and reminders.

    Args:
        key: the customer's key.
        options: anything that `vapi_async.client.Client` takes.

    Attributes:
        reminders: what only Acme has.
    """

    def __init__(self, key: str, **options: Any) -> None:
        own = {"auth": {"x-acme-key": key}, "base_url": "https://voice.acme.example", "user_agent": "acme-voice/1.0"}
        super().__init__(**own, **options)
        self.reminders = Reminders(self)
