"""Types of the contract → the expressions that make their decoders, and the names that these have in a module."""

from __future__ import annotations

from .identifiers import snake
from .literals import literal
from .records import ListOf, MapOf, Named, Primitive, Type


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
