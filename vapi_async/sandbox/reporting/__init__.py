"""Figures over what is stored: analytics, insights, boards, and monitors with what they find."""

from __future__ import annotations
