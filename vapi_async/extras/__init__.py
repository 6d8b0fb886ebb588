"""Methods beside those of the contract: mixins that the generated classes inherit."""

from __future__ import annotations
