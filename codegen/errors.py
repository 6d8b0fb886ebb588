"""`CodegenError`: what every refusal of the generator is, so that the command line tells it from a fault of its own."""

from __future__ import annotations


class CodegenError(Exception):
    """A command is refused and nothing was changed; the message says why, and what to do about it."""
