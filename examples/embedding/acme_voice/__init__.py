"""An async SDK of its own on top of vapi-async: own name, own address, own methods. See docs/embedding.md.

`acme_voice._vapi` is generated::

    python -m codegen generate --spec openapi.json --package acme_voice._vapi \
        --overlay examples/embedding/overlay.yaml --out examples/embedding
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from ._vapi import AsyncVapi

if TYPE_CHECKING:
    from .reminders import Reminders

__all__ = ["AsyncAcme"]


class AsyncAcme(AsyncVapi):
    """The client of Acme Voice: every operation of the contract, and reminders.

    Args:
        key: the customer's key.
        options: anything that `vapi_async.client.Client` takes.
    """

    def __init__(self, key: str, **options: Any) -> None:
        super().__init__(key, base_url="https://voice.acme.example", user_agent="acme-voice/1.0", **options)

    @cached_property
    def reminders(self) -> Reminders:
        """Reminders, which only Acme has."""
        from .reminders import Reminders

        return Reminders(self)
