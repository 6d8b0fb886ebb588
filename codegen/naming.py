"""Which resource and method an operation becomes.

A pure function of method, path and the operation's own response, so that a name cannot move when another path comes
or goes: a leading ``v<N>`` is a namespace; what is left of the static segments names the resource, its last one
plural; GET, POST, PATCH, PUT and DELETE are list/get, create, update, replace and delete; a POST on a final verb is
that verb on the parent; a GET on a static tail below an item is a resource when it lists, else an accessor of the
parent. What the rule cannot name well has a row in the overlay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from .errors import Refused
from .identifiers import RESERVED_METHODS as RESERVED_NAMES, pascal, plural, singular, snake

if TYPE_CHECKING:
    from .overlay import Overlay

_VERSION = re.compile(r"v\d+")
_ON_ITEM = {"get": "get", "patch": "update", "put": "replace", "delete": "delete"}
_ON_COLLECTION = {"get": "list", "post": "create", "patch": "update_all", "put": "replace_all", "delete": "delete_all"}

#: Names on the client that hand-written code has, or will have: a document may not shadow them.
RESERVED_RESOURCES = frozenset(
    {
        "aclose",
        "api",
        "base_url",
        "client",
        "detailed",
        "live",
        "map",
        "options",
        "region",
        "request",
        "timeout",
        "token",
    }
    | {"with_options", "paginate", "preload", "models", "webhooks"}
)


class NamingError(Refused):
    """An operation that the rule cannot name: its message asks for an overlay row."""


@frozen
class OperationName:
    """Where an operation goes: ``vapi.<namespace>.<resource>.<method>``; the namespace is "" for most."""

    namespace: str
    resource: str
    method: str

    @property
    def thing(self) -> str:
        """The resource's singular in PascalCase, as model names spell it: ``PhoneNumber``."""
        *head, last = self.resource.split("_")
        return pascal("_".join([*head, singular(last)]))

    @property
    def owner(self) -> str:
        """The prefix of names that belong to this operation: ``CreateCall``."""
        verb, *rest = self.method.split("_")
        return pascal(verb) + self.thing + pascal("_".join(rest)) if rest else pascal(verb) + self.thing

    def __str__(self) -> str:
        return ".".join(filter(None, (self.namespace, self.resource, self.method)))


def name_operation(method: str, path: str, *, lists: bool, overlay: Overlay, strict: bool = True) -> OperationName:
    """The name of one operation.

    Args:
        method: The HTTP method, lower case.
        path: The path template, such as ``/call/{id}``.
        lists: Whether its main response is a list, bare or paginated.
        overlay: Groups, verbs and rows that go before the rule.
        strict: Whether a path without a static segment is an error; else it is the root's.

    Raises:
        NamingError: No static segment is left to name the resource, and `strict` is set.
    """
    row = overlay.operation(method, path)
    if "resource" in row:
        namespace, _, resource = row["resource"].rpartition(".")
        return OperationName(namespace, resource, row["method"])
    namespace, segments = _split(path, overlay)
    static = [snake(segment).rstrip("_") for segment in segments if not _is_parameter(segment)]
    if not static and strict:
        raise NamingError(f"{method.upper()} {path}: no static segment names a resource; add an overlay row")
    # A path that ends in a parameter is about one item; its verb depends on the HTTP method alone.
    on_item = bool(segments) and _is_parameter(segments[-1])
    if not static:
        verb = "get" if method == "get" and not lists else _ON_COLLECTION.get(method, method)
        return OperationName(namespace, "root", _ON_ITEM.get(method, method) if on_item else verb)
    if not on_item and len(static) > 1:
        verbs = {"post": overlay.verbs, "get": overlay.get_verbs}.get(method, frozenset())
        if segments[-1] in verbs:
            return OperationName(namespace, _resource(static[:-1]), _free(static[-1]))
        below_item = any(_is_parameter(segment) for segment in segments[:-1])
        if method == "get" and below_item and not lists:
            return OperationName(namespace, _resource(static[:-1]), _free(static[-1]))
    verb = _ON_ITEM.get(method, method) if on_item else _ON_COLLECTION.get(method, method)
    return OperationName(namespace, _resource(static), verb)


def _split(path: str, overlay: Overlay) -> tuple[str, list[str]]:
    segments = [segment for segment in path.split("/") if segment]
    namespace = ""
    if segments and _VERSION.fullmatch(segments[0]):
        namespace = segments.pop(0)
    for prefix, replacement in overlay.groups.items():
        head = prefix.split("/")
        if segments[: len(head)] == head:
            segments = [*filter(None, [replacement]), *segments[len(head) :]]
            break
    return namespace, segments


def _resource(static: list[str]) -> str:
    *head, last = "_".join(static).split("_")
    return _free("_".join([*head, last if plural(singular(last)) == last else plural(last)]))


def _free(name: str) -> str:
    return f"{name}_" if name in RESERVED_NAMES else name


def _is_parameter(segment: str) -> bool:
    return "{" in segment
