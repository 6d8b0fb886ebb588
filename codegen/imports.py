"""What a generated module imports: the names that its code uses, all of the runtime's through the one door."""

from __future__ import annotations

import re
from collections.abc import Iterable

RUNTIME = "vapi_async.runtime"
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_WORD = re.compile(r"\b[A-Za-z_]\w*\b")


def names_in(texts: Iterable[str]) -> frozenset[str]:
    """The identifiers in pieces of code, string literals left out."""
    return frozenset(name for text in texts for name in _WORD.findall(_STRING.sub('""', text)))


def runtime_imports(names: Iterable[str], mixin: str = "") -> list[str]:
    """The imports of what generated code needs of the runtime, all of it through the one door, and of a mixin."""
    module, _, name = mixin.rpartition(".")
    own = {name} if module == RUNTIME else set()
    lines = [f"from {RUNTIME} import {', '.join(sorted({*names, *own}))}"] if {*names, *own} else []
    return [*lines, f"from {module} import {name}"] if module and not own else lines
