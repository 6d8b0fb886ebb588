"""The ledger: every public name that generated types were ever given, and the places that each of them names.

It decides first what a type is called, so that nobody's import breaks because an equal type came, went or changed
somewhere else. A name belongs to one place, its home, which stands first. The places behind it held the same type when
the ledger was last written, and the mark at the end stands for what that type was: where the home is gone from a
document, the name follows the first of them that is there.
Lines are added and brought up to date, never taken out: a name of something that is gone is not given to anything else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from keyword import iskeyword
from pathlib import Path
from typing import TypeAlias

from attrs import field, frozen

from .errors import Refused

FILE = "names.lock"
#: So many places are enough to follow a type by.
_MOST_PLACES = 6
_MARK = "#"

Names: TypeAlias = Mapping[str, tuple[str, ...]]


@frozen
class Ledger:
    """Names, and the places that they name.

    Args:
        names: Those that a package has given: they are kept.
        advice: Those that another package has given, such as ours: where a type has no name yet, it gets theirs.
        better: Those that go before all others where a type has several.
    """

    names: Names = field(factory=dict)
    advice: Names = field(factory=dict)
    better: frozenset[str] = frozenset()

    def with_better(self, rows: Mapping[str, str]) -> Ledger:
        """The ledger with better names, each for a place; what is there had names before, which stay as aliases."""
        added = {name: (place,) for name, place in rows.items() if name not in self.names}
        return Ledger({**self.names, **added}, self.advice, frozenset(rows))

    def grown(self, given: Names) -> Ledger:
        """The ledger with what was given in a document, its places up to date.

        Args:
            given: The public names of a document, each with its places, the best first.
        """
        merged = {name: _places(self.names.get(name, ())[:1], places) for name, places in given.items()}
        return Ledger(dict(sorted({**self.names, **merged}.items())), self.advice)

    def dumps(self) -> str:
        """The text of the file: JSON with a line for each name, so that a diff shows what was added."""
        lines = (f"{json.dumps(name)}: {json.dumps(list(places))}" for name, places in sorted(self.names.items()))
        return "{\n" + ",\n".join(lines) + "\n}\n"


def read(path: Path) -> dict[str, tuple[str, ...]]:
    """The names in a file; none if there is no file.

    Raises:
        Refused: It is no ledger; such as after a merge that left both sides in it.
    """
    if not path.exists():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refused(f"{path}: this is no ledger of names: {error}") from None
    bad = [name for name, places in data.items() if not _is_row(name, places)] if isinstance(data, dict) else ["{}"]
    if bad:
        raise Refused(f"{path}: {bad[0]!r} is no name with its places")
    return {name: tuple(places) for name, places in data.items()}


def _is_row(name: str, places: object) -> bool:
    usable = name.isascii() and name.isidentifier() and not iskeyword(name) and not name.startswith("_")
    return usable and isinstance(places, list) and bool(places) and all(isinstance(place, str) for place in places)


def mark(identity: str) -> str:
    """What stands for a type itself, wherever it is."""
    return f"{_MARK}{identity[:12]}"


def _places(home: Sequence[str], now: Sequence[str]) -> tuple[str, ...]:
    places = [place for place in dict.fromkeys([*home, *now]) if not place.startswith(_MARK)]
    return (*places[:_MOST_PLACES], *(place for place in now if place.startswith(_MARK)))
