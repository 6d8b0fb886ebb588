"""What a list call asks for: its arguments, checked before anything is sent, and apart from how it will be walked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from vapi_async._modeling.unset import UNSET, Unset

from .bounds import Bound, Bounds, take_bounds, wire_time
from .windows import Window

if TYPE_CHECKING:
    from .protocols import ListSpec


class QueryPlan:
    """The checked arguments of a list call.

    Attributes:
        operation: the list operation.
        query: what every request carries, by wire names: all but limit and the bounds of the two time fields.
        created: the bounds of createdAt; a walk narrows them.
        updated: the bounds of updatedAt.
        limit: the items per request that the user asked for; None if left to the API.
        max_items: the total that the user asked for; None for all.
    """

    def __init__(
        self,
        operation: ListSpec,
        query: Mapping[str, Any],
        created: Window | Unset | None = UNSET,
        updated: Window | Unset | None = UNSET,
        max_items: int | None = None,
        scope: str = "",
    ) -> None:
        """Check the arguments.

        Args:
            operation: the list operation.
            query: wire names to values; UNSET and None are left out.
            created: the window for createdAt.
            updated: the window for updatedAt.
            max_items: the total of items.
            scope: the path with its arguments filled in, which tells lists of one operation apart.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: an argument cannot be. Both name the argument.
        """
        kept = {name: value for name, value in query.items() if value is not None and value is not UNSET}
        self.operation = operation
        self.created = take_bounds(kept, "createdAt", created, operation.filters)
        self.updated = take_bounds(kept, "updatedAt", updated, operation.filters)
        self.limit = _limit(kept.pop("limit", None), operation.limits)
        self.max_items = _max_items(max_items)
        _check_page(kept.get("page", 1))
        self.query = kept
        windows = {"created": created, "updated": updated}
        self._relative = {name: it.name for name, it in windows.items() if isinstance(it, Window) and it.relative}
        self._scope = scope or operation.path
        self._fingerprint = ""

    def request(self, limit: int | None, created: Bounds | None = None) -> dict[str, Any]:
        """Return the query of one request, with this limit (None: none sent) and these bounds of createdAt."""
        window = (created or self.created).query("createdAt") | self.updated.query("updatedAt")
        return self.query | window | ({} if limit is None else {"limit": limit})

    def fingerprint(self) -> str:
        """Return a short hash of which list this is: its path and filters, but not limit and max_items.

        A window counted back from now enters as it was written, so that the same program finds its place again.
        """
        if not self._fingerprint:  # made when a position is first asked for: most walks never are
            import json
            from hashlib import sha256

            facts = self.request(None) | {f"{field}AtGe": name for field, name in self._relative.items()}
            text = json.dumps([self._scope, facts], sort_keys=True, default=_json_text)
            self._fingerprint = sha256(text.encode()).hexdigest()[:16]
        return self._fingerprint

    def window_starts(self) -> dict[str, str]:
        """Return where windows that were counted back from now begin, for a resumed walk to begin there too."""
        lowers = {"created": self.created.lower, "updated": self.updated.lower}
        return {name: wire_time(bound.moment) for name, bound in lowers.items() if bound and name in self._relative}

    def start_windows(self, moments: Mapping[str, datetime]) -> None:
        """Begin windows that were counted back from now where `window_starts` of another plan said."""
        for name in self._relative.keys() & moments.keys():
            bounds: Bounds = getattr(self, name)
            setattr(self, name, bounds._replace(lower=Bound(moments[name], strict=False)))


def _limit(value: Any, allowed: tuple[int, int, int]) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"limit must be a number, not {type(value).__name__}")
    least, greatest, _ = allowed
    if not least <= value <= greatest or value != int(value):
        raise ValueError(f"limit must be a whole number from {least} to {greatest}, not {value!r}")
    return int(value)


def _check_page(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"page must be a number, not {type(value).__name__}")
    if not 1 <= value < 2**53 or value != int(value):
        raise ValueError(f"page must be a whole number from 1 on, not {value!r}")


def _max_items(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"max_items must be an int or None, not {type(value).__name__}")
    if value < 0:
        raise ValueError(f"max_items must not be negative: {value}")
    return value


def _json_text(value: Any) -> str:
    return wire_time(value) if isinstance(value, datetime) else str(value)
