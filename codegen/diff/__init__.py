"""``python -m codegen diff OLD NEW``: what changed between two documents, for those who call the API.

Each document, published or facts only, is read as `generate` reads it, up to the canonical form: repairs, our names of
methods, equal unions and enums made one (`surface`). Order and prose are gone by then, so they make no change. What was
renamed is found first (`renames`); then operations and models are compared (`documents`), and what stands in the same
place of both (`schemas`), types as sets of alternatives (`shapes`). Every change is judged by where callers meet it:
the table of the rules is in `changes`. `formats` shows the result as text, Markdown or JSON.
"""

from __future__ import annotations

from .. import ledger
from ..errors import Refused
from ..ledger import Ledger, Names
from ..overlay import DEFAULT, OWN_LEDGER, Overlay
from ..source import read
from .changes import Diff, merged
from .documents import DocumentComparison
from .surface import Surface


def diff(old: bytes, new: bytes, overlay: Overlay) -> Diff:
    """All differences between two documents.

    Args:
        old: The document that callers know, published or facts only.
        new: The document that replaces it.
        overlay: Our names of operations.

    Raises:
        Refused: one of them is no document that a client can be made of.
    """
    before = Surface(old, overlay, Ledger(advice=_advice(overlay)))
    return between(before, Surface(new, overlay, before.ledger))


def diff_sources(old: str, new: str) -> Diff:
    """All differences between two documents, each a path or a URL.

    Raises:
        Refused: one of them cannot be read, or no client can be made of it; the message says which of the two it is.
    """
    overlay = Overlay(DEFAULT)
    before = _surface(old, overlay, Ledger(advice=_advice(overlay)))
    return between(before, _surface(new, overlay, before.ledger))


def between(old: Surface, new: Surface) -> Diff:
    """All differences between two surfaces."""
    changes = merged(DocumentComparison(old, new).changes())
    sizes = {name: (count, new.sizes[name]) for name, count in old.sizes.items()}
    return Diff(tuple(changes), sizes)


def _surface(source: str, overlay: Overlay, names: Ledger) -> Surface:
    document = read(source)
    try:
        return Surface(document, overlay, names)
    except Refused as error:
        raise type(error)(f"{source}: {error}") from error


def _advice(overlay: Overlay) -> Names:
    """Our own names, if the overlay is ours or comes on top of ours."""
    return ledger.read(OWN_LEDGER) if overlay.is_ours else {}
