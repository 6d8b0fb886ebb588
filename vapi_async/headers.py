"""`Headers`: what a response said about itself, independent of the HTTP library that received it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

_SECRET = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})


class Headers(Mapping[str, str]):
    """Header fields, read by name in any case; a field that came several times reads as one, joined by commas.

    Args:
        raw: names and values as they came over the wire.
    """

    __slots__ = ("_raw",)

    def __init__(self, raw: Sequence[tuple[bytes, bytes]] = ()) -> None:
        self._raw = raw

    def __getitem__(self, name: str) -> str:
        found = self.get_all(name)
        if not found:
            raise KeyError(name)
        return ", ".join(found)

    def get_all(self, name: str) -> list[str]:
        """Return every value of the field `name`, in the order they came."""
        wanted = name.lower().encode("latin-1", "replace")
        return [value.decode("latin-1") for key, value in self._raw if key.lower() == wanted]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key.decode("latin-1").lower() for key, _ in self._raw))

    def __len__(self) -> int:
        return len({key.lower() for key, _ in self._raw})

    def __repr__(self) -> str:
        shown = {name: self._shown(name) for name in self}
        return f"Headers({shown})"

    def _shown(self, name: str) -> str:
        if name in _SECRET:
            return "[hidden]"
        value = self[name]
        if name == "location" and "?" in value:  # to a storage, the query stands for the token
            return value.partition("?")[0] + "?[hidden]"
        return value
