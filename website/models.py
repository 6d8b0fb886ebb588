"""The reference of the models: their fields, on a page for each initial letter, and the index of their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any, get_args

from vapi_async import models
from vapi_async._modeling.model import Model
from website import sentences

_WORD = re.compile(r"[A-Za-z_]\w*")
_SPECIAL = re.compile(r"[\\*_<>|\[\]]")
_OPTIONAL = " | Unset"
_NULL = " | None"
_KEY = "A field is optional unless its type says required. Below an attribute is its key in JSON, where that differs."


def pages() -> dict[str, str]:
    """Every page: path below reference/ -> text."""
    by_letter = {letter: list(names) for letter, names in groupby(sorted(_names(), key=str.lower), _letter)}
    texts = {f"models/{letter}.md": _page(letter, names) for letter, names in by_letter.items()}
    return {**texts, "models/index.md": _index(by_letter)}


def _names() -> list[str]:
    return list(models._MODULES)


def _letter(name: str) -> str:
    return name[0].lower()


def _index(by_letter: dict[str, list[str]]) -> str:
    count = sum(map(len, by_letter.values()))
    lines = [
        "# Models",
        "",
        f"The {count} models, unions and enums of the contract, in `vapi_async.models`. How models behave is in",
        "[Models](../../models.md).",
    ]
    for letter, names in by_letter.items():
        lines += ["", f"## {letter.upper()}", "", " · ".join(_link(name, name) for name in names)]
    return "\n".join([*lines, ""])


def _page(letter: str, names: list[str]) -> str:
    head = f"# Models: {letter.upper()}\n\n{_KEY}\n"
    return "\n".join([head, *(f"## {name} {{ #{_anchor(name)} }}\n\n{_body(name)}\n" for name in names)])


def _anchor(name: str) -> str:
    return f"vapi_async.models.{name}"


def _link(name: str, text: str) -> str:
    return f"[`{text}`]({_letter(name)}.md#{_anchor(name)})"


def _body(name: str) -> str:
    value = getattr(models, name)
    if isinstance(value, type):
        return _fields(value) if issubclass(value, Model) else "What fits none of the variants of a union."
    variants = [variant for variant in _variants(value) if variant != "`str`"]
    return f"One of {', '.join(variants)}" + ("." if str not in get_args(value) else ", or any other text.")


def _fields(kind: type[Model]) -> str:
    if not kind._wire:
        return "No fields of its own: every member is in `additional_properties`."
    texts = sentences.of_fields(kind)
    rows = [_row(name, wire, kind.__annotations__[name], texts.get(name, "")) for name, wire in kind._wire.items()]
    return "\n".join(["| attribute | type | what it is |", "|---|---|---|", *rows])


def _row(name: str, wire: str, annotation: str, text: str) -> str:
    key = "" if wire == name else f"<br><small>{wire}</small>"
    return f"| `{name}`{key} | {_shown(annotation)} | {_escaped(text)} |"


def _escaped(text: str) -> str:
    """Return a sentence as Markdown: what has a meaning there, such as a pattern's brackets, stands for itself."""
    code_or_not = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else _SPECIAL.sub(r"\\\g<0>", part) for part in code_or_not)


def _shown(annotation: str) -> str:
    required = not annotation.endswith(_OPTIONAL)
    core = annotation.removesuffix(_OPTIONAL).removesuffix(_NULL)
    text = "".join(_parts(core)).replace(" | ", " or ")
    return f"{text}, required" if required else text


def _parts(annotation: str) -> Iterator[str]:
    """Yield the pieces of a type as Markdown, the names of models as links."""
    last = 0
    for match in _WORD.finditer(annotation):
        between = annotation[last : match.start()]
        yield between
        yield _link(match[0], match[0]) if match[0] in models._MODULES else match[0]
        last = match.end()
    yield annotation[last:]


def _variants(value: Any) -> Iterator[str]:
    for part in get_args(value):
        if isinstance(part, type):
            yield _link(part.__name__, part.__name__) if part.__name__ in models._MODULES else f"`{part.__name__}`"
        else:
            yield ", ".join(f"`{literal!r}`" for literal in get_args(part)) or f"`{part}`"
