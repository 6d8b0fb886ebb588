"""`CollectionPaths`: which paths of a contract are collections, and what the objects of each answer by."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from .listing import CollectionListing

if TYPE_CHECKING:
    from .contract import ApiContract, ContractOperation


class CollectionPaths:
    """What a contract says of its collections; made once for each contract.

    Args:
        contract: the contract.
    """

    def __init__(self, contract: ApiContract) -> None:
        self._contract = contract
        self._lists = {key: CollectionListing.of(contract, operation) for key, operation in contract.operations.items()}

    def list_of(self, operation: ContractOperation) -> CollectionListing | None:
        """Return how an operation lists, None if it is none."""
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
        # Both versions show the same objects, so they have one home.
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
            # `POST /call` answers one call or a batch of them: as a schema of a stored call it would be ambiguous.
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


_OF_CONTRACTS: WeakKeyDictionary[ApiContract, CollectionPaths] = WeakKeyDictionary()


def collection_paths(contract: ApiContract) -> CollectionPaths:
    """Return what a contract says of its collections."""
    found = _OF_CONTRACTS.get(contract)
    if found is None:
        found = _OF_CONTRACTS[contract] = CollectionPaths(contract)
    return found
