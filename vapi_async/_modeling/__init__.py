"""Models and JSON: what an object of the API is here, how it comes from JSON and goes back. Knows nothing of HTTP."""

from __future__ import annotations
