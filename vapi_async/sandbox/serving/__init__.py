"""The ways in: the ASGI application, and the transport from a client in this process."""

from __future__ import annotations
