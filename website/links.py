"""Links of a page, from how they read in the repository to how they read on the site."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

_LINK = re.compile(r"(?P<start>\]\()(?P<target>[^)\s#]+)(?P<anchor>#[^)\s]*)?(?P<end>\))")
_FENCE = re.compile(r"^( *)(```+|~~~+).*?^\1\2 *$", re.MULTILINE | re.DOTALL)


def relink(text: str, source: str, place: Callable[[str], str | None]) -> str:
    """Return the text of a page with its links turned to the site.

    Args:
        text: Markdown; its blocks of code stay as they are.
        source: where the page is in the repository.
        place: says where a file of the repository is on the site.

    Raises:
        ValueError: a link leads to a file that the site does not have.
    """
    here = posixpath.dirname(place(source) or "")

    def turned(match: re.Match[str]) -> str:
        target = match["target"]
        if re.match(r"[a-z]+:", target):
            return match[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        found = place(path)
        if found is None:
            raise ValueError(f"{source} links to {path}, which the site does not have")
        return f"{match['start']}{posixpath.relpath(found, here or '.')}{match['anchor'] or ''}{match['end']}"

    pieces, last = [], 0
    for fence in _FENCE.finditer(text):
        pieces += [_LINK.sub(turned, text[last : fence.start()]), fence[0]]
        last = fence.end()
    return "".join([*pieces, _LINK.sub(turned, text[last:])])
