"""Lists: what a query picks of a collection, in which order, and in which of the contract's two forms.

Some operations answer a bare array, some `{"results", "metadata"}`; which, says the schema of the answer. Every query
parameter that the operation has and that is none of those known here picks by equality.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection as Several, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from .store import Collection, StoredObject, dumps, instant, joined

if TYPE_CHECKING:
    from datetime import datetime

    from .contract import ApiContract, ContractOperation
    from .http_values import QueryParams

_PAGING = frozenset({"limit", "page", "sortOrder", "sortBy", "search", "cursor"})
_BOUNDS = {f"{name}{bound}" for name in ("createdAt", "updatedAt") for bound in ("Gt", "Lt", "Ge", "Le")}
_NO_PICK = ("boolean", "object")  # flags such as includeCounters, and what no stored object is equal to
_CREATED = "createdAt"
_SHORTER = {"/v2/campaign/{id}/contacts": 50}  # the API's description says so; elsewhere it says 100

Pick = Callable[[dict[str, Any]], bool]


@frozen
class CollectionListing:
    """A list operation.

    Attributes:
        paged: whether it answers `{"results", "metadata"}`.
        limited: whether it has a `limit`; without one it answers everything.
        numbered: whether it has a `page`; without one that parameter says nothing.
        limit: how long a page is by default.
        order: "ASC" or "DESC" by default; None where the contract does not say.
        picks: the names of the parameters that pick by equality.
    """

    paged: bool
    limited: bool
    numbered: bool
    limit: int
    order: str | None
    picks: tuple[str, ...] = field(default=())

    @staticmethod
    def of(contract: ApiContract, operation: ContractOperation) -> CollectionListing | None:
        """Return how an operation lists, None if it is none."""
        schema = contract.resolve(operation.response or {})
        forms = [contract.resolve(variant) for variant in schema.get("oneOf", (schema,))]
        paged = any(_is_page(contract, each) for each in forms)
        if operation.method != "GET" or not (paged or any(each.get("type") == "array" for each in forms)):
            return None
        parameters = operation.parameters
        return CollectionListing(
            paged=paged,
            limited="limit" in parameters,
            numbered="page" in parameters,
            limit=_SHORTER.get(operation.path, 100),
            order=_order(contract, parameters),
            picks=tuple(name for name in parameters if _is_pick(contract, name, parameters[name])),
        )

    def render(
        self,
        collection: Collection,
        query: QueryParams,
        order: str,
        max_page: int,
        *,
        hidden: Several[str] = (),
        cursors: bool = False,
    ) -> bytes:
        """Return the JSON of what a query asks for.

        Args:
            collection: what to list.
            query: valid by the contract.
            order: "asc" or "desc", where the contract does not say.
            max_page: the longest page there is.
            hidden: ids of objects to leave out.
            cursors: whether a page names the next one by a cursor, too.
        """
        entries = self._sorted(self._picked(collection, query), query, order)
        if hidden:
            entries = [entry for entry in entries if entry.value["id"] not in hidden]
        if not self.limited:
            return joined(entry.content for entry in entries)
        # By way of float: the contract types them as numbers, so "10.0" is valid.
        limit = min(int(float(query.get("limit", self.limit))), max_page)
        page = int(float(query.get("page", 1))) if self.numbered else 1
        start = _after(entries, query["cursor"]) if cursors and "cursor" in query else (page - 1) * limit
        shown = entries[start : start + limit]
        results = joined(entry.content for entry in shown)
        if not self.paged:
            return results
        metadata = _metadata(len(entries), page, limit)
        if cursors:
            metadata["hasNextPage"] = start + limit < len(entries)
            metadata |= {"nextCursor": shown[-1].value["id"]} if metadata["hasNextPage"] and shown else {}
        return b'{"results":' + results + b',"metadata":' + dumps(metadata) + b"}"

    def _picked(self, collection: Collection, query: QueryParams) -> list[StoredObject]:
        entries = _between(collection.ordered, query)
        picks = list(self._picks(query)) if query else []
        return [entry for entry in entries if all(pick(entry.value) for pick in picks)] if picks else entries

    def _picks(self, query: QueryParams) -> Iterator[Pick]:
        for name in self.picks:
            if name in query:
                yield _equal(name, query.get_all(name))
        if query.get("search"):
            yield _containing(query["search"])
        for bound, compare in _COMPARE.items():
            if f"updatedAt{bound}" in query:
                yield _updated(compare, instant(query[f"updatedAt{bound}"]))

    def _sorted(self, entries: list[StoredObject], query: QueryParams, order: str) -> list[StoredObject]:
        by = query.get("sortBy", _CREATED)
        if by != _CREATED and by in _KEYS:
            entries = sorted(entries, key=lambda entry: _KEYS[by](entry.value))
        descending = (query.get("sortOrder") or self.order or order).upper() == "DESC"
        return entries[::-1] if descending else entries


def _after(entries: list[StoredObject], cursor: str) -> int:
    """Return where the page after a cursor begins: behind the object whose id that is, or at the end."""
    return next((at for at, entry in enumerate(entries, 1) if entry.value["id"] == cursor), len(entries))


def _is_page(contract: ApiContract, schema: Any) -> bool:
    """Return whether a schema is that of a page; some objects happen to have members of the same names."""
    properties = schema.get("properties", {})
    if not {"results", "metadata"} <= properties.keys():
        return False
    return "itemsPerPage" in contract.resolve(properties["metadata"]).get("properties", {})


def _between(ordered: list[StoredObject], query: QueryParams) -> list[StoredObject]:
    """Return the entries within the bounds on `createdAt`; they are in order of it."""
    low, high = 0, len(ordered)
    for name, find in (("createdAtGe", bisect_left), ("createdAtGt", bisect_right)):
        if name in query:
            low = max(low, find(ordered, instant(query[name]), key=_created))
    for name, find in (("createdAtLt", bisect_left), ("createdAtLe", bisect_right)):
        if name in query:
            high = min(high, find(ordered, instant(query[name]), key=_created))
    return ordered[low:high]


def _created(entry: StoredObject) -> datetime:
    return entry.created


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "Gt": lambda a, b: a > b,
    "Lt": lambda a, b: a < b,
    "Ge": lambda a, b: a >= b,
    "Le": lambda a, b: a <= b,
}


def _updated(compare: Callable[[Any, Any], bool], bound: datetime) -> Pick:
    return lambda value: compare(instant(value.get("updatedAt") or value[_CREATED]), bound)


def _equal(name: str, wanted: list[str]) -> Pick:
    if name in _READ:
        read = _READ[name]
        return lambda value: not set(wanted).isdisjoint(read(value))
    if name.endswith("Any"):
        name, wanted = name.removesuffix("Any"), [part.strip() for text in wanted for part in text.split(",")]
    elif name.startswith("filter"):
        name = name[6:7].lower() + name[7:]
    accepted = set(wanted)
    return lambda value: any(str(found) in accepted for found in _members(value, name))


def _members(value: dict[str, Any], name: str) -> Iterable[Any]:
    """Return what a filter is about: the member of that name; of `targetType` also `type` in `target`, and so on."""
    if name in value:
        yield value[name]
    # Filters are flat, objects are not: `targetType` is `target.type`, and `number` can be the customer's.
    for outer, inner in value.items():
        if isinstance(inner, dict) and (outer == "customer" or name.startswith(outer)):
            rest = name.removeprefix(outer)
            key = rest[:1].lower() + rest[1:]
            if key in inner:
                yield inner[key]


def _target_id(run: dict[str, Any]) -> list[Any]:
    target = run.get("target") or {}
    return [target.get("assistantId"), target.get("squadId")]


def _verdict(run: dict[str, Any]) -> list[str]:
    """Return how a run of simulations went; one that was cancelled went no way."""
    counts = run.get("itemCounts") or {}
    if run.get("status") != "ended":
        return ["running"]
    return ["failed"] if counts.get("failed") else ["passed"] if counts.get("passed") else []


#: What filters are about that no member of an object is called after.
_READ: dict[str, Callable[[dict[str, Any]], Iterable[Any]]] = {"targetId": _target_id, "filterStatus": _verdict}
_SEARCHED = ("name", "number", "sipUri")


def _containing(text: str) -> Pick:
    wanted = text.casefold()
    return lambda value: any(wanted in str(value.get(name) or "").casefold() for name in _SEARCHED)


def _duration(value: dict[str, Any]) -> float:
    if "startedAt" not in value or "endedAt" not in value:
        return 0.0
    return (instant(value["endedAt"]) - instant(value["startedAt"])).total_seconds()


_CONTACT = ("pending", "dispatched", "completed", "failed", "skipped", "predial-failed")


def _stage(status: str) -> tuple[int, str]:
    """Return what statuses are sorted by: those of contacts as one follows the other, all others by the alphabet."""
    name = status.removeprefix("contact.")
    return (_CONTACT.index(name) if name in _CONTACT and name != status else 0, status)


_KEYS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "duration": _duration,
    "cost": lambda value: value.get("cost") or 0,
    "status": lambda value: _stage(value.get("status") or ""),
}


def _metadata(total: int, page: int, limit: int) -> dict[str, Any]:
    pages = -(-total // limit) if limit else 0
    return {
        "itemsPerPage": limit,
        "totalItems": total,
        "currentPage": page,
        "totalPages": pages,
        "hasNextPage": page < pages,
    }


def _order(contract: ApiContract, parameters: dict[str, Any]) -> str | None:
    if "sortOrder" in parameters:
        return str(contract.resolve(parameters["sortOrder"]["schema"]).get("default") or "DESC")
    return "ASC" if "sortBy" in parameters else None  # contacts: by position


def _is_pick(contract: ApiContract, name: str, parameter: dict[str, Any]) -> bool:
    if name in _PAGING or name in _BOUNDS:
        return False
    schema = contract.resolve(parameter["schema"])
    return schema.get("type") not in _NO_PICK and "properties" not in schema
