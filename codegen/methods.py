"""Operations → the pieces of a resource class: operation records, signatures, bodies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import evolve, field, frozen

from . import docstrings, type_hints
from .argument_docs import ArgumentDocs
from .decoders import decoder
from .imports import names_in, runtime_imports
from .literals import literal, tuple_literal
from .records import ANY, AnyOf, Field, Method, Named, Primitive, Resource, Type

#: Kinds of methods that return what sends nothing before it is used.
_HANDLES = frozenset({"download", "stream"})
_OPTIONS = "**options: Unpack[RequestOptions]"


@frozen
class OperationText:
    """A module-level operation record."""

    name: str
    annotation: str
    expression: str


@frozen
class MethodText:
    """A method of a resource class, in pieces."""

    signature: str
    overloads: tuple[str, ...]
    doc: str
    body: str


@frozen
class ResourceText:
    """All that a resource module says, and the names that it says it with."""

    operations: tuple[OperationText, ...]
    methods: tuple[MethodText, ...]
    bases: str
    mixin: str
    marks: frozenset[str]
    names: frozenset[str] = field(factory=frozenset)
    code: frozenset[str] = field(factory=frozenset)


def resource(record: Resource, models: str, arguments: ArgumentDocs) -> ResourceText:
    """The text of a resource.

    Args:
        record: The resource.
        models: The import name of the package's models.
        arguments: Describes what methods take.
    """
    operations = tuple(_operation(method, models) for method in record.methods)
    texts = tuple(_method(record, method, arguments) for method in (*record.methods, *_streams(record.methods)))
    mixin = record.mixin.rpartition(".")[2]
    signatures = [text.signature for text in texts] + [line for text in texts for line in text.overloads]
    names = names_in([*signatures, *(operation.annotation for operation in operations)])
    code = names_in([*(operation.expression for operation in operations), *(text.body for text in texts)])
    bases = ", ".join(filter(None, [mixin, "Resource"]))
    marks = frozenset(method.reconcile for method in record.methods if method.reconcile)
    return ResourceText(operations, texts, bases, record.mixin, marks, names, code)


def imports(text: ResourceText, models: str, checking: list[str]) -> str:
    """The import block of a resource module; what only annotations name is for type checkers."""
    runtime = {"Resource", *text.marks} | (
        {"ListOperation", "Operation", "items", "nested", "timestamp", "union", "values"} & text.code
    )
    runtime |= {"UNSET"} & (text.names | text.code)
    lines = runtime_imports(runtime, text.mixin)
    typing = ["TYPE_CHECKING"] + (["overload"] if any(method.overloads for method in text.methods) else [])
    block = []
    abc = sorted({"Mapping", "Sequence"} & text.names)
    if abc:
        block.append(f"from collections.abc import {', '.join(abc)}")
    if "builtins" in text.names:
        block.insert(0, "import builtins")
    if "datetime" in text.names:
        block.append("from datetime import datetime")
    block.append(f"from typing import {', '.join(sorted({'Any', 'Literal', 'Unpack'} & text.names))}")
    annotated = {"ChatStream", "Download", "FileInput", "Pager", "RequestOptions", "Unset", "Window"}
    block += runtime_imports(annotated & text.names)
    if checking:
        block.append(f"from {models} import {', '.join(checking)}")
    body = "\n".join(f"    {line}" for line in block)
    return f"from typing import {', '.join(typing)}\n" + "\n".join(lines) + f"\n\nif TYPE_CHECKING:\n{body}\n"


def _operation(method: Method, models: str) -> OperationText:
    name, arguments = _constant(method.name), [*map(literal, (method.http_method, method.path))]
    arguments += [f"{key}={value}" for key, value in _facts(method).items() if value]
    if method.walk:
        return OperationText(name, f"ListOperation[{_returned(method)}]", f"ListOperation({_walk(method, arguments)})")
    made = decoder(method.returns, "_MODELS") if method.returns else ""
    if made:
        arguments.append(f"returns={made}")
    kind = "bytes" if method.kind == "download" else _returned(method)
    return OperationText(name, f"Operation[{kind}]", f"Operation({', '.join(arguments)})")


def _facts(method: Method) -> dict[str, str]:
    """The keywords of an operation record; an empty one is left out."""
    model = method.body_type.name if isinstance(method.body_type, Named) else ""
    errors = (f"{status}: nested(_MODELS, {literal(name)})" for status, name in method.error_models.items())
    return {
        "body": literal(method.body) if method.body else "",
        "body_required": "True" if method.body_required else "",
        "model": literal(model) if model else "",
        "models": "_MODELS" if model else "",
        "files": tuple_literal(method.files) if method.files else "",
        "csv": tuple_literal(method.csv) if method.csv else "",
        "safe": literal(method.safe) if method.safe else "",
        "reconcile": method.reconcile,
        "defaults": literal(method.defaults) if method.defaults else "",
        "deprecated": "True" if method.deprecated else "",
        "errors": f"{{{', '.join(errors)}}}" if method.error_models else "",
        "in_path": _mapping(method.path_fields),
        "in_query": _mapping(method.query_fields),
        "in_header": _mapping(method.header_fields),
        "in_body": _mapping(method.body_fields),
    }


def _streams(methods: Sequence[Method]) -> list[Method]:
    """The methods that send the same requests as others, and read the answers while they are made."""
    streamed = [method for method in methods if method.stream]
    return [
        evolve(
            method,
            name=method.stream,
            kind="stream",
            body_fields=tuple(f for f in method.body_fields if f.wire != "stream"),
            narrows=None,
            returns=AnyOf(tuple(other.returns for other in streamed if other.returns)),
            streams=method.name,
            shapes=tuple(other.name for other in streamed),
        )
        for method in streamed
    ]


def _constant(name: str) -> str:
    """The module-level name of a method's operation; the models' package has such a name too."""
    name = f"_{name.upper()}"
    return f"{name}_" if name == "_MODELS" else name


def _walk(method: Method, arguments: list[str]) -> str:
    walk = method.walk
    assert walk is not None
    made = decoder(walk.item, "_MODELS")
    arguments += [f"item={made}"] if made else []
    arguments += [] if "models=_MODELS" in arguments else ["models=_MODELS"]
    arguments.append(f"walk={literal(walk.kind)}")
    if walk.limits != (0, 1000, 100):
        arguments.append(f"limits={walk.limits}")
    return ", ".join(arguments)


def _returned(method: Method) -> str:
    """The annotation of the result; no bare ``list``, which the method of that name hides."""
    kind: Type = method.walk.item if method.walk else method.returns or ANY
    if method.kind == "download":
        return "Download"
    text = type_hints.read(kind)
    if method.kind == "stream":
        return f"ChatStream[{text}]"
    return re.sub(r"\blist\[", "builtins.list[", text)


def _method(record: Resource, method: Method, arguments: ArgumentDocs) -> MethodText:
    return MethodText(
        signature=_signature(method, _parameters(method), _returned(method)),
        overloads=tuple(_overloads(method)),
        doc=docstrings.method(record, method, arguments.lines(method)),
        body=_body(method),
    )


def _signature(method: Method, parameters: list[str], returned: str) -> str:
    result = f"Pager[{returned}]" if method.walk else returned
    keyword = "def" if method.walk or method.kind in _HANDLES else "async def"
    return f"{keyword} {method.name}({', '.join(['self', *parameters])}) -> {result}:"


def _positional(method: Method) -> list[str]:
    return [f"{f.name}: {_path_type(f)}" for f in method.path_fields]


def _path_type(f: Field) -> str:
    return "str" if isinstance(f.type, Primitive) else type_hints.write(f.type)


def _parameters(method: Method) -> list[str]:
    positional = _positional(method)
    if method.body_type is not None:
        request = type_hints.write(method.body_type)
        positional.append(f"request: {request} | Unset = UNSET" if method.body_fields else f"request: {request}")
    keywords = [f"{f.name}: {type_hints.keyword(f)} = UNSET" for f in method.body_fields]
    return [*positional, *_star([*keywords, *_common_keywords(method)]), _OPTIONS]


def _common_keywords(method: Method) -> list[str]:
    keywords = [_query(f, method) for f in method.query_fields]
    keywords += [f"{f.name}: {type_hints.write(f.type)} | Unset = UNSET" for f in method.header_fields]
    if method.walk:
        keywords += [f"{name}: Window | Unset = UNSET" for name in method.walk.windows]
        keywords += ["max_items: int | None = None", "resume: Mapping[str, Any] | None = None"]
    return keywords


def _query(f: Field, method: Method) -> str:
    if f.required and method.name != "list":
        return f"{f.name}: {type_hints.query(evolve(f), csv=f.wire in method.csv).removesuffix(' | Unset')}"
    return f"{f.name}: {type_hints.query(f, csv=f.wire in method.csv)} = UNSET"


def _star(keywords: list[str]) -> list[str]:
    return ["*", *keywords] if keywords else []


def _overloads(method: Method) -> list[str]:
    """One signature for `request` and one for keywords, where some of the body's fields are required.

    Where a keyword decides what comes back, there is one with it and one without.
    """
    needed = [f for f in method.body_fields if f.required and not type_hints.default(f)]
    if method.body_type is None or not (needed or method.narrows):
        return []
    request = f"request: {type_hints.write(method.body_type)}"
    whole = [*_positional(method), request, *_star(_common_keywords(method)), _OPTIONS]
    overloads = [_signature(method, whole, _returned(method))]
    if method.narrows is None:
        return [*overloads, _signature(method, _by_keyword(method, needed), _returned(method))]
    # The answer is one class with the keyword and another without: one signature requires it, the other lacks it.
    switch = [f for f in method.body_fields if f.wire == method.narrows.keyword]
    with_it = _by_keyword(method, [*needed, *switch])
    without = _by_keyword(method, needed, leave_out=switch)
    return [
        *overloads,
        _signature(method, with_it, method.narrows.given),
        _signature(method, without, method.narrows.absent),
    ]


def _by_keyword(method: Method, needed: list[Field], leave_out: Sequence[Field] = ()) -> list[str]:
    required = [f"{f.name}: {type_hints.keyword(evolve(f, required=True)).removesuffix(' | Unset')}" for f in needed]
    optional = [
        f"{f.name}: {type_hints.keyword(f)} = UNSET"
        for f in method.body_fields
        if f not in needed and f not in leave_out
    ]
    return [*_positional(method), *_star([*required, *optional, *_common_keywords(method)]), _OPTIONS]


def _body(method: Method) -> str:
    """The parameters stand in the signature, and their names on the wire in the operation: the call hands on both."""
    arguments = [_constant(method.streams or method.name), "locals()"]
    if method.shapes:
        arguments.append(f"shapes=({', '.join(map(_constant, method.shapes))},)")
    call = "return self._list" if method.walk else "return await self._send"
    if method.kind in _HANDLES:
        call = f"return self._{method.kind}"
    return f"{call}({', '.join(arguments)})"


def _mapping(fields: tuple[Field, ...]) -> str:
    """Wire name → parameter; parameters that share a wire name are sent as a repeated one."""
    names: dict[str, list[str]] = {}
    for f in fields:
        names.setdefault(f.wire, []).append(f.name)
    pairs = (
        f"{literal(wire)}: {literal(found[0]) if len(found) == 1 else tuple_literal(found)}"
        for wire, found in names.items()
    )
    return f"{{{', '.join(pairs)}}}" if names else ""
