"""What was renamed: what is gone and what is new, made pairs where they are alike enough to be one thing.

Models: the fields decide, with the tags as a veto; where both stand in the same place of the document less likeness
is enough than where only their names say so. Operations: what goes in and what comes out decide, then the path.
Fields and parameters: equal types, similar names. Of several candidates the most alike wins, whatever their order, and
none where several are as alike as each other: one thing that became many was not renamed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher
from typing import TypeVar

from ..document import anonymous
from ..identifiers import words
from .shapes import Shape
from .surface import Key, Surface

T = TypeVar("T", bound=str | tuple[str, str])

_ALIKE_IN_PLACE = 0.5
_ALIKE_BY_NAME = 0.75
_SIMILAR_NAME = 0.6
_SAME_SPELLING = 0.9
_SOME_WORDS = 0.5
_MOST_WORDS = 0.6
_MARGIN = 0.1
#: So many fields alike are no accident.
_TELLING = 4


def pairs(gone: Iterable[T], new: Iterable[T], likeness: Callable[[T, T], float]) -> dict[T, T]:
    """One-to-one pairs of what is gone and what is new, the most alike first.

    Args:
        gone: Names that only the old document has.
        new: Names that only the new one has.
        likeness: How alike two of them are; 0 when they are not one thing.
    """
    new = list(new)
    found: list[tuple[float, T, T]] = []
    for old in gone:
        scored = sorted(((score, other) for other in new if (score := likeness(old, other)) > 0), reverse=True)
        # Two candidates that are about as alike: whichever was taken would be a guess.
        if len(scored) == 1 or (scored and scored[0][0] > scored[1][0] + _MARGIN):
            found.append((-scored[0][0], old, scored[0][1]))
    best: dict[T, T] = {}
    for _, old, other in sorted(found):
        best.setdefault(other, old)
    return {old: other for other, old in best.items()}


def renamed_models(old: Surface, new: Surface) -> dict[str, str]:
    """The model in the new document that each model of the old one is, where there is one."""
    same = {name: name for name in old.models if name in new.models}
    gone = [name for name in old.models if name not in same]
    fresh = [name for name in new.models if name not in same]
    signs = {name: _signs(old.fields(name)) for name in gone}
    others = {name: _signs(new.fields(name)) for name in fresh}

    def likeness(name: str, other: str) -> float:
        overlap = _overlap(signs[name], others[other])
        if overlap < _ALIKE_IN_PLACE or _tags_differ(old.fields(name), new.fields(other)):
            return 0
        by_name = _overlap(_words(name), _words(other))
        # The same place refers to both: one took the other's place there, whatever it is called.
        if old.referrers[name] & new.referrers[other]:
            return 1 + overlap + by_name
        enough = _SOME_WORDS if overlap == 1 and len(signs[name]) >= _TELLING else _SIMILAR_NAME
        return overlap + by_name if overlap >= _ALIKE_BY_NAME and by_name >= enough else 0

    return same | pairs(gone, fresh, likeness)


def renamed_operations(old: Surface, new: Surface, same_models: Mapping[str, str]) -> dict[Key, Key]:
    """The operation in the new document that each operation of the old one is, where there is one."""
    known = {(verb, anonymous(path)): (verb, path) for verb, path in new.operations}
    same = {key: known[found] for key in old.operations if (found := (key[0], anonymous(key[1]))) in known}
    gone = [key for key in old.operations if key not in same]
    fresh = [key for key in new.operations if key not in same.values()]

    def likeness(key: Key, other: Key) -> float:
        if str(old.names[key]) == str(new.names[other]):
            return 3
        left, right = _traffic(old, key, same_models), _traffic(new, other, {})
        if left != right or not any(shape and shape.all_models for shape in left):
            return 0
        by_path = _ratio(anonymous(key[1]), anonymous(other[1]))
        return by_path + (key[0] == other[0]) if by_path >= _SIMILAR_NAME else 0

    return same | pairs(gone, fresh, likeness)


def renamed_fields(gone: Mapping[str, Shape], new: Mapping[str, Shape]) -> dict[str, str]:
    """The new name of each field that is gone, where there is one.

    Args:
        gone: The shapes of those that are gone, in names of the new document's models.
        new: The shapes of those that are new.
    """

    def likeness(name: str, other: str) -> float:
        if gone[name] != new[other]:
            return 0
        spelling, by_words = _ratio(name, other), _overlap(_words(name), _words(other))
        enough = _SOME_WORDS if gone[name].all_models else _MOST_WORDS
        return spelling + by_words if spelling >= _SAME_SPELLING or by_words >= enough else 0

    return pairs(gone, new, likeness)


def _signs(shapes: Mapping[str, Shape]) -> frozenset[str]:
    return frozenset(f"{wire}: {shape.coarse()}" for wire, shape in shapes.items())


def _words(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in words(name))


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    """The share of what both have; pairs of very different size are sorted out at once."""
    if 2 * min(len(left), len(right)) < max(len(left), len(right)):
        return 0
    return len(left & right) / len(left | right) if left else 0


def _tags_differ(left: Mapping[str, Shape], right: Mapping[str, Shape]) -> bool:
    return any(
        len(shape.values) == len(right[wire].values) == 1 and shape.values != right[wire].values
        for wire, shape in left.items()
        if wire in right
    )


def _ratio(left: str, right: str) -> float:
    return SequenceMatcher(None, left.lower(), right.lower()).ratio()


def _traffic(surface: Surface, key: Key, names: Mapping[str, str]) -> tuple[Shape | None, Shape | None]:
    """What goes into an operation and what comes out of it."""
    body, answer = surface.body(key), surface.answers(key).get("2xx")
    shapes = [None if node is None else surface.shapes.of(node).renamed(names) for node in (body, answer)]
    return shapes[0], shapes[1]
