"""What `vapi.calls` and `vapi.live` have beside the contract: live calls, listening, audio, reconciliation."""

from __future__ import annotations
