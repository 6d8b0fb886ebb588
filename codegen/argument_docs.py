"""What docstrings say of the arguments of methods: our own sentences, the contract's facts, and the values allowed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from . import docstrings
from .identifiers import singular
from .literals import docstring, literal
from .records import AnyOf, Constant, Field, Method, Named, Type

_WIDTH = 104
_INDENT = 12 * " "
#: The most values that are listed; more are a look at the type.
_FEW = 8
_PASSED = {
    "request": "The whole body, in place of its fields one by one.",
    "created": "Only what was created in this span of time, such as `since(days=7)`.",
    "updated": "Only what was changed last in this span of time, such as `since(days=7)`.",
    "max_items": "How many items at most, over all pages.",
    "resume": "Where an earlier walk stopped: its `position`.",
}


@frozen
class ArgumentDocs:
    """Describes the arguments of methods.

    Args:
        enums: The values of each named enum.
    """

    enums: Mapping[str, tuple[Any, ...]] = field(factory=dict)

    def lines(self, method: Method) -> list[str]:
        """The lines below `Args:`, one argument after the other; what nothing is known of is left out."""
        told = {name: text for name, text in self._texts(method) if text}
        lines: list[str] = []
        for name, text in told.items():
            lines += textwrap.wrap(
                f"{name}: {text}", _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT + "    ",
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
        return lines

    def _texts(self, method: Method) -> Iterator[tuple[str, str]]:
        for place in method.path_fields:
            yield place.name, _named_by(method.path, place) or self._text("", place)
        owner = method.body_type.name if isinstance(method.body_type, Named) else ""
        if method.body_type is not None:
            yield "request", _PASSED["request"] if method.body_fields else ""
        for place in method.body_fields:
            yield place.name, self._text(owner, place)
        for place in method.query_fields:
            told = docstrings.filtered(place) if method.walk else docstrings.described("", place)
            yield place.name, self._with_allowed(told, place)
        for place in method.header_fields:
            yield place.name, self._text("", place)
        if method.walk:
            for name in (*method.walk.windows, "max_items", "resume"):
                yield name, _PASSED[name]

    def _text(self, owner: str, place: Field) -> str:
        return self._with_allowed(docstrings.described(owner, place), place)

    def _with_allowed(self, told: str, place: Field) -> str:
        return " ".join(filter(None, [told, self._allowed(place.type)]))

    def _allowed(self, kind: Type) -> str:
        """The values that a type allows, where they are few."""
        if isinstance(kind, AnyOf):
            return next(filter(None, map(self._allowed, kind.members)), "")
        known = kind.values if isinstance(kind, Constant) else ()
        if isinstance(kind, Named) and kind.kind == "enum":
            known = self.enums.get(kind.name, ())
        if not 1 < len(known) <= _FEW:
            return ""
        return docstring(f"One of {', '.join(map(literal, known))}.")


def _named_by(path: str, place: Field) -> str:
    """What a parameter of a path names, from what stands before it: `/call/{id}`; "" where that is a parameter too."""
    before = path.partition(f"/{{{place.wire}}}")[0].rpartition("/")[2]
    if not before or before.startswith("{") or not place.wire.lower().endswith("id"):
        return ""
    *head, last = before.split("-")
    return docstring(f"Which {' '.join([*head, singular(last)])}, by its id.")
