"""`contract.json` of a package, read once in a process, and the package that a model is of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any


@cache
def contract_document(package: str) -> Mapping[str, Any]:
    """Return the contract that a package was generated from."""
    from importlib.resources import files

    document: Mapping[str, Any] = json.loads((files(package) / "contract.json").read_bytes())
    return document


def package_of(model: object) -> str:
    """Return the package that a model was generated into; "" for a model that no contract has."""
    generated = next((cls for cls in type(model).__mro__ if vars(cls).get("_schema")), None)
    return "" if generated is None else generated.__module__.rsplit(".", 2)[0]
