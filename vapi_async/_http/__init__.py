"""One request, from the prepared request to its response: session, request loop, retries, rate limits, transport."""

from __future__ import annotations
