"""What a command refuses with: the base that the command line catches, and the error of more than one step."""

from __future__ import annotations


class Refused(Exception):
    """A command that will not go on, and has changed nothing; the message says why, for people, a place a line."""


class BuildError(Refused):
    """The document cannot become a client without losing something; one line a place."""
