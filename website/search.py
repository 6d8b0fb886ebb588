"""What the search of the site looks through: the guides first."""

from __future__ import annotations

import json
from pathlib import Path

_MODELS = "reference/models/"


def prefer_guides(index: Path) -> None:
    """Let models be found by their names, and after the guides.

    Their tables have every word that a guide is about, a hundred times, so they are left out. A title counts more than
    a text: names of models are texts here.

    Args:
        index: the search.json of a built site.
    """
    content = json.loads(index.read_text(encoding="utf-8"))
    for item in content["items"]:
        if item["location"].startswith(_MODELS):
            item["title"], item["text"] = "Model", f"<code>{item['title']}</code>"
    # Whatever ranks alike stays in this order.
    content["items"].sort(key=lambda item: item["location"].startswith("reference/"))
    index.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
