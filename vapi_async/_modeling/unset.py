"""`UNSET`: the value of a field or argument that is absent, as opposed to `None`, which is JSON's null.

It is the only member of an enum, because that is what every type checker narrows on `is`, and what pickling and
copying keep as one object. It is falsy, so `if call.ended_at:` covers absent and null alike.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal

from vapi_async._lazy import exported_by


@exported_by("vapi_async")
class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    __str__ = __repr__


UNSET: Final = Unset.UNSET
