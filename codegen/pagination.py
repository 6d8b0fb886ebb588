"""Which operations are lists, what they are lists of, and how they are walked to their end."""

from __future__ import annotations

from collections.abc import Mapping

from .document import Json
from .identifiers import class_name
from .naming import OperationName
from .parse import Parsed
from .records import ANY, EnumAlias, Field, ListOf, Named, Type, Walk

_CREATED = frozenset({"createdAtGt", "createdAtLt", "createdAtGe", "createdAtLe"})
_UPDATED = frozenset({"updatedAtGt", "updatedAtLt", "updatedAtGe", "updatedAtLe"})


class Pagination:
    """Finds the lists among operations.

    Args:
        parsed: What the parser found.
        enums: The enums of the document by name.
    """

    def __init__(self, parsed: Parsed, enums: Mapping[str, EnumAlias]) -> None:
        self._unions = parsed.unions
        self._fields = {class_name(schema): fields for schema, fields in parsed.models.items()}
        self._enums = enums

    def is_list(self, verb: str, path: str, name: OperationName, returns: Type | None) -> bool:
        """Whether an operation becomes a pager: by its name, or because a GET on a collection answers a list."""
        on_item = path.endswith("}")
        return name.method == "list" or (verb == "get" and not on_item and self._item(returns) is not None)

    def walk(self, query: tuple[Field, ...], returns: Type | None, row: Json) -> Walk:
        """How a list is walked.

        Args:
            query: The query parameters of the operation.
            returns: What it answers.
            row: The overlay's row on it.
        """
        by_wire = {f.wire: f for f in query}
        paged = "page" in by_wire
        # Windows of createdAt survive items that come and go meanwhile, so they go before page numbers.
        by_created = by_wire.keys() >= _CREATED and (not paged or self._sorts_by_created(by_wire))
        limit = by_wire["limit"].facts if "limit" in by_wire else {}
        usual = int(row.get("page_size", limit.get("default", 100)))
        limits = (int(limit.get("minimum", 0)), int(limit.get("maximum", 1000)), usual)
        kind = row.get("walk") or ("created" if by_created else "page" if paged else "single")
        windows = {"created": _CREATED, "updated": _UPDATED}
        found = tuple(name for name, bounds in windows.items() if bounds <= by_wire.keys())
        return Walk(kind, self._item(returns) or ANY, limits, found)

    def _item(self, returns: Type | None) -> Type | None:
        """What a list's answer is a list of, in either shape; None when it is no list."""
        if isinstance(returns, ListOf):
            return returns.item
        if not isinstance(returns, Named):
            return None
        if returns.kind == "union":
            return next(filter(None, map(self._item, self._unions[returns.name])), None)
        results = self._fields.get(returns.name, {}).get("results")
        return results.item if isinstance(results, ListOf) else None

    def _sorts_by_created(self, by_wire: dict[str, Field]) -> bool:
        kind = by_wire["sortBy"].type if "sortBy" in by_wire else None
        values = self._enums[kind.name].values if isinstance(kind, Named) else getattr(kind, "values", ("createdAt",))
        return "sortOrder" in by_wire and "createdAt" in values
