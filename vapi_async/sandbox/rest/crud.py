"""What the operations of stored objects do, as the shape of their path says.

`POST /assistant` creates, `GET /assistant` lists; a path that ends with a parameter reads, patches or deletes one
object; a path below an object belongs to that object, and is unknown with it. What the answer must have by the contract
and nobody gave is filled in when an object is stored, so that reading it is sending what is there.

An operation that is none of these answers an example of its schema, which follows from the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from . import derived_objects as related
from .examples import Examples, complete
from .http_values import Handler, Refusal, Reply, Request, not_found
from .listing import List

if TYPE_CHECKING:
    from .contract import Contract, Operation
    from .state import State

Json = dict[str, Any]

_RECORD = ("id", "orgId", "createdAt", "updatedAt")


class Shapes:
    """What a contract says of its collections; made once for each contract.

    Args:
        contract: the contract.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._lists = {key: List.of(contract, operation) for key, operation in contract.operations.items()}

    def list_of(self, operation: Operation) -> List | None:
        """Return what kind of list an operation is, None if it is none."""
        return self._lists[operation.key]

    @cached_property
    def collections(self) -> frozenset[str]:
        """The paths that objects can be stored at."""
        paths = self._contract.paths
        with_items = {path.rpartition("/")[0] for path in paths if path.endswith("}")}
        listed = {key.partition(" ")[2] for key, each in self._lists.items() if each is not None}
        return frozenset((with_items & paths) | listed)

    def home(self, path: str) -> str:
        """Return the path that a collection is stored by: that of version 1, if the contract has both."""
        first, _, rest = path.removeprefix("/v2/").partition("/")
        if path.startswith("/v2/") and f"/{first}" in self.collections:
            return f"/{first}/{rest}" if rest else f"/{first}"
        return path

    def place(self, path: str) -> str:
        """Return the collection that a path is, or that what it leads to is in."""
        return path if path in self.collections else path.rpartition("/")[0]

    def schemas(self, path: str) -> list[Any]:
        """Return the schemas that a stored object answers by, of a collection's path with its parameters in braces."""
        homes = [each for each in self.collections if self.home(each) == self.home(path)]
        found = []
        for operation in self._contract.operations.values():
            if self.place(operation.path) in homes and operation.response is not None and operation.key != "POST /call":
                listed = self._lists[operation.key] is not None
                found += self._items(operation.response) if listed else [operation.response]
        return found

    def _items(self, schema: Any) -> list[Any]:
        """Return the schemas of the items of a list, of each form that it can have."""
        schema = self._contract.resolve(schema)
        forms = [self._contract.resolve(each) for each in schema.get("oneOf", (schema,))]
        arrays = [each if "items" in each else self._contract.resolve(each["properties"]["results"]) for each in forms]
        return [array.get("items", {}) for array in arrays]


_SHAPES: WeakKeyDictionary[Contract, Shapes] = WeakKeyDictionary()


def shapes(contract: Contract) -> Shapes:
    """Return what a contract says of its collections."""
    found = _SHAPES.get(contract)
    if found is None:
        found = _SHAPES[contract] = Shapes(contract)
    return found


