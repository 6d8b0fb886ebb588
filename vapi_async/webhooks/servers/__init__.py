"""Forms of `Webhooks` for what is no ASGI server, or wants an object of its own; each is loaded when asked for."""

from __future__ import annotations
