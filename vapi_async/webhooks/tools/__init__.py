"""Tools: Python functions that an assistant can call, from their signature to what is spoken of their result."""

from __future__ import annotations
