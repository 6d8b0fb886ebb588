"""Names of the document → Python identifiers.

Every identifier that reaches the output is made here, from letters, digits and underscores only: a name in the document
is hostile until it has passed through one of these functions.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable

MAX_LENGTH = 120
#: ``URLs`` and ``IDs`` are one word; a digit belongs to the letters before it (``E164``).
_WORD = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+")

#: Names that generated class bodies and signatures use themselves.
RESERVED_FIELDS = frozenset(
    {"additional_properties", "bool", "bytes", "classmethod", "cls", "datetime", "dict", "float", "from_dict", "get"}
    | {"int", "list", "self", "str", "to_dict", "to_json"}
)
#: Names in capitals that generated modules import or define themselves.
RESERVED_CLASSES = frozenset(
    {"Any", "Case", "Cases", "Download", "FileInput", "ListOperation", "Literal", "Mapping", "Model", "Namespace"}
    | {"Never", "Operation", "Pager", "RequestOptions", "Required", "Resource", "Resources", "Scored", "Self"}
    | {"Sequence", "TYPE_CHECKING", "Tagged", "TypeAlias", "TypedDict", "UNSET", "Unknown", "UnknownVariant"}
    | {"Unpack", "Unset", "VARIANTS", "Window"}
)
#: Modules are attributes of their package as soon as they are imported: none may hide what `models/__init__` calls.
RESERVED_MODULES = frozenset(
    {"dict", "dicts", "getattr", "globals", "hasattr", "import_module", "list", "parameters", "sorted", "str"}
    | {"unknown"}
)
#: Ends the names of dicts, and so of no class.
DICT = "Dict"
RESERVED_METHODS = frozenset(
    {"bool", "builtins", "bytes", "datetime", "dict", "float", "int", "overload", "self", "str"} | {*keyword.kwlist}
)
RESERVED_PARAMETERS = frozenset(
    {
        "bool",
        "datetime",
        "extra_body",
        "extra_headers",
        "extra_query",
        "float",
        "int",
        "locals",
        "options",
        "request",
        "self",
        "str",
        "unknown",
    }
)
#: Parameters that every list has beside those of its operation.
LIST_PARAMETERS = frozenset({"created", "max_items", "resume", "updated"})


def words(text: str) -> list[str]:
    """The words of a name in any case style: ``messagesOpenAIFormatted`` → ``messages Open AI Formatted``."""
    ascii_text = unicodedata.normalize("NFKD", text[: MAX_LENGTH * 4]).encode("ascii", "ignore").decode()
    return _WORD.findall(ascii_text)


def snake(text: str) -> str:
    """``createdAtGe`` → ``created_at_ge``; never empty, never a keyword, starts with a letter."""
    name = "_".join(words(text)).lower()[:MAX_LENGTH].strip("_")
    if not name or name[0].isdigit():
        name = f"n{name}" if name else "unnamed"
    return f"{name}_" if keyword.iskeyword(name) else name


def pascal(text: str) -> str:
    """``server-messages`` → ``ServerMessages``; the case inside of words stays."""
    name = "".join(word[0].upper() + word[1:] for word in words(text))[:MAX_LENGTH]
    if not name or name[0].isdigit():
        name = f"N{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def class_name(schema: str) -> str:
    """A schema's name as published where it can be a class's, else its words in PascalCase.

    A name that generated modules use themselves gets an underscore.
    """
    usable = schema.isascii() and schema.isidentifier() and len(schema) <= MAX_LENGTH and schema[0].isupper()
    name = schema if usable and not keyword.iskeyword(schema) else pascal(schema)
    if name.startswith("ClassVar"):  # attrs would take an annotation that begins like this for no field
        name = f"Schema{name}"
    return f"{name}_" if name in RESERVED_CLASSES or (name.endswith(DICT) and name != DICT) else name


def unique(wanted: list[str], reserved: frozenset[str]) -> list[str]:
    """Identifiers for names of one scope, in order: a reserved or repeated one gets an underscore, then numbers too."""
    taken: set[str] = set()
    tries: dict[str, int] = {}
    result = []
    for name in wanted:
        free = name
        while free in reserved or free in taken:
            tries[name] = tries.get(name, 0) + 1
            free = f"{name}_" if tries[name] == 1 else f"{name}_{tries[name]}"
        taken.add(free)
        result.append(free)
    return result


def module_names(schemas: Iterable[str]) -> dict[str, str]:
    """The module of each schema: distinct, whatever their order, and never one that the package itself needs."""
    names = sorted(schemas)
    return dict(zip(names, unique([snake(name) for name in names], RESERVED_MODULES), strict=True))


def plural(word: str) -> str:
    """The regular English plural of a lower-case word."""
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2:-1] not in {"a", "e", "i", "o", "u"}:
        return f"{word[:-1]}ies"
    return f"{word}s"


def singular(word: str) -> str:
    """The inverse of `plural` for the words that it makes."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word.removesuffix("s") or word
