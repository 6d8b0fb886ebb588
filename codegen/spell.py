"""Records → the pieces of Python text that templates put together.

Every string of the document that reaches the output goes through `literal` here, or through `identifiers`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from .identifiers import snake
from .records import AnyOf, Constant, Field, ListOf, MapOf, Named, Primitive, Type

RUNTIME = "vapi_async.runtime"

_READ = {"file": "bytes", "None": "None"}
_WRITE = {"file": "FileInput", "datetime": "datetime | str", "None": "None"}


def door(names: Iterable[str], mixin: str = "") -> list[str]:
    """The imports of what generated code needs of the runtime, all of it through the one door, and of a mixin."""
    module, _, name = mixin.rpartition(".")
    own = {name} if module == RUNTIME else set()
    lines = [f"from {RUNTIME} import {', '.join(sorted({*names, *own}))}"] if {*names, *own} else []
    return [*lines, f"from {module} import {name}"] if module and not own else lines


def literal(value: Any) -> str:
    """A JSON value as a Python literal in ASCII, whatever it holds."""
    if isinstance(value, str):
        return json.dumps(value) if value.isascii() and value.isprintable() else ascii(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    return repr(value)


def tuple_literal(values: Iterable[Any]) -> str:
    """Values as a Python tuple of literals."""
    spelled = [literal(value) for value in values]
    return f"({', '.join(spelled)}{',' if len(spelled) == 1 else ''})"


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


def keyword(field: Field, *, clears: bool = False) -> str:
    """The annotation of a keyword argument; `clears` says that null clears the field."""
    base = write(field.type)
    if base == "Any":
        return base
    null = " | None" if field.nullable or (clears and not field.required) else ""
    return f"{base}{null} | Unset"


def query(field: Field, *, csv: bool) -> str:
    """The annotation of a query parameter; one that is sent comma-separated takes a string or a sequence."""
    base = "str | Sequence[str]" if csv else write(field.type).replace("datetime | str", "datetime")
    return base if base == "Any" else f"{base} | Unset"


def decoder(kind: Type, package: str) -> str:
    """The expression that makes the decoder of a type, "" where the JSON value is the value already."""
    match kind:
        case Primitive("datetime"):
            return "timestamp"
        case Named(name, "model"):
            return f"nested({package}, {literal(name)})"
        case Named(name, "union"):
            return f"union({package}, {literal(name)})"
        case ListOf(inner) | MapOf(inner):
            wrapper = "items" if isinstance(kind, ListOf) else "values"
            made = decoder(inner, package)
            return f"{wrapper}({made})" if made else ""
        case _:
            return ""


def decoder_name(kind: Type) -> str:
    """The module-level name of a type's decoder."""
    match kind:
        case Primitive(name):
            return "timestamp" if name == "datetime" else snake(name)
        case Named(name):
            return f"_{snake(name)}"
        case ListOf(inner):
            return f"_{decoder_name(inner).lstrip('_')}_list"
        case MapOf(inner):
            return f"_{decoder_name(inner).lstrip('_')}_map"
        case _:
            raise TypeError(kind)


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


def facts(field: Field) -> str:
    """What the contract says of a field beyond its type, as one line; "" when it says nothing."""
    known = field.facts
    parts = []
    if known.get("deprecated"):
        parts.append("Deprecated.")
    if known.get("readOnly"):
        parts.append("Set by the API.")
    if "default" in known and len(literal(known["default"])) <= 60:
        parts.append(f"Default: {literal(known['default'])}.")
    for low, high, what in (
        ("minimum", "maximum", "{}"),
        ("minLength", "maxLength", "{} characters"),
        ("minItems", "maxItems", "{} items"),
    ):
        bounds = _bounds(known.get(low), known.get(high))
        if bounds:
            parts.append(f"{what.format(bounds).capitalize()}.")
    if "pattern" in known and len(known["pattern"]) <= 60:
        parts.append(f"Matches {literal(known['pattern'])}.")
    return docstring(" ".join(parts))


def docstring(text: str) -> str:
    """Text that may stand between triple quotes: no backslash, quote run or control character gets through."""
    safe = "".join(char if char.isprintable() or char == "\n" else "?" for char in text)
    return safe.replace("\\", "\\\\").replace('"""', "'''").rstrip('"')


def _bounds(low: Any, high: Any) -> str:
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if high is not None:
        return f"at most {high:g}"
    return f"at least {low:g}" if low is not None else ""
