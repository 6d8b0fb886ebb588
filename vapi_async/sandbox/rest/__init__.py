"""REST over the store: the contract's table, stored objects, lists, and what is wrong with a request."""

from __future__ import annotations
