"""What a type hint of the package means as a schema; what it refers to are the package's own names."""

from __future__ import annotations

import ast

from ..document import SCHEMAS, Json

_PLAIN: dict[str, Json] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "dt.datetime": {"type": "string", "format": "date-time"},
    "dt.date": {"type": "string", "format": "date"},
    "typing.Any": {},
    "core.File": {"type": "string", "format": "binary"},
    "bytes": {"type": "string", "format": "binary"},
}


def schema(hint: ast.expr) -> Json:
    """A type hint as a schema.

    Raises:
        ValueError: It has a form that is not known here.
    """
    if isinstance(hint, ast.Constant):
        return schema(ast.parse(hint.value, mode="eval").body) if isinstance(hint.value, str) else {}
    text = ast.unparse(hint)
    if text in _PLAIN:
        return dict(_PLAIN[text])
    if isinstance(hint, ast.Name):
        return {"$ref": SCHEMAS + hint.id}
    if not isinstance(hint, ast.Subscript):
        raise ValueError(f"no type hint: {text}")
    members = hint.slice.elts if isinstance(hint.slice, ast.Tuple) else [hint.slice]
    return _generic(ast.unparse(hint.value).rpartition(".")[2], members)


def _generic(kind: str, members: list[ast.expr]) -> Json:
    match kind:
        case "Annotated" | "Optional":
            return schema(members[0])
        case "Literal":
            return {"type": "string", "enum": [ast.literal_eval(member) for member in members]}
        case "List" | "Sequence":
            return {"type": "array", "items": schema(members[0])}
        case "Dict":
            values = schema(members[1])
            return {"type": "object", **({"additionalProperties": values} if values else {})}
        case "Union":
            variants = [found for found in map(schema, members) if found]
            return variants[0] if len(variants) == 1 else {"oneOf": variants}
        case _:
            raise ValueError(f"no generic type: {kind}")


def tag(fields: dict[str, ast.expr]) -> tuple[str, str]:
    """The field that tells a variant from its siblings, and its value; both are "" if there is none."""
    for name, hint in fields.items():
        text = ast.unparse(hint)
        if text.startswith(("typing.Literal", "typing_extensions.Annotated[typing.Literal")):
            return name, schema(hint)["enum"][0]
    return "", ""
