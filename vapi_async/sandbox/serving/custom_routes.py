"""Routes of a test's own: operations that the contract does not have, or answers in the place of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

from vapi_async.sandbox.rest.contract import ApiContract, ContractOperation
from vapi_async.sandbox.rest.http_values import HttpResponse

from .journal import Record

Answer = Callable[[Record], Any | Awaitable[Any]]

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class CustomRoutes:
    """The routes of one sandbox that a test added."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}
        self._table = ApiContract({"paths": {}})

    @property
    def operations(self) -> frozenset[str]:
        """The operations that were added, such as "POST /x"."""
        return frozenset(self._answers)

    def add(self, operation: str, answer: Answer) -> None:
        """Add a route.

        Args:
            operation: a method and a path, its parameters in braces: "GET /x/{id}".
            answer: what answers it.

        Raises:
            ValueError: it is no method and path.
        """
        method, _, path = operation.partition(" ")
        if method not in _METHODS or not path.startswith("/"):
            raise ValueError(f"route: give a method and a path, such as 'POST /x', not {operation!r}")
        self._answers[operation] = answer
        paths: dict[str, Any] = {}
        for key in self._answers:
            verb, _, at = key.partition(" ")
            paths.setdefault(at, {})[verb.lower()] = {"responses": {}}
        self._table = ApiContract({"paths": paths})

    def match(self, method: str, path: str) -> tuple[ContractOperation, dict[str, str]] | None:
        """Return the operation that a request is for, with the path's parameters; None if none was added for it."""
        return self._table.match(method, path)

    async def answer(self, record: Record) -> HttpResponse:
        """Return the answer to a request: a value, a status with one, or what raises a `Refusal`."""
        found = self._answers[record.operation](record)
        value = await found if isawaitable(found) else found
        match value:
            case HttpResponse():
                return value
            case (int() as status, body):
                return HttpResponse(status, body)
            case _:
                return HttpResponse(200, value)
