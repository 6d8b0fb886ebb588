"""Hand-written methods of generated resources and models, and what they return; the overlay names the mixins."""

from __future__ import annotations
