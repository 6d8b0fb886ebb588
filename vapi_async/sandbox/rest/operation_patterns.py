"""Which operations a test means: "POST /call", "calls.create" as the client calls it, or a pattern such as "GET *"."""

from __future__ import annotations

from fnmatch import fnmatchcase
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .contract import ApiContract


class OperationPatterns:
    """The operations of a contract by their names.

    Args:
        contract: the contract.
        package: the generated package whose methods name them.
    """

    def __init__(self, contract: ApiContract, package: str = "vapi_async") -> None:
        self._contract = contract
        self._added: set[str] = set()
        self._api = f"{package}.api"

    def add(self, operation: str) -> None:
        """Know an operation that the contract does not have."""
        self._added.add(operation)

    def find(self, name: str) -> frozenset[str]:
        """Return the operations, as "POST /call", that a name or pattern is for.

        Raises:
            ValueError: there is none.
        """
        keys = self._contract.operations.keys() | self._added
        method, _, path = name.partition(" ")
        wanted = f"{method.upper()} {path}" if path else name
        if wanted in keys:
            return frozenset([wanted])
        if "*" in name or "?" in name:
            found = frozenset(key for key in keys if fnmatchcase(key, wanted))
        else:
            found = frozenset(self._method(name))
        if not found:
            raise ValueError(self._unknown(name))
        return found

    def _method(self, name: str) -> Iterator[str]:
        """Yield the operation of a client's method: of `calls.create`, the `_CREATE` in the module `calls`."""
        resource, _, method = name.rpartition(".")
        if not resource.replace(".", "").isidentifier() or not method.isidentifier():
            return
        try:
            module = import_module(f"{self._api}.{resource}")
        except ModuleNotFoundError:
            return
        # Generated modules hold each operation in a constant named after its method.
        operation: Any = getattr(module, f"_{method.upper()}", None)
        key = f"{operation.method} {operation.path}" if operation is not None else ""
        if key in self._contract.operations:
            yield key

    def _unknown(self, name: str) -> str:
        from vapi_async._did_you_mean import did_you_mean

        known = [*self._contract.operations, *self._methods()]
        hint = did_you_mean(name, known, count=3, cutoff=0.5) or "write it as 'POST /call' or 'calls.create'"
        return f"there is no operation {name!r}: {hint}"

    def _methods(self) -> Iterator[str]:
        package = import_module(self._api)
        for found in walk_packages(package.__path__, f"{self._api}."):
            module = import_module(found.name)
            for constant, value in vars(module).items():
                if constant.startswith("_") and constant.isupper() and hasattr(value, "path"):
                    yield f"{found.name.removeprefix(self._api + '.')}.{constant[1:].lower()}"
