"""The generated surface as data: which method of which resource sends which operation."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from attrs import frozen

from vapi_async._operations.operation import Operation
from vapi_async.resource import Resource


@frozen
class Method:
    """One generated method: `vapi.<resource>.<name>`, the resource dotted below its namespace."""

    resource: str
    name: str
    operation: Operation[Any]
    function: Any

    @property
    def key(self) -> tuple[str, str]:
        """The operation as (METHOD, path)."""
        return self.operation.method, self.operation.path

    def bound(self, client: Any) -> Any:
        """The method on a client."""
        for part in self.resource.split("."):
            client = getattr(client, part)
        return getattr(client, self.name)

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """Its parameters by name, without `self`."""
        parameters = dict(inspect.signature(self.function).parameters)
        del parameters["self"]
        return parameters


def methods(package: str = "vapi_async.api", prefix: str = "") -> Iterator[Method]:
    """Every generated method of a package."""
    for info in iter_modules(import_module(package).__path__):
        if info.ispkg:
            yield from methods(f"{package}.{info.name}", f"{prefix}{info.name}.")
            continue
        module = import_module(f"{package}.{info.name}")
        classes = [
            c for c in vars(module).values() if isinstance(c, type) and issubclass(c, Resource) and c is not Resource
        ]
        (class_,) = [c for c in classes if c.__module__ == module.__name__]
        for name, function in vars(class_).items():
            operation = vars(module).get(f"_{name.upper()}")
            if operation is not None:
                yield Method(prefix + info.name, name, operation, function)
