"""Runs that judge: of simulations, of evals, and of structured outputs over calls."""

from __future__ import annotations
