"""`Fields`: the header fields of a delivery, looked up once and read several times by verifiers."""

from __future__ import annotations

from collections.abc import Sequence

from vapi_async.responses import Headers


class Fields(Headers):
    """Header fields with a table of their names.

    Args:
        raw: names and values as they came over the wire.
    """

    __slots__ = ("_by_name",)

    def __init__(self, raw: Sequence[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(raw)
        self._by_name: dict[bytes, list[bytes]] = {}
        for name, value in raw:
            self._by_name.setdefault(name.lower(), []).append(value)

    def get_all(self, name: str) -> list[str]:
        values = self._by_name.get(name.lower().encode("latin-1", "replace"), ())
        return [value.decode("latin-1") for value in values]
