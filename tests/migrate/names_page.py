"""docs/migration/names.md, made of the names table; ``python -m tests.migrate.facts`` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "migration" / "names.md"

_HEAD = """# Old names and ours

<!-- Written by `python -m tests.migrate.facts`. -->

Methods and types of `vapi_server_sdk` 0.2 to 3.0 that have another name here. What is not listed has the same name,
with `DTO` for `Dto`, or there is nothing of the kind. `python -m vapi_async.migrate` finds these names in code, and
`--write` changes them.
"""


def page(table: dict[str, Any]) -> str:
    """Return the page."""
    sections = [_HEAD, *_methods(table["methods"]), *_types(table["types"]), *_variants(table["variants"])]
    return "\n".join(sections)


def _methods(methods: dict[str, str | None]) -> Iterator[str]:
    yield "## Methods\n"
    yield "| vapi_server_sdk | here |\n|---|---|"
    for old, new in sorted(methods.items()):
        package, colon, name = (new or "").partition(":")
        if colon:
            yield f"| `{old}` | `{name}` of the [package `{package}`](from-vapi-server-sdk.md#what-the-api-dropped) |"
        elif new is None:
            yield f"| `{old}` | `vapi.request(...)`: not in the published contract |"
        elif new != old:
            yield f"| `{old}` | `{new}` |"
    yield ""


def _types(types: dict[str, str]) -> Iterator[str]:
    yield "## Types\n"
    yield "All of ours are in `vapi_async.models`.\n"
    yield "| vapi_server_sdk | here |\n|---|---|"
    yield from (f"| `{old}` | `{new}` |" for old, new in sorted(types.items()))
    yield ""


def _variants(groups: list[dict[str, Any]]) -> Iterator[str]:
    yield "## Variants of unions\n"
    yield "There, each union has classes of its own for its variants, such as `CreateAssistantDtoModel_Openai`. Here, a"
    yield "variant is the schema's class, whichever union it is in.\n"
    for group in groups:
        yield ", ".join(f"`{union}_`…" for union in group["unions"]) + "\n"
        yield "| … | here |\n|---|---|"
        yield from (f"| `{variant}` | `{name}` |" for variant, name in sorted(group["classes"].items()))
        yield ""
