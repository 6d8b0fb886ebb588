"""`UnknownVariant`: what becomes of an object that is none of the variants of its union."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Self

from vapi_async._lazy import exported_by

from .attribute_error import MissingAttributeError
from .json_copy import json_copy
from .unknown_keys import find, hint
from .unset import UNSET


@exported_by("vapi_async")
class UnknownVariant:  # noqa: PLW1641 - it can change, so it has no hash
    """An object that is none of the variants of its union, kept as the API sent it.

    Its keys can be read as `x["someKey"]`, `x.someKey` or `x.some_key`.

    Attributes:
        data: the JSON object.
    """

    __slots__ = ("data",)
    __match_args__ = ("data",)
    data: dict[str, Any]

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = json_copy(dict(data))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the JSON object `data` as an unknown variant."""
        return cls(data)

    def to_dict(self) -> dict[str, Any]:
        """Return the object as plain JSON values.

        Raises:
            ValueError: a datetime put into it has no offset, or it contains itself.
            TypeError: UNSET stands in a list.
        """
        from .encoding import encode

        out: dict[str, Any] = encode(self)
        return out

    def to_json(self, indent: int | None = None) -> str:
        """Return the object as JSON, in the API's spelling.

        Args:
            indent: spaces for each level; everything on one line by default.
        """
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value under the API's name `key`, or `default` if it is absent."""
        return self.data.get(key, default)

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def __contains__(self, key: object) -> bool:
        return key in self.data

    __iter__ = None  # else `__getitem__` would make it iterable by index

    def __eq__(self, other: object) -> bool:
        return self.data == other.data if isinstance(other, UnknownVariant) else NotImplemented

    def __repr__(self) -> str:
        from .representation import model_repr

        return model_repr(self)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__") and name != "data":
            value = find(self.data, name, UNSET)
            if value is not UNSET:
                return value
        raise MissingAttributeError(_no_key, name=name, obj=self)

    def _shallow(self) -> dict[str, Any]:
        return dict(self.data)


def _no_key(unknown: UnknownVariant, name: str) -> str:
    instead = "" if name.startswith("_") else hint(name, {}, unknown.data)
    return f"{type(unknown).__name__!r} object has no key {name!r}{instead and f': {instead}'}"
