"""A stand-in for the API's lists: items that come and go, behind any of the behaviours that a server may have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

EPOCH = datetime(2026, 3, 1, tzinfo=UTC)
WINDOW = ("createdAtGt", "createdAtLt", "createdAtGe", "createdAtLe")
ALL = ("limit", "page", "sortBy", "sortOrder", *WINDOW, "updatedAtGe", "updatedAtLt")
BARE = ("limit", *WINDOW, "updatedAtGe", "updatedAtLt")


@dataclass
class Operation:
    """A list operation, as the pager sees it."""

    walk: Any = "created"
    filters: tuple[str, ...] = BARE
    limits: tuple[int, int, int] = (0, 1000, 100)
    path: str = "/call"
    models: str | None = None

    @staticmethod
    def item(data: Any) -> Any:
        return data


@dataclass
class Row:
    """One item: `stored` is kept in microseconds, and printed in milliseconds, cut off."""

    id: str
    stored: datetime
    updated: datetime = EPOCH

    def json(self) -> dict[str, Any]:
        return {"id": self.id, "createdAt": printed(self.stored), "updatedAt": printed(self.updated)}


@dataclass
class Store:
    """Answers list requests.

    Attributes:
        order: 1 for oldest first, -1 for newest first.
        shape: "bare" or "paged".
        cap: the most items that are given at a time.
        hasty: whether the order of items of one moment changes with every request.
        changes: what happens before each further request, in turn: callables that take the store.
        requests: the queries that came.
        metadata: which keys of the metadata a paged answer has.
    """

    rows: list[Row] = field(default_factory=list, repr=False)
    order: int = -1
    shape: str = "bare"
    cap: int = 1000
    default: int = 100
    hasty: bool = False
    changes: list[Any] = field(default_factory=list, repr=False)
    requests: list[dict[str, Any]] = field(default_factory=list, repr=False)
    metadata: tuple[str, ...] = ("itemsPerPage", "totalItems", "currentPage", "totalPages", "hasNextPage")
    random: Random = field(default_factory=lambda: Random(7))

    async def fetch(self, query: Any) -> Any:
        return self.answer(query)

    def answer(self, query: Any) -> Any:
        if self.requests and self.changes:
            self.changes.pop(0)(self)
        self.requests.append(dict(query))
        rows = self.sorted(row for row in self.rows if fits(row, query))
        size = min(int(query.get("limit", self.default)), self.cap)
        page = int(query.get("page", 1))
        results = [row.json() for row in rows[(page - 1) * size : page * size]]
        return results if self.shape == "bare" else {"results": results, "metadata": self._facts(len(rows), page, size)}

    def sorted(self, rows: Any) -> list[Row]:
        tie = (
            {row.id: self.random.random() for row in self.rows} if self.hasty else {row.id: row.id for row in self.rows}
        )
        return sorted(rows, key=lambda row: (row.stored, tie[row.id]), reverse=self.order == -1)

    def _facts(self, total: int, page: int, size: int) -> dict[str, Any]:
        pages = -(-total // size) if size else 0
        facts = {
            "itemsPerPage": size,
            "totalItems": total,
            "currentPage": page,
            "totalPages": pages,
            "hasNextPage": page < pages,
        }
        return {name: facts[name] for name in self.metadata}


def printed(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def fits(row: Row, query: Any) -> bool:
    for name, stored in (("createdAt", row.stored), ("updatedAt", row.updated)):
        for suffix, holds in (("Gt", "__gt__"), ("Lt", "__lt__"), ("Ge", "__ge__"), ("Le", "__le__")):
            bound = query.get(f"{name}{suffix}")
            if bound is not None and not getattr(stored, holds)(bound):
                return False
    return True


def at(milliseconds: float) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


def rows(*milliseconds: float) -> list[Row]:
    """Rows called a, b, c ... (then n26, n27 ...), created so many milliseconds after EPOCH."""
    names = [chr(97 + index) if index < 26 else f"n{index}" for index in range(len(milliseconds))]
    return [Row(name, at(ms)) for name, ms in zip(names, milliseconds, strict=True)]


def ids(items: Any) -> list[str]:
    return [item["id"] for item in items]
