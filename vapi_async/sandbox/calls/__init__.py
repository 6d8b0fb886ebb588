"""Calls of the sandbox: how they come about, go on, and end."""

from __future__ import annotations
