"""`Store`: the objects of a sandbox, in collections that are called by their path, such as "/call".

A collection keeps its objects ordered by `createdAt`, so that a page of a list costs a page and not the collection. The
JSON of an object is made when it is first sent, and kept until the object changes: lists join what is there.

An object in the store is never changed in place; `patch` puts a new one there, so whoever holds the old one, such as a
list being sent, holds what was true then.
"""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .persistence import Persistence

Json = dict[str, Any]

#: What has versions, each change making another: "v1", "v2" and so on.
_VERSIONED = frozenset({"/assistant", "/squad", "/tool"})


class StoredObject:
    """An object with its JSON and its place in the order: by `createdAt`, and as they came within one instant."""

    __slots__ = ("_content", "created", "number", "value")

    def __init__(self, value: Json, number: int) -> None:
        self.value: Json = value
        self.number: int = number
        self.created: datetime = instant(value["createdAt"])
        self._content: bytes | None = None

    def __lt__(self, other: StoredObject) -> bool:
        # What tests add may share an instant: the number keeps their order, and lets bisect find one exactly.
        return (self.created, self.number) < (other.created, other.number)

    @property
    def content(self) -> bytes:
        """The object as JSON."""
        if self._content is None:
            self._content = dumps(self.value)
        return self._content


class Collection:
    """The objects of one path."""

    def __init__(self) -> None:
        self._entries: dict[str, StoredObject] = {}
        self.ordered: list[StoredObject] = []

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, id: str) -> StoredObject | None:  # noqa: A002
        """Return the entry of an object, None if there is none."""
        return self._entries.get(id)

    def put(self, entry: StoredObject) -> None:
        """Add an entry, in place of the one with its id."""
        self.remove(entry.value["id"])
        self._entries[entry.value["id"]] = entry
        insort(self.ordered, entry)

    def remove(self, id: str) -> StoredObject | None:  # noqa: A002
        """Take an entry out and return it, None if there is none."""
        entry = self._entries.pop(id, None)
        if entry is not None:
            # Found by bisection, so that deleting of a long list costs no search through it.
            del self.ordered[bisect_left(self.ordered, entry)]
        return entry


class Store:
    """The objects of one sandbox.

    Args:
        new_id: makes an id.
        timestamp: returns the time it is, later each time, as the API writes it.
        org_id: the id of the organisation that everything belongs to.
        persistence: the file that they are kept in, if any; what is there already is taken over.
    """

    def __init__(
        self,
        new_id: Callable[[], str],
        timestamp: Callable[[], str],
        org_id: str,
        persistence: Persistence | None = None,
    ) -> None:
        self._new_id = new_id
        self._timestamp = timestamp
        self._org_id = org_id
        self._collections: dict[str, Collection] = {}
        self._number = 0
        self._persistence = persistence
        if persistence is not None:
            for collection, value, number in persistence.objects():
                self.collection(collection).put(StoredObject(value, number))
                self._number = number

    def add(self, collection: str, value: Mapping[str, Any]) -> Json:
        """Store an object; `id`, `orgId`, `createdAt` and `updatedAt` are set where it has none.

        Args:
            collection: the path of the collection, such as "/call".
            value: the object, in the API's spelling.

        Returns:
            What is stored; not to be changed.
        """
        now = self._timestamp()
        # Made even if the object brings its own: ids of later ones do not depend on what earlier ones brought.
        defaults = {"id": self._new_id(), "orgId": self._org_id, "createdAt": now, "updatedAt": now}
        given = {key: member for key, member in value.items() if member is not None}
        stored = self._put(collection, defaults | given, self._next())
        self._keep_version(collection, stored)
        return stored

    def get(self, collection: str, id: str) -> Json | None:  # noqa: A002
        """Return an object, None if there is none; not to be changed."""
        entry = self.collection(collection).get(id)
        return None if entry is None else entry.value

    def entry(self, collection: str, id: str) -> StoredObject | None:  # noqa: A002
        """Return an object with its JSON, None if there is none."""
        return self.collection(collection).get(id)

    def patch(self, collection: str, id: str, changes: Mapping[str, Any]) -> Json:  # noqa: A002
        """Replace members of an object: None takes one out, nested objects are replaced whole; `updatedAt` moves.

        Raises:
            KeyError: there is no such object.
        """
        entry = self.collection(collection).get(id)
        if entry is None:
            raise KeyError(f"{collection} {id}")
        changed = {**entry.value, "updatedAt": self._timestamp(), **changes}
        kept = {key: member for key, member in changed.items() if member is not None}
        stored = self._put(collection, kept, entry.number)
        self._keep_version(collection, stored)
        return stored

    def replace(self, collection: str, value: Json) -> Json:
        """Put an object in place of the one with its id, as it is: no time moves.

        Raises:
            KeyError: there is no such object.
        """
        entry = self.collection(collection).get(value["id"])
        if entry is None:
            raise KeyError(f"{collection} {value['id']}")
        self._keep_version(collection, value, new=False)
        return self._put(collection, value, entry.number)

    def latest_version(self, collection: str, id: str) -> str | None:  # noqa: A002
        """Return which version of an object is the latest: "v2"; None if it has none."""
        count = len(self._versions(collection, id))
        return f"v{count}" if count else None

    def version(self, collection: str, id: str, name: str) -> Json | None:  # noqa: A002
        """Return an object as it was in a version, such as "v1"; None if there is no such one."""
        entry = self._versions(collection, id).get(name)
        return None if entry is None else {**entry.value, "id": id}

    def remove(self, collection: str, id: str) -> Json | None:  # noqa: A002
        """Take an object out, with what is nested below it, and return it; None if there is none."""
        entry = self.collection(collection).remove(id)
        if entry is None:
            return None
        if self._persistence is not None:
            self._persistence.remove(collection, id)
        below = f"{collection}/{id}/"
        for name in [name for name in self._collections if name.startswith(below)]:
            del self._collections[name]
        return entry.value

    def all(self, collection: str) -> Iterator[Json]:
        """Return the objects of a collection, the oldest first."""
        return iter([entry.value for entry in self.collection(collection).ordered])

    def collection(self, name: str) -> Collection:
        """Return a collection; an empty one if nothing was stored there."""
        found = self._collections.get(name)
        if found is None:
            found = self._collections[name] = Collection()
        return found

    def _versions(self, collection: str, id: str) -> Collection:  # noqa: A002
        return self.collection(f"{collection}/{id}/version")

    def _keep_version(self, collection: str, stored: Json, *, new: bool = True) -> None:
        if collection in _VERSIONED:
            # Below the object, so that they go with it.
            number = len(self._versions(collection, stored["id"])) + new
            self._put(f"{collection}/{stored['id']}/version", {**stored, "id": f"v{number}"}, number)

    def _put(self, collection: str, value: Json, number: int) -> Json:
        entry = StoredObject(value, number)
        self.collection(collection).put(entry)
        if self._persistence is not None:
            self._persistence.put(collection, value["id"], number, entry.content)
        return value

    def _next(self) -> int:
        self._number += 1
        return self._number


def dumps(value: Any) -> bytes:
    """Return a JSON value as it is sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def joined(contents: Iterable[bytes]) -> bytes:
    """Return a JSON array of values that are JSON already."""
    return b"[" + b",".join(contents) + b"]"


def instant(text: str) -> datetime:
    """Return the instant of an ISO 8601 text; without an offset it is UTC.

    Raises:
        ValueError: the text is none.
    """
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
