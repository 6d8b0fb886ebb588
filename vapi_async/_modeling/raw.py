"""`raw`: a mapping that no type checker knows, in the place of an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vapi_async._lazy import exported_by


@exported_by("vapi_async")
def raw(value: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Any:
    """Return `value` as it is, for a field or a keyword that takes an object; type checkers take it for anything.

    A dict that is written in place needs none of it: checkers know the keys of each. It is for what they cannot know,
    such as JSON that was loaded, and for keys that the API has and the contract does not.

    Args:
        value: an object, or a list of objects, in the API's spelling. It is sent as it stands.

    Raises:
        TypeError: it is neither.
    """
    given: object = value  # whoever does not check types may give anything
    if not isinstance(given, Mapping | Sequence) or isinstance(given, str | bytes):
        raise TypeError(f"value: raw takes a mapping as the API has it, or a list of such, not {type(given).__name__}")
    return value
