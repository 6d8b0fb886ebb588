"""What `vapi.chats` has beside the contract: answers that are read while they are made."""

from __future__ import annotations
