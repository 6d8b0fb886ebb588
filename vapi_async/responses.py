"""`Response` and its `Headers`: everything about one answer, for those who need more than the value in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from vapi_async._lazy import exported_by

T = TypeVar("T")

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


# The API documents none of them; these are what NestJS services and the proxy before them commonly set.
_REQUEST_ID_FIELDS = ("x-request-id", "x-correlation-id", "x-vapi-request-id", "cf-ray")


@exported_by("vapi_async")
class Response(Generic[T]):
    """An answer of the API.

    Attributes:
        parsed: the value that the method returns; None where nothing was, or could be, decoded.
        status_code: the HTTP status.
        headers: the header fields, read by name in any case.
        content: the body as bytes, content coding removed.
        method: the HTTP method of the request.
        url: where it went, with the query.
        attempts: how often it was sent, this time included.
    """

    __slots__ = ("attempts", "content", "headers", "method", "parsed", "status_code", "url")

    def __init__(
        self,
        *,
        parsed: T,
        status_code: int,
        headers: Headers,
        content: bytes,
        method: str,
        url: str,
        attempts: int,
    ) -> None:
        self.parsed: T = parsed
        self.status_code: int = status_code
        self.headers: Headers = headers
        self.content: bytes = content
        self.method: str = method
        self.url: str = url
        self.attempts: int = attempts

    @property
    def request_id(self) -> str | None:
        """The identifier by which the API's operators can find the request, if the answer has one."""
        found = (self.headers.get(name) for name in _REQUEST_ID_FIELDS)
        return next((value for value in found if value), None)

    def json(self) -> Any:
        """Return the body decoded as JSON, None if it is empty.

        Raises:
            ValueError: it is not JSON.
        """
        from ._modeling.json_codec import loads

        return loads(self.content)

    def text(self) -> str:
        """Return the body as text; bytes that are not UTF-8 become replacement characters."""
        return self.content.decode("utf-8", "replace")

    def __repr__(self) -> str:
        return f"<Response {self.status_code} of {self.method} {self.url.partition('?')[0]}, {len(self.content)} bytes>"
