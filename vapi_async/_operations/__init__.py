"""From the arguments of a method to a prepared request, checked before anything is sent."""

from __future__ import annotations
