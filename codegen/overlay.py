"""overlay.yaml, read and kept account of: a row that nothing used is reported."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .document import Json, anonymous
from .ledger import FILE
from .mixins import Mixins
from .yaml_text import load_yaml

DEFAULT = Path(__file__).with_name("overlay.yaml")
#: The names of the types of our own package; they also advise others.
OWN_LEDGER = DEFAULT.with_name(FILE)
#: What is known better than the document; comes with our own overlay.
CORRECTIONS = Path(__file__).with_name("corrections")


class Overlay:
    """Our corrections and names, by what they are about.

    Args:
        path: The YAML file; the comments of ours say what each section means. With `base: default` in it, its rows
            come on top of ours.
    """

    def __init__(self, path: Path = DEFAULT) -> None:
        data = _load(path)
        #: Whether its rows are ours, or come on top of ours.
        self.is_ours: bool = data.pop("ours", False)
        self.groups: dict[str, str] = {row["prefix"]: row["as"] for row in data.get("groups", [])}
        self.owners: tuple[str, ...] = tuple(data.get("owners", []))
        self.verbs: frozenset[str] = frozenset(data.get("verbs", []))
        self.get_verbs: frozenset[str] = frozenset(data.get("get_verbs", []))
        self.extends: dict[str, str] = data.get("extends") or {}
        self.names: dict[str, str] = data.get("names") or {}
        self.unions: list[dict[str, Any]] = data.get("unions", [])
        self.dropped: dict[str, dict[str, Any]] = data.get("dropped") or {}
        self._api = data.get("api")
        self._corrections: list[dict[str, Any]] = data.get("corrections", [])
        # Rows are keyed by method and path without the names of parameters: renaming one changes nothing.
        self._operations = {anonymous(key): row for key, row in (data.get("operations") or {}).items()}
        self._parameters = {anonymous(key): row for key, row in (data.get("parameters") or {}).items()}
        self._used: set[str] = set()
        mixins = Mixins(path.parent)
        self._inherited = {key: mixins.names(mixin) for key, mixin in self.extends.items()}

    def inherited(self, key: str) -> frozenset[str]:
        """The names that the mixin of a resource or schema brings; none if it has no mixin."""
        return self._inherited.get(key, frozenset())

    def corrections(self, document: Json) -> list[dict[str, Any]]:
        """What is known better than a document; nothing if it is that of another API."""
        info = document.get("info")
        title = info.get("title") if isinstance(info, dict) else None
        return self._corrections if self._api is None or self._api == title else []

    def operation(self, method: str, path: str) -> dict[str, Any]:
        """The row of an operation, or an empty mapping."""
        return self._row("operations", self._operations, method, path)

    def parameter(self, method: str, path: str) -> dict[str, Any]:
        """The row of an operation's repeated parameter, or an empty mapping."""
        return self._row("parameters", self._parameters, method, path)

    def union(self, models: frozenset[str]) -> dict[str, Any] | None:
        """The row that tells these models apart, or None: one whose models are a superset of them."""
        for index, row in enumerate(self.unions):
            if models <= row["cases"].keys():
                self._used.add(f"unions/{index}")
                return row
        return None

    def use(self, section: str, key: str) -> None:
        """Note that a row of another section was used."""
        self._used.add(f"{section}/{key}")

    def use_names(self, given: Iterable[str]) -> None:
        """Note which of the better names were given to something."""
        self._used |= {f"names/{name}" for name in given}

    def unused(self) -> list[str]:
        """Rows that matched nothing, as lines that name them."""
        rows = {f"operations/{key}": row for key, row in self._operations.items()}
        rows |= {f"parameters/{key}": row for key, row in self._parameters.items()}
        rows |= {f"unions/{index}": row for index, row in enumerate(self.unions)}
        rows |= {f"extends/{key}": {} for key in self.extends}
        rows |= {f"names/{key}": {} for key in self.names}
        stale = [key for key, row in rows.items() if key not in self._used and not row.get("older")]
        return [f"overlay.yaml: {key}{_models(rows[key])} matches nothing" for key in stale]

    def _row(self, section: str, rows: dict[str, dict[str, Any]], method: str, path: str) -> dict[str, Any]:
        key = anonymous(f"{method.upper()} {path}")
        if key in rows:
            self._used.add(f"{section}/{key}")
        return rows.get(key, {})


def _load(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = load_yaml(path) or {}
    if path == DEFAULT:
        data["corrections"] = [row for file in sorted(CORRECTIONS.glob("*.yaml")) for row in _rows(file)]
        data["ours"] = True
    base = data.pop("base", None)
    if base is None:
        return data
    if base != "default":
        raise ValueError(f"{path}: base is {base!r}; it can only be 'default'")
    merged = _load(DEFAULT)
    for section, rows in data.items():
        below = merged.get(section) or type(rows)()
        merged[section] = {**below, **rows} if isinstance(rows, dict) else [*rows, *below]
    return merged


def _rows(path: Path) -> list[dict[str, Any]]:
    return list(load_yaml(path))


def _models(row: dict[str, Any]) -> str:
    return f" ({', '.join(row['cases'])})" if "cases" in row else ""
