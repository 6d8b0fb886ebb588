"""Types of the contract → the expressions that make their decoders."""

from __future__ import annotations

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
