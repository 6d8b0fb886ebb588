"""Our own small records of a contract: what the templates see, and all that they see.

Types first: a `Type` is one of the classes below it. Everything that holds names of the document holds them as they
stand there; the Python spelling is beside them.
"""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

#: Parameters that count: whole numbers, though documents call them numbers.
COUNTS = frozenset({"limit", "page"})


class Type:
    """A type of the contract."""


@frozen
class Primitive(Type):
    """One of str, float, int, bool, datetime, Any, file, None."""

    name: str


@frozen
class Constant(Type):
    """A closed literal: the only values that there are."""

    values: tuple[Any, ...]


@frozen
class Named(Type):
    """A component by its class name: a model, a union or an enum, as `kind` says."""

    name: str
    kind: str


@frozen
class ListOf(Type):
    """A JSON array."""

    item: Type


@frozen
class MapOf(Type):
    """A JSON object with free keys."""

    value: Type


@frozen
class AnyOf(Type):
    """A union of what needs no decoding, so that it has no name."""

    members: tuple[Type, ...]


ANY = Primitive("Any")


@frozen
class Field:
    """A field of a model, a parameter of an operation, or a keyword for a field of a body."""

    wire: str
    name: str
    type: Type
    required: bool = False
    nullable: bool = False
    facts: dict[str, Any] = field(factory=dict)
    tag: bool = False


@frozen
class EnumAlias:
    """An enum with a name: its values, always open to others."""

    name: str
    values: tuple[Any, ...]


@frozen
class ModelRecord:
    """A schema of objects; `added` is where it was seen if the published document lacks it."""

    schema: str
    name: str
    module: str
    fields: tuple[Field, ...]
    extra: Type | None
    enums: tuple[EnumAlias, ...] = ()
    mixin: str = ""
    added: dict[str, str] | None = None


@frozen
class Alias:
    """A further name of a type: one that it had before, or the document's own name of what is no object.

    `module` is where it is written; "" for the name of a model, union or enum, which needs no module for it.
    """

    name: str
    type: Type
    module: str = ""


@frozen
class Case:
    """One case of a union without a single tag."""

    model: str
    has: tuple[str, ...] = ()
    equals: dict[str, tuple[Any, ...]] = field(factory=dict)
    kinds: dict[str, str] = field(factory=dict)
    starts: dict[str, str] = field(factory=dict)


@frozen
class Dispatch:
    """How the variants of a union are told apart: by `tag` and `values`, by `cases`, or by a score over `required`.

    Where several variants share a value of the tag, `shared` has the cases that tell these apart.
    """

    tag: str = ""
    values: dict[Any, str] = field(factory=dict)
    shared: dict[Any, tuple[Case, ...]] = field(factory=dict)
    cases: tuple[Case, ...] = ()
    required: dict[str, tuple[str, ...]] = field(factory=dict)


@frozen
class UnionRecord:
    """A union with a name."""

    name: str
    module: str
    members: tuple[Type, ...]
    dispatch: Dispatch

    @property
    def models(self) -> tuple[str, ...]:
        """The class names of the variants that are models."""
        return tuple(member.name for member in self.members if isinstance(member, Named) and member.kind == "model")

    @property
    def array(self) -> ListOf | None:
        """The variant that is an array, if there is just one."""
        lists = [member for member in self.members if isinstance(member, ListOf)]
        return lists[0] if len(lists) == 1 else None


@frozen
class Walk:
    """How a list is walked to its end.

    `limits` are the least, the greatest and the default page size, `windows` the times to filter by: created, updated.
    """

    kind: str
    item: Type
    limits: tuple[int, int, int] = (0, 1000, 100)
    windows: tuple[str, ...] = ()


@frozen
class Narrows:
    """A keyword that decides which variant comes back: the class names with it and without it."""

    keyword: str
    given: str
    absent: str


@frozen
class Method:
    """One operation as a method of a resource.

    ``stream`` is the name of a second method, which reads the answer while it is made. That method has in ``streams``
    the name of the first, and in ``shapes`` the methods whose answers' shapes the events may have.
    ``added`` says where it was seen if the published document lacks it.
    """

    name: str
    http_method: str
    path: str
    path_fields: tuple[Field, ...]
    query_fields: tuple[Field, ...]
    header_fields: tuple[Field, ...]
    body: str | None
    body_required: bool
    body_type: Type | None
    body_fields: tuple[Field, ...]
    files: tuple[str, ...]
    csv: tuple[str, ...]
    returns: Type | None
    errors: tuple[str, ...]
    error_models: dict[str, str]
    walk: Walk | None
    narrows: Narrows | None = None
    defaults: dict[str, Any] = field(factory=dict)
    kind: str = ""
    safe: str = ""
    reconcile: str = ""
    stream: str = ""
    streams: str = ""
    shapes: tuple[str, ...] = ()
    deprecated: bool = False
    added: dict[str, str] | None = None


@frozen
class Resource:
    """A class of methods: ``vapi.<namespace>.<name>``."""

    namespace: str
    name: str
    class_name: str
    methods: tuple[Method, ...]
    mixin: str = ""


@frozen
class Dropped:
    """A resource that the API had once.

    Args:
        namespace: As of a resource.
        name: As of a resource.
        until: The date of the last document that had it.
        contract: The date of the contract of ours that has it; "" for none.
        instead: The attribute of today's client that took its place; "" for none.
    """

    namespace: str
    name: str
    until: str
    contract: str = ""
    instead: str = ""


@frozen
class Contract:
    """All that is generated from one document; `corrections` says how many facts came from which source beside it."""

    sha256: str
    models: tuple[ModelRecord, ...]
    unions: tuple[UnionRecord, ...]
    resources: tuple[Resource, ...]
    tags: tuple[str, ...]
    counts: dict[str, int]
    report: tuple[str, ...]
    corrections: dict[str, int] = field(factory=dict)
    dropped: tuple[Dropped, ...] = ()
    aliases: tuple[Alias, ...] = ()
