"""What the operations of stored objects do, as the shape of their path says.

`POST /assistant` creates, `GET /assistant` lists; a path that ends with a parameter reads, patches or deletes one
object; a path below an object belongs to that object, and is unknown with it. What the answer must have by the contract
and nobody gave is filled in when an object is stored, so that reading it is sending what is there.

An operation that is none of these answers an example of its schema, which follows from the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from . import derived_objects
from .collection_paths import collection_paths
from .examples import Examples, complete
from .http_values import Handler, HttpRequest, HttpResponse, Refusal, not_found
from .unknown_properties import known_properties

if TYPE_CHECKING:
    from .contract import ContractOperation
    from .state import SandboxState

Json = dict[str, Any]
Answer: TypeAlias = "Callable[[ContractOperation, HttpRequest], HttpResponse]"

_RECORD = ("id", "orgId", "createdAt", "updatedAt")


class CrudHandlers:
    """The stored objects of one sandbox.

    Args:
        state: its state.
        order: of bare arrays whose order the contract leaves open, "asc" or "desc".
        max_page: the longest page of a list.
        cursors: whether pages name the next one by a cursor.
    """

    def __init__(
        self, state: SandboxState, order: str = "desc", max_page: int = 1000, *, cursors: bool = False
    ) -> None:
        self._state = state
        self._order = order
        self._max_page = max_page
        self._cursors = cursors
        self._paths = collection_paths(state.contract)
        self._handlers: dict[str, Handler] = {}
        self._pinned: set[str] = set()
        self._completing: dict[str, list[Any]] = {}

    def handler(self, operation: ContractOperation) -> Handler:
        """Return what answers an operation."""
        found = self._handlers.get(operation.key)
        if found is None:
            found = self._handlers[operation.key] = self._handler_for(operation)
        return found

    def collection(self, path: str) -> str:
        """Return what the store calls the collection of a path: "/call", "/v2/campaign/ID/contacts".

        Raises:
            ValueError: there is none.
        """
        matches = (self._state.contract.match(method, path) for method in ("GET", "POST"))
        known = any(found is not None and found[0].path in self._paths.collections for found in matches)
        if not known or not path.startswith("/"):
            raise ValueError(f"the contract has no list at {path!r}: give a path such as '/assistant'")
        return self._paths.home(path)

    def variant(self, operation: ContractOperation, request: HttpRequest) -> str:
        """Return which variant the body of a PATCH must be, by that of the stored object; "" for any."""
        tag = self._state.contract.tag_of(operation) if operation.method == "PATCH" else ""
        if not tag:
            return ""
        home, id = self._place(operation.path, request)  # noqa: A001
        return str((self._state.store.get(home, id) or {}).get(tag, ""))

    def pin(self, id: str) -> None:  # noqa: A002
        """Keep an assistant or tool from being deleted: it is answered 409.

        Raises:
            ValueError: there is no assistant or tool with this id.
        """
        if all(self._state.store.get(home, id) is None for home in ("/assistant", "/tool")):
            raise ValueError(f"pin: there is no assistant or tool {id!r}")
        self._pinned.add(id)

    def _handler_for(self, operation: ContractOperation) -> Handler:
        path = operation.path
        if path in self._paths.collections:
            return self._bound(operation, self._collection_answer(operation))
        above = self._paths.place(path)
        if path.endswith("}") and above in self._paths.collections:
            item = {"GET": self._read, "PATCH": self._update, "PUT": self._update, "DELETE": self._delete}
            return self._bound(operation, item.get(operation.method, self._example))
        if above.endswith("}") and self._paths.place(above) in self._paths.collections:
            return self._bound(operation, self._act)
        return self._bound(operation, self._example)

    def _collection_answer(self, operation: ContractOperation) -> Answer:
        if operation.method == "GET":
            return self._list
        made = self._state.contract.resolve(operation.response or {})
        return self._create if operation.method == "POST" and made.get("type") != "array" else self._example

    def _bound(self, operation: ContractOperation, answer: Answer) -> Handler:
        return lambda request: answer(operation, request)

    def _create(self, operation: ContractOperation, request: HttpRequest) -> HttpResponse:
        """Store what the body is, or all that it lists; the first is the answer."""
        home = self._home(operation.path, request)
        # Where a body is a list, the answer by the contract is nevertheless one object.
        bodies = request.body if isinstance(request.body, list) else [request.body or {}]
        if not bodies:
            raise Refusal(400, ["body must contain at least 1 elements"])
        first, *_ = [self._make(operation, request, home, body) for body in bodies]
        return self._entry(operation, home, first)

    def _make(self, operation: ContractOperation, request: HttpRequest, home: str, body: Json) -> str:
        given = {name: member for name, member in body.items() if name not in _RECORD}
        derived_objects.prepare(self._state, operation, request, given)
        stored = self._state.store.add(home, given)
        stored = self._complete(operation.path, home, stored)
        for below, value in derived_objects.add_nested(self._state, home, stored):
            self._complete(f"{operation.path}/{{id}}/{below}", f"{home}/{stored['id']}/{below}", value)
        return str(stored["id"])

    def _list(self, operation: ContractOperation, request: HttpRequest) -> HttpResponse:
        collection = self._state.store.collection(self._home(operation.path, request))
        listing = self._paths.list_of(operation)
        assert listing is not None
        hidden = derived_objects.hidden(self._state, operation, request)
        content = listing.render(
            collection, request.query, self._order, self._max_page, hidden=hidden, cursors=self._cursors
        )
        return HttpResponse(operation.status, content)

    def _read(self, operation: ContractOperation, request: HttpRequest) -> HttpResponse:
        return self._entry(operation, *self._place(operation.path, request))

    def _update(self, operation: ContractOperation, request: HttpRequest) -> HttpResponse:
        home, id = self._place(operation.path, request)  # noqa: A001
        self._existing(home, id)
        changes = self._changes(operation, request)
        changes |= derived_objects.further_changes(self._state, operation, request)
        stored = self._state.store.patch(home, id, changes)
        self._complete(operation.path.rpartition("/")[0], home, stored)
        return self._entry(operation, home, id)

    def _changes(self, operation: ContractOperation, request: HttpRequest) -> Json:
        """Return what the body of a PATCH changes: only what its schema has; what is required cannot be cleared."""
        contract = self._state.contract
        known = known_properties(contract, operation.body) if operation.body is not None else frozenset()
        given = {name: member for name, member in (request.body or {}).items() if known is None or name in known}
        required = contract.resolve(operation.response or {}).get("required", ())
        cleared = [name for name, member in given.items() if member is None and name in required]
        if cleared:
            raise Refusal(400, [f"{name} should not be null or undefined" for name in cleared])
        return {name: member for name, member in given.items() if name not in _RECORD}

    def _delete(self, operation: ContractOperation, request: HttpRequest) -> HttpResponse:
        home, id = self._place(operation.path, request)  # noqa: A001
        self._existing(home, id)
        self._refuse_pinned(home, id)
        removed = self._state.store.remove(home, id)
        derived_objects.clean_up(self._state, home, id)
        return HttpResponse(operation.status, removed)

    def _act(self, operation: ContractOperation, request: HttpRequest) -> HttpResponse:
        """Do something with an object, such as running it; an answer of the object's own form is the object."""
        item = operation.path.rpartition("/")[0]
        home, id = self._place(item, request)  # noqa: A001
        self._existing(home, id)
        # Cancelling a run answers the run; testing a tool answers something else, which has no state here.
        if operation.response is None or operation.response not in self._paths.schemas(self._paths.place(item)):
            return self._example(operation, request)
        self._state.store.patch(home, id, {})
        return self._entry(operation, home, id)

    def _example(self, operation: ContractOperation, request: HttpRequest) -> HttpResponse:
        if operation.response is None:
            return HttpResponse(operation.status, placeholder=True)
        contract = self._state.contract
        value = Examples(contract, f"{self._state.seed} {operation.key}").value(operation.response)
        if contract.validate_response(operation, operation.status, value):
            # Not every choice of members goes together; the least that is valid always does.
            value = Examples(contract).value(operation.response)
        return HttpResponse(operation.status, value, placeholder=True)

    def _entry(self, operation: ContractOperation, home: str, id: str) -> HttpResponse:  # noqa: A002
        entry = self._state.store.entry(home, id)
        if entry is None:
            raise not_found(_noun(home), id)
        return HttpResponse(operation.status, entry.content)

    def _existing(self, home: str, id: str) -> None:  # noqa: A002
        if self._state.store.get(home, id) is None:
            raise not_found(_noun(home), id)

    def _place(self, path: str, request: HttpRequest) -> tuple[str, str]:
        """Return the collection and the id that a path with a parameter at its end leads to."""
        above, _, name = path.rpartition("/")
        return self._home(above, request), request.params[name[1:-1]]

    def _home(self, path: str, request: HttpRequest) -> str:
        """Return the collection that a path leads to; refuse if what it is below does not exist."""
        if "{" not in path:
            return self._paths.home(path)
        at, template = "", ""
        for part in path.strip("/").split("/"):
            name = request.params[part[1:-1]] if part.startswith("{") else part
            if part.startswith("{") and template in self._paths.collections:
                self._existing(self._paths.home(at), name)
            at, template = f"{at}/{name}", f"{template}/{part}"
        return self._paths.home(at)

    def _complete(self, path: str, home: str, stored: Json) -> Json:
        if path not in self._completing:
            self._completing[path] = self._paths.schemas(path)
        completed = stored
        for schema in self._completing[path]:
            completed = complete(self._state.contract, completed, schema)
        return completed if completed == stored else self._state.store.replace(home, completed)

    def _refuse_pinned(self, home: str, id: str) -> None:  # noqa: A002
        noun = _noun(home)
        if id in self._pinned or derived_objects.is_pinned(self._state.store, home, id):
            message = f"This {noun} is pinned to a version that others use: take it out of them first."
            raise Refusal(409, message, body={"error": f"{noun}_pinned", "message": message})
        if derived_objects.is_in_use(self._state.store, home, id):
            message = f"This {noun} is used by simulations: delete them first."
            raise Refusal(409, message, body={"error": f"{noun}_in_use", "message": message})


def _noun(home: str) -> str:
    """Return what an object of a collection is called: "phone number"."""
    return home.rstrip("/").rpartition("/")[2].replace("-", " ")
