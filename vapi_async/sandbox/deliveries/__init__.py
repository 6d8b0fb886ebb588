"""Server messages on their way to servers: what is in them, how they are signed, what came back."""

from __future__ import annotations
