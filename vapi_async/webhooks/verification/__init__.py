"""Who a delivery is from: the verifiers of every way in which a credential can authenticate Vapi."""

from __future__ import annotations
