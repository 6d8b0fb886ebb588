"""Whether the paths to encrypted arguments lead to something that a tool takes.

One that is misspelled would leave its argument as it came, and the tool would take ciphertext for a value; so it is an
error when the tool is registered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .decryption import ANY_ITEM, parse_path

if TYPE_CHECKING:
    from .tool_signature import ToolSignature


def check_paths(tool: str, signature: ToolSignature, paths: Sequence[str]) -> tuple[str, ...]:
    """Return the paths of a tool's encrypted arguments.

    Args:
        tool: the name of the tool.
        signature: of its function.
        paths: as in the server's `encryptedPaths`.

    Raises:
        TypeError: it is a single text.
        ValueError: one is no path, or leads to nothing that the tool takes.
    """
    if isinstance(paths, str):
        raise TypeError("encrypted_paths: it has to be a list of paths, not one text")
    for path in paths:
        parts = parse_path(path)
        if not _leads_somewhere(signature.schema, parts, is_open=signature.takes_any):
            raise ValueError(f"encrypted_paths of {tool}: {path!r} leads to nothing that the function takes")
    return tuple(paths)


def _leads_somewhere(schema: Mapping[str, Any], parts: Sequence[str], *, is_open: bool = False) -> bool:
    """Return whether a path leads to something in a schema, or to where the schema does not say what there is."""
    if not parts:
        return True
    if schema["type"] == "array":
        is_index = parts[0] == ANY_ITEM or parts[0].isdecimal()
        return _leads_somewhere(schema["items"], parts[1:] if is_index else parts)
    if schema["type"] == "object":
        members = schema.get("properties")
        if members is None:  # such as dict
            return True
        return _leads_somewhere(members[parts[0]], parts[1:]) if parts[0] in members else is_open
    # A text may stand for any value; of a number or truth value there are no parts.
    return schema["type"] == "string" and "format" not in schema and "enum" not in schema
