"""Where an API is, and how a caller shows who it is: servers and ways to authorize."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from ..document import Json
from .changes import REQUEST, Change, Use
from .places import Place
from .shapes import short
from .surface import ANYWHERE, Key, Surface

#: Ways to authorize, each a set of schemes that go together; the empty one is none at all.
Ways: TypeAlias = frozenset[frozenset[str]]
_ANYBODY: Ways = frozenset({frozenset()})


def access(old: Surface, new: Surface, same: Mapping[Key, Key]) -> Iterator[Change]:
    """The changes of servers and of authorization.

    Args:
        old: The document that callers know.
        new: The document that replaces it.
        same: The operations that both have.
    """
    yield from _servers(_urls(old.document), _urls(new.document))
    for key, other in same.items():
        use = frozenset({Use(old.resource(key), REQUEST)})
        yield from _authorization(Place(new.method(other), "authorization", use), _ways(old, key), _ways(new, other))


def _servers(old: list[str], new: list[str]) -> Iterator[Change]:
    place = Place("servers", "server", frozenset({Use(ANYWHERE, REQUEST)}))
    gone, fresh = [url for url in old if url not in new], [url for url in new if url not in old]
    if gone:
        yield place.change("another server", f"{short(gone, ', ')} -> {short(new, ', ') or 'none'}", old, new)
    elif fresh and old:
        yield place.change("more servers", short(fresh, ", "), old, new)


def _urls(document: Json) -> list[str]:
    servers = document.get("servers")
    found = [server.get("url") for server in servers if isinstance(server, dict)] if isinstance(servers, list) else []
    return [url.rstrip("/") for url in found if isinstance(url, str)]


def _authorization(place: Place, old: Ways, new: Ways) -> Iterator[Change]:
    if old == new:
        return
    # Nothing said, or no way at all: anybody may call. Who sends more than is asked for may call as well.
    before, after = old or _ANYBODY, new or _ANYBODY
    lost = [way for way in before if not any(other <= way for other in after)]
    rule = "another authorization" if lost else "more ways to authorize"
    detail = f"{_said(old)} -> {_said(new)}"
    yield place.change(rule, detail, _said(old), _said(new), origin=("authorization", detail))


def _ways(surface: Surface, key: Key) -> Ways:
    stated = surface.operations[key].get("security", surface.document.get("security", []))
    schemes = surface.document["components"].get("securitySchemes")
    known = schemes if isinstance(schemes, dict) else {}
    rows = [row for row in stated if isinstance(row, dict)] if isinstance(stated, list) else []
    return frozenset(frozenset(_scheme(name, known.get(name)) for name in row) for row in rows)


def _scheme(name: str, scheme: Json) -> str:
    """What a caller sends, whatever the document calls it."""
    if not isinstance(scheme, dict):
        return name
    parts = (str(scheme[key]) for key in ("type", "scheme", "in", "name") if key in scheme)
    return " ".join(parts).lower()


def _said(ways: Ways) -> str:
    return short(sorted(" and ".join(sorted(way)) or "none" for way in ways), " or ") or "none"
