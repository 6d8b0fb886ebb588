"""What unions, enums and inline objects are called, and which other names lead to the same types.

The ledger decides first; where it has several names for a type, that of a row of the overlay goes before the others.
What it does not know gets the best free name of the places where it stands: one that the document itself has, one of a
parameter that several operations have alike, one below a preferred owner, the shortest, the alphabetically first. So
names depend neither on the order of the document nor on its prose. A type can have many names: the best of them is its
own, and the others are aliases.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Set
from itertools import count
from typing import Any

from attrs import define, field

from .document import Json, reference
from .identifiers import MAX_LENGTH, class_name
from .ledger import Ledger, mark
from .sites import Site, shared_parameter

LIFT = "$lift"
_LONGEST = MAX_LENGTH - 20  # room for what tells names apart
#: So many times as many parameters as fields.
_MANY = 2
_SUFFIX = {"enum": "Value", "union": "Variant", "model": "Object"}


@define
class Lifted:
    """A union, enum or inline object on its way to a name."""

    kind: str
    schema: Json
    order: str
    sites: Counter[Site] = field(factory=Counter)
    name: str = ""


class TypeNames:
    """Names the lifted types of one document.

    Args:
        lifted: The types by identity; they get their names.
        components: The canonical form of each schema that is no object, by its name in the document.
        models: The names of the schemas that are objects.
        plain: What stands in places of the ledger that hold no lifted type.
        ledger: What decides first.
        owners: Models whose name goes before others' in the name of what they share.

    Attributes:
        aliases: Other names, and the schema in the place that each of them names.
        given: Every public name, with its places, the best first.
    """

    def __init__(
        self,
        lifted: Mapping[str, Lifted],
        components: Mapping[str, Json],
        models: Set[str],
        plain: Mapping[str, Json],
        ledger: Ledger,
        owners: tuple[str, ...],
    ) -> None:
        self._lifted = lifted
        self._components = components
        self._plain = plain
        self._ledger = ledger
        self._owners = owners
        self._titles = frozenset(map(class_name, components))
        self._shared = frozenset(_share_parameters(lifted))
        self._holders = _holders(lifted)
        self._advised = {places[0]: name for name, places in sorted(ledger.advice.items(), reverse=True)}
        self.aliases: dict[str, Json] = {}
        self.given: dict[str, tuple[str, ...]] = {class_name(schema): (schema,) for schema in sorted(models)}
        self._taken = {*self.given}

    def assign(self) -> None:
        """Give every lifted type its name, and what else leads to it."""
        kept = self._kept()
        plain = {class_name(name) for name, shape in self._components.items() if LIFT not in shape}
        reserved = {*self._taken, *self._ledger.names, *plain, *(self._ledger.advice.keys() - self._titles)}
        for identity, one in sorted(self._lifted.items(), key=self._naming_order):
            names = sorted(kept.get(identity, ()), key=self._rank)
            one.name, found = (names[0], self._places(one)) if names else self._new(one, reserved)
            reserved.add(one.name)
            self.given[one.name] = places = (*found, mark(identity))
            for other in names[1:]:
                self._alias(other, {"$ref": reference(one.name)}, places)
        self._add_components()

    def _kept(self) -> dict[str, list[str]]:
        """The names of the ledger by the type that each of them names; those of plain types become aliases."""
        kept: dict[str, list[str]] = defaultdict(list)
        for name, places in self._ledger.names.items():
            place = next((place for place in places if place in self._holders or place in self._plain), None)
            if place is None or name in self._taken:
                continue
            if place in self._holders:
                kept[self._holders[place]].append(name)
            else:
                self._alias(name, self._plain[place], (place,))
        return kept

    def _new(self, one: Lifted, reserved: set[str]) -> tuple[str, tuple[str, ...]]:
        """The best free name of a type, and its places, that which gave the name first."""
        sites = self._ranked(one)
        advised = {self._advised[site.path] for site in sites if site.path in self._advised} - self._ledger.names.keys()
        if (free := advised - self.given.keys()) and sites[0].name not in self._titles:
            return min(free, key=self._rank), self._places(one)
        wanted = [(class_name(site.name[:_LONGEST]), site) for site in sites]
        suffixed = [(f"{name}{_SUFFIX[one.kind]}", site) for name, site in wanted]
        name, site = next(_candidates([*wanted, *suffixed], reserved))
        return name, tuple(dict.fromkeys([site.path, *self._places(one)]))

    def _add_components(self) -> None:
        """Every schema of the document can be imported by its name, whatever it is."""
        for schema, shape in sorted(self._components.items()):
            name = class_name(schema)
            if name not in self.given:
                now = self.given[self._lifted[shape[LIFT]].name] if LIFT in shape else ()
                self._alias(name, shape, tuple(dict.fromkeys([schema, *now])))

    def _alias(self, name: str, shape: Json, places: tuple[str, ...]) -> None:
        self.aliases[name] = shape
        self.given[name] = places

    def _places(self, one: Lifted) -> tuple[str, ...]:
        return tuple(dict.fromkeys(site.path for site in self._ranked(one)))

    def _ranked(self, one: Lifted) -> list[Site]:
        return sorted(one.sites, key=lambda site: (self._rank(site.name), site.path))

    def _naming_order(self, item: tuple[str, Lifted]) -> tuple[Any, ...]:
        """Of two that want one name the union has it, since it stands in the place; its members come after."""
        one = item[1]
        return min(self._rank(site.name) for site in one.sites), one.kind != "union", one.kind, one.order

    def _rank(self, name: str) -> tuple[Any, ...]:
        """The best name first."""
        return (
            name not in self._ledger.better,
            name not in self._titles,
            name not in self._shared,
            not name.startswith(self._owners),
            len(name),
            name,
        )


def _share_parameters(lifted: Mapping[str, Lifted]) -> Iterator[str]:
    """Name what several operations take alike after the parameter alone: ``SortOrder``.

    Where parameters of one name take different values, what most of them take gets it. What fields hold as well is
    called after the field, unless a field merely repeats what many lists were asked for.
    """
    counts: dict[str, list[tuple[int, str, Lifted]]] = defaultdict(list)
    for one in lifted.values():
        wires = Counter(site.parameter for site in one.sites)
        fields = wires.pop("", 0)
        if len(wires) == 1 and (number := next(iter(wires.values()))) > max(1, _MANY * fields):
            counts[next(iter(wires))].append((-number, one.order, one))
    for wire, found in counts.items():
        site = shared_parameter(wire)
        min(found, key=lambda each: each[:2])[2].sites[site] += 1
        yield site.name


def _holders(lifted: Mapping[str, Lifted]) -> dict[str, str]:
    """The type that stands in each place; where several do, as variants that nothing tells apart, one of them."""
    ordered = sorted(lifted.items(), key=lambda item: item[1].order, reverse=True)
    marks = {mark(identity): identity for identity in lifted}
    return marks | {site.path: identity for identity, one in ordered for site in one.sites}


def _candidates(wanted: list[tuple[str, Site]], taken: Set[str]) -> Iterator[tuple[str, Site]]:
    yield from ((name, site) for name, site in wanted if name not in taken)
    last, site = wanted[-1]
    yield from ((name, site) for index in count(2) if (name := f"{last}{index}") not in taken)
