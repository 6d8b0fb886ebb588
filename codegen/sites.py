"""Where in a document a type stands: how the ledger calls the place, and what a type would be called after it."""

from __future__ import annotations

from attrs import frozen

from .identifiers import class_name, pascal
from .naming import OperationName


@frozen
class Site:
    """A place that can hold a type.

    Args:
        path: The place in words that stay when others come or go: ``Call.customer``, ``calls.list?limit``.
        name: The name that a type gets if this place gives it.
        parameter: The wire name, if the place is a query parameter.
    """

    path: str
    name: str
    parameter: str = ""

    def field(self, wire: str) -> Site:
        """A field of what stands here."""
        return Site(f"{self.path}.{wire}", self.name + pascal(wire))

    def items(self) -> Site:
        """The items of a list."""
        return Site(f"{self.path}[]", f"{self.name}Item")

    def values(self) -> Site:
        """The values of a map."""
        return Site(f"{self.path}{{}}", f"{self.name}Value")

    def variant(self, word: str) -> Site:
        """A variant of a union, by the word that tells it apart."""
        return Site(f"{self.path}|{word}", self.name + word)


def component(schema: str) -> Site:
    """A schema that the document gives a name."""
    return Site(schema, class_name(schema))


def parameter(operation: OperationName, wire: str, place: str) -> Site:
    """A parameter of an operation, in path, query or header."""
    return Site(f"{operation}?{wire}", operation.owner + pascal(wire), wire if place == "query" else "")


def shared_parameter(wire: str) -> Site:
    """A query parameter that several operations have alike."""
    return Site(f"?{wire}", class_name(pascal(wire)))


def request(operation: OperationName) -> Site:
    """What an operation takes."""
    return Site(f"{operation} request", f"{operation.owner}Request")


def answer(operation: OperationName, status: str) -> Site:
    """What an operation answers: the thing itself, if it gets one."""
    good = status.startswith("2")
    name = operation.thing if operation.method == "get" and good else f"{operation.owner}Response"
    return Site(f"{operation} {'2xx' if good else status}", name)
