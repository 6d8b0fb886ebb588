"""Packages that only some users need: the extras of this one."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .errors import MissingExtra


def load(module: str, extra: str) -> Any:
    """Return a module that the extra `extra` of this package brings.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        package = module.partition(".")[0].replace("_", "-")
        text = f"this needs {package}, which is not installed: pip install 'vapi-async[{extra}]'"
        raise MissingExtra(text, name=error.name) from error
