"""How pages of the reference show parameters."""

from __future__ import annotations

import re
from pathlib import Path

_TYPE = re.compile(r'(?: \| )<span title="[\w.]+\.Unset">Unset</span>(?=[^<]*</code>,\s*default:)')
_DEFAULT = re.compile(r",\s*default:\s*<code><(span|a) [^>]*>UNSET</\1></code>")


def shorten(reference: Path) -> None:
    """Say of no parameter in a list that it may be left out: nearly all may be, and the signature above says it.

    Args:
        reference: the folder of the built pages.
    """
    for page in reference.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        shorter = _DEFAULT.sub("", _TYPE.sub("", text))
        if shorter != text:
            page.write_text(shorter, encoding="utf-8")
