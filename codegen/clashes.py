"""Operations whose names cannot be: two of one name, or one that hides what was written by hand.

For our own contract each of them is an error that asks for a row in the overlay. A document of somebody else is read
all the same: the operation that is met first, the shortest path first, keeps the name, and any other gets one that says
its path as well, with a line in the report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import count
from keyword import iskeyword
from typing import TypeAlias

from attrs import evolve

from .document import pointer
from .errors import BuildError
from .identifiers import snake
from .naming import RESERVED_RESOURCES, OperationName
from .overlay import Overlay
from .report import Report

Named: TypeAlias = Mapping[tuple[str, str], OperationName]


def refuse(names: Named, overlay: Overlay) -> None:
    """Check that every operation has a name for itself.

    Raises:
        BuildError: One has not; a line for each of them.
    """
    counts = Counter(map(str, names.values()))
    problems = _impossible(names)
    for key, name in names.items():
        if counts[str(name)] > 1:
            problems.append(f"{_place(key, name)} is the name of another operation too; add an overlay row")
        if _hides_attribute(name):
            problems.append(f"{_place(key, name)} shadows a hand-written name of the client; add an overlay row")
        if _hides_method(name, overlay):
            problems.append(f"{_place(key, name)} shadows a hand-written method; add an overlay row")
    if problems:
        raise BuildError("\n".join(problems))


def resolve(names: Named, overlay: Overlay, report: Report) -> Named:
    """Give those another name that have none for themselves.

    Raises:
        BuildError: A row of the overlay gives a name that can be none.
    """
    if problems := _impossible(names):
        raise BuildError("\n".join(problems))
    streams = ((name, overlay.operation(*key).get("stream")) for key, name in names.items())
    taken = {f"{_resource(name)}.{stream}" for name, stream in streams if stream}
    found: dict[tuple[str, str], OperationName] = {}
    for key in sorted(names, key=lambda key: (not overlay.operation(*key), len(key[1]), key[1], key[0])):
        wanted = names[key]
        found[key] = name = next(each for each in _others(key[1], wanted, overlay) if str(each) not in taken)
        taken.add(str(name))
        if name != wanted:
            report.add(pointer("paths", key[1], key[0]), f"{wanted} is taken, called {name}; an overlay row names it")
    return {key: found[key] for key in names}


def _others(path: str, wanted: OperationName, overlay: Overlay) -> Iterator[OperationName]:
    """The name itself, where it hides nothing, and then others, each of them less nice."""
    name = evolve(wanted, resource=f"{wanted.resource}_") if _hides_attribute(wanted) else wanted
    if _hides_method(name, overlay):
        name = evolve(name, method=f"{name.method}_")
    yield name
    static = "_".join(snake(part) for part in path.split("/") if part and "{" not in part)
    for detail in (static, snake(path)):
        yield evolve(name, method=f"{name.method}_{detail}")
    yield from (evolve(name, method=f"{name.method}_{number}") for number in count(2))


def _impossible(names: Named) -> list[str]:
    return [
        f"{_place(key, name)} is no identifier; add an overlay row"
        for key, name in names.items()
        if not all(part.isidentifier() and not iskeyword(part) for part in (name.resource, name.method))
    ]


def _hides_attribute(name: OperationName) -> bool:
    return not name.namespace and name.resource in RESERVED_RESOURCES


def _hides_method(name: OperationName, overlay: Overlay) -> bool:
    return name.method in overlay.inherited(_resource(name))


def _resource(name: OperationName) -> str:
    return f"{name.namespace}.{name.resource}".lstrip(".")


def _place(key: tuple[str, str], name: OperationName) -> str:
    return f"{pointer('paths', key[1], key[0])}: {name}"
