"""Chats, sessions and text messages."""

from __future__ import annotations