class Records:
    """The stored objects of one sandbox.

    Args:
        state: its state.
        order: of bare arrays whose order the contract leaves open, "asc" or "desc".
        max_page: the longest page of a list.
    """

    def __init__(self, state: State, order: str = "desc", max_page: int = 1000) -> None:
        self._state = state
        self._order = order
        self._max_page = max_page
        self._shapes = shapes(state.contract)
        self._handlers: dict[str, Handler] = {}
        self._pinned: set[str] = set()
        self._completing: dict[str, list[Any]] = {}

    def handler(self, operation: Operation) -> Handler:
        """Return what answers an operation."""
        found = self._handlers.get(operation.key)
        if found is None:
            found = self._handlers[operation.key] = self._choose(operation)
        return found

    def collection(self, path: str) -> str:
        """Return what the store calls the collection of a path: "/call", "/v2/campaign/ID/contacts".

        Raises:
            ValueError: there is none.
        """
        matches = (self._state.contract.match(method, path) for method in ("GET", "POST"))
        known = any(found is not None and found[0].path in self._shapes.collections for found in matches)
        if not known or not path.startswith("/"):
            raise ValueError(f"the contract has no list at {path!r}: give a path such as '/assistant'")
        return self._shapes.home(path)

    def pin(self, id: str) -> None:  # noqa: A002
        """Keep an assistant or tool from being deleted: it is answered 409.

        Raises:
            ValueError: there is no assistant or tool with this id.
        """
        if all(self._state.store.get(home, id) is None for home in ("/assistant", "/tool")):
            raise ValueError(f"pin: there is no assistant or tool {id!r}")
        self._pinned.add(id)

    def _choose(self, operation: Operation) -> Handler:
        path = operation.path
        if path in self._shapes.collections:
            return self._of(operation, self._of_collection(operation))
        above = self._shapes.place(path)
        if path.endswith("}") and above in self._shapes.collections:
            item = {"GET": self._read, "PATCH": self._update, "PUT": self._update, "DELETE": self._delete}
            return self._of(operation, item.get(operation.method, self._example))
        if above.endswith("}") and self._shapes.place(above) in self._shapes.collections:
            return self._of(operation, self._act)
        return self._of(operation, self._example)

    def _of_collection(self, operation: Operation) -> Callable[[Operation, Request], Reply]:
        if operation.method == "GET":
            return self._list
        made = self._state.contract.resolve(operation.response or {})
        return self._create if operation.method == "POST" and made.get("type") != "array" else self._example

    def _of(self, operation: Operation, answer: Callable[[Operation, Request], Reply]) -> Handler:
        return lambda request: answer(operation, request)

    def _create(self, operation: Operation, request: Request) -> Reply:
        """Store what the body is, or all that it lists; the first is the answer."""
        home = self._home(operation.path, request)
        bodies = request.body if isinstance(request.body, list) else [request.body or {}]
        if not bodies:
            raise Refusal(400, ["body must contain at least 1 elements"])
        first, *_ = [self._make(operation, request, home, body) for body in bodies]
        return self._entry(operation, home, first)

    def _make(self, operation: Operation, request: Request, home: str, body: Json) -> str:
        given = {name: member for name, member in body.items() if name not in _RECORD}
        related.before(self._state, operation, request, given)
        stored = self._state.store.add(home, given)
        stored = self._complete(operation.path, home, stored)
        for below, value in related.created(self._state, home, stored):
            self._complete(f"{operation.path}/{{id}}/{below}", f"{home}/{stored['id']}/{below}", value)
        return str(stored["id"])

    def _list(self, operation: Operation, request: Request) -> Reply:
        collection = self._state.store.collection(self._home(operation.path, request))
        listing = self._shapes.list_of(operation)
        assert listing is not None
        return Reply(operation.status, listing.render(collection, request.query, self._order, self._max_page))

    def _read(self, operation: Operation, request: Request) -> Reply:
        return self._entry(operation, *self._place(operation.path, request))

    def _update(self, operation: Operation, request: Request) -> Reply:
        home, id = self._place(operation.path, request)  # noqa: A001
        self._existing(home, id)
        changes = {name: member for name, member in (request.body or {}).items() if name not in _RECORD}
        changes |= related.changes(self._state, operation, request)
        stored = self._state.store.patch(home, id, changes)
        self._complete(operation.path.rpartition("/")[0], home, stored)
        return self._entry(operation, home, id)

    def _delete(self, operation: Operation, request: Request) -> Reply:
        home, id = self._place(operation.path, request)  # noqa: A001
        self._existing(home, id)
        self._refuse_pinned(home, id)
        removed = self._state.store.remove(home, id)
        related.removed(self._state, home, id)
        return Reply(operation.status, removed)

    def _act(self, operation: Operation, request: Request) -> Reply:
        """Do something with an object, such as running it; an answer of the object's own form is the object."""
        item = operation.path.rpartition("/")[0]
        home, id = self._place(item, request)  # noqa: A001
        self._existing(home, id)
        if operation.response is None or operation.response not in self._shapes.schemas(self._shapes.place(item)):
            return self._example(operation, request)
        self._state.store.patch(home, id, {})
        return self._entry(operation, home, id)

    def _example(self, operation: Operation, request: Request) -> Reply:
        if operation.response is None:
            return Reply(operation.status)
        contract = self._state.contract
        value = Examples(contract, f"{self._state.seed} {operation.key}").value(operation.response)
        if contract.validate_response(operation, operation.status, value):
            # Not every choice of members goes together; the least that is valid always does.
            value = Examples(contract).value(operation.response)
        return Reply(operation.status, value)

    def _entry(self, operation: Operation, home: str, id: str) -> Reply:  # noqa: A002
        entry = self._state.store.entry(home, id)
        if entry is None:
            raise not_found(_kind(home), id)
        return Reply(operation.status, entry.content)

    def _existing(self, home: str, id: str) -> None:  # noqa: A002
        if self._state.store.get(home, id) is None:
            raise not_found(_kind(home), id)

    def _place(self, path: str, request: Request) -> tuple[str, str]:
        """Return the collection and the id that a path with a parameter at its end leads to."""
        above, _, name = path.rpartition("/")
        return self._home(above, request), request.params[name[1:-1]]

    def _home(self, path: str, request: Request) -> str:
        """Return the collection that a path leads to; refuse if what it is below does not exist."""
        if "{" not in path:
            return self._shapes.home(path)
        at, template = "", ""
        for part in path.strip("/").split("/"):
            name = request.params[part[1:-1]] if part.startswith("{") else part
            if part.startswith("{") and template in self._shapes.collections:
                self._existing(self._shapes.home(at), name)
            at, template = f"{at}/{name}", f"{template}/{part}"
        return self._shapes.home(at)

    def _complete(self, path: str, home: str, stored: Json) -> Json:
        if path not in self._completing:
            self._completing[path] = self._shapes.schemas(path)
        completed = stored
        for schema in self._completing[path]:
            completed = complete(self._state.contract, completed, schema)
        return completed if completed == stored else self._state.store.replace(home, completed)

    def _refuse_pinned(self, home: str, id: str) -> None:  # noqa: A002
        kind = _kind(home)
        if id in self._pinned or related.is_pinned(self._state.store, home, id):
            message = f"This {kind} is pinned to a version that others use: take it out of them first."
            raise Refusal(409, message, body={"error": f"{kind}_pinned", "message": message})


def _kind(home: str) -> str:
    """Return what an object of a collection is called: "phone number"."""
    return home.rstrip("/").rpartition("/")[2].replace("-", " ")
