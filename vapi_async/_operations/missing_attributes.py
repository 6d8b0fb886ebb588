"""Attributes that are not there: what became of them, and what was meant.

A resource that the API dropped says when, and how to get a package that still has it; any other name is compared with
those that there are, and what the contract lacks goes through `request`. Type checkers do not see `__getattr__`, so
that they go on reporting such names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

from vapi_async._modeling.attribute_error import MissingAttributeError

#: So many names are all told, also where one of them is close.
_FEW = 20


class Attributes:
    """Base of what has resources as attributes, and of the resources."""

    #: Resources of older contracts: the date of the last one that had it, of the one to generate from, what is instead.
    _DROPPED: ClassVar[Mapping[str, Sequence[str]]] = {}

    def _anew(self) -> Self:
        """Return a copy without what was made of it: that sends as this one does."""
        other = copy(self)
        for name in [name for name in vars(other) if isinstance(getattr(type(self), name, None), cached_property)]:
            del vars(other)[name]
        return other

    def _of(self, client: Any) -> Self:
        """Return a copy that sends through another client."""
        other = self._anew()
        vars(other).update({"_client": client, "_session": client._session})
        return other

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if hasattr(type(self), name):  # a property that failed with an AttributeError of its own: that one counts
                return object.__getattribute__(self, name)
            raise MissingAttributeError(_explained, name=name, obj=self)


def _explained(holder: Attributes, name: str) -> str:
    text = f"{type(holder).__name__!r} object has no attribute {name!r}"
    if name.startswith("_"):
        return text
    dropped = holder._DROPPED.get(name)
    return f"{text}: {_farewell(*dropped)}" if dropped else text + _suggestion(holder, name)


def _farewell(until: str, contract: str, instead: str) -> str:
    text = f"the API has dropped it; of its known documents, that of {until} was the last one with it."
    if instead:
        text += f" Today the client has {instead!r}."
    if contract:
        text += (
            " In a checkout of vapi-async, this makes a package that has it: python -m codegen generate "
            f"--spec examples/contracts/{contract}.json --package vapi_{contract[:4]} --out ."
        )
    return text


def _suggestion(holder: Attributes, name: str) -> str:
    from vapi_async._did_you_mean import close_matches

    known = {other.rpartition(".")[2]: other for other in _names(holder)}  # without the namespace, as it was written
    close = close_matches(name, known)
    meant = f". Did you mean {known[close[0]]!r}?" if close else "."
    if close and len(known) > _FEW:
        return meant
    return (
        f'{meant} It has {", ".join(sorted(known.values()))}; what the contract lacks: client.request("GET", "/path")'
    )


def _names(holder: Attributes) -> Iterator[str]:
    """The public names of a holder, its own after those of its namespaces: of two alike the last one counts."""
    own = [name for name in dir(type(holder)) if not name.startswith("_") and not name.isupper()]
    for space in own:
        if space[0] == "v" and space[1:].isdecimal():
            yield from (f"{space}.{name}" for name in _names(getattr(holder, space)))
    yield from own
