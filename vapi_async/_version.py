"""The version of the package, where the build and the user-agent header read it."""

from __future__ import annotations

__version__ = "0.1.0"
