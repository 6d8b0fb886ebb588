"""`Unknown`: a variant that the contract does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vapi_async._modeling.unknown_variant import UnknownVariant


class Unknown(UnknownVariant):
    """An object in the place of a union whose tag the contract does not know."""

    __slots__ = ()

    if TYPE_CHECKING:
        who: Literal["(unknown)"]
