"""Types of the contract → type hints: of what is read (attributes, results) and of what is written (arguments)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .literals import literal
from .records import AnyOf, Constant, Field, ListOf, MapOf, Named, Primitive, Type

_READ = {"file": "bytes", "None": "None"}
_WRITE = {"file": "FileInput", "datetime": "datetime | str", "None": "None"}


def choices(values: Iterable[Any]) -> str:
    """``Literal[...]`` of JSON scalars; a number that is no int can be in none, so the type stands for it."""
    plain = [value for value in values if isinstance(value, str | int | bool)]
    return f"Literal[{', '.join(map(literal, plain))}]" if plain else "float"


def open_choices(values: Iterable[Any]) -> str:
    """An open enum: known values for completion, any other value of their type as well."""
    values = tuple(values)
    base = "str" if all(isinstance(value, str) for value in values) else "float | str"
    return f"{choices(values)} | {base}"


def read(kind: Type) -> str:
    """The annotation of an attribute or a return value."""
    match kind:
        case Primitive(name):
            return _READ.get(name, name)
        case Constant(values):
            return choices(values)
        case Named(name):
            return name
        case ListOf(item):
            return f"list[{read(item)}]"
        case MapOf(value):
            return f"dict[str, {read(value)}]"
        case AnyOf(members):
            return " | ".join(dict.fromkeys(map(read, members)))
        case _:
            raise TypeError(kind)


def write(kind: Type) -> str:
    """The annotation of an argument: models as such or as mappings in the API's own spelling."""
    match kind:
        case Primitive(name):
            return _WRITE.get(name, name)
        case Named(name, "enum"):
            return name
        case Named(name):
            return f"{name} | Mapping[str, Any]"
        case ListOf(item):
            return f"Sequence[{write(item)}]"
        case MapOf(value):
            return f"Mapping[str, {write(value)}]"
        case AnyOf(members):
            return " | ".join(dict.fromkeys(map(write, members)))
        case _:
            return read(kind)


def attribute(field: Field) -> str:
    """The annotation of a model's attribute; what is optional may be null too, as the API shows."""
    base = read(field.type)
    if base == "Any":
        return base
    if field.required:
        return f"{base} | None" if field.nullable else base
    return f"{base} | None | Unset"


def default(field: Field) -> str:
    """The default of an attribute with its equals sign: a tag's only value, UNSET for what is optional."""
    constant = field.type.values if isinstance(field.type, Constant) else ()
    if len(constant) == 1 and (field.required or field.tag):
        return f" = {literal(constant[0])}"
    return "" if field.required else " = UNSET"


def keyword(field: Field) -> str:
    """The annotation of a keyword argument; what is optional may be null, as it may in answers."""
    base = write(field.type)
    if base == "Any":
        return base
    null = " | None" if field.nullable or not field.required else ""
    return f"{base}{null} | Unset"


def query(field: Field, *, csv: bool) -> str:
    """The annotation of a query parameter; one that is sent comma-separated takes a string or a sequence."""
    base = "str | Sequence[str]" if csv else write(field.type).replace("datetime | str", "datetime")
    return base if base == "Any" else f"{base} | Unset"


def named(kind: Type) -> list[Named]:
    """All models, unions and enums in a type."""
    match kind:
        case Named():
            return [kind]
        case ListOf(inner) | MapOf(inner):
            return named(inner)
        case AnyOf(members):
            return [found for member in members for found in named(member)]
        case _:
            return []
