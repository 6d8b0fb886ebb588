"""The files of the package: every class is a schema, every alias an enum or a union, every raw method an operation.

A union copies the schemas that it is made of, to put the tag in: `Voice_Vapi` is the VapiVoice in a Voice.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from attrs import frozen

_COPY = re.compile(r"(\w+)_(\w+)")
#: Keywords of JSON Schema: where anything may stand in them they are no fields, but a slip of a document.
_SLIPPED = frozenset({"allOf", "anyOf", "oneOf"})

Fields = dict[str, ast.expr]


@frozen
class Operation:
    """One method of a raw client, as the request that it sends; what it takes, by the API's names."""

    method: str
    path: str
    parameters: Fields
    body: Fields
    whole_body: ast.expr | None
    answer: ast.expr | None

    @property
    def key(self) -> str:
        """The operation as `GET /path`."""
        return f"{self.method} {self.path}"


class Package:
    """The classes, aliases and operations of the package in a folder.

    Raises:
        ValueError: A file has another form than those of today.
    """

    def __init__(self, folder: Path) -> None:
        self.classes: dict[str, Fields] = {}
        self.aliases: Fields = {}
        for file in sorted([*folder.glob("types/*.py"), *folder.glob("*/types/*.py")]):
            if file.name != "__init__.py":
                self._read(ast.parse(file.read_bytes()))
        clients = (ast.parse(file.read_bytes()) for file in sorted(folder.glob("*/raw_client.py")))
        self.operations: list[Operation] = [operation for client in clients for operation in _operations(client)]

    def _read(self, module: ast.Module) -> None:
        for node in module.body:
            if isinstance(node, ast.ClassDef):
                self.classes[node.name] = dict(_fields(node))
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self.aliases[node.targets[0].id] = node.value

    @cached_property
    def named(self) -> dict[str, str]:
        """The names of classes and aliases that are no union's own copies, by their letters and digits alone."""
        return {letters(name): name for name in [*self.aliases, *self.classes] if not is_copy(name)}


def letters(name: str) -> str:
    """What two spellings of one schema's name share."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def is_copy(name: str) -> bool:
    """Whether a class is a union's own copy of a schema."""
    return _COPY.fullmatch(name) is not None


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        hint = ast.unparse(statement.annotation)
        wire = _wire_name(statement.annotation) or statement.target.id
        if not hint.startswith("typing.ClassVar") and not (wire in _SLIPPED and "typing.Any" in hint):
            yield wire, statement.annotation


def _wire_name(hint: ast.expr) -> str:
    for node in ast.walk(hint):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "FieldMetadata":
            return str(ast.literal_eval(node.keywords[0].value))
    return ""


def _operations(module: ast.Module) -> Iterator[Operation]:
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Raw"):
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name != "__init__":
                    yield _operation(method)


def _operation(method: ast.FunctionDef) -> Operation:
    arguments = _arguments(method)
    request = _request(method)
    given = {keyword.arg: keyword.value for keyword in request.keywords}
    parts = _mapped(given.get("data"), arguments) | _mapped(given.get("files"), arguments)
    body = given.get("json")
    return Operation(
        method=str(ast.literal_eval(given["method"])),
        path=_path(request.args[0]) if request.args else "/",
        parameters=_mapped(given.get("params"), arguments),
        body=parts or _mapped(body, arguments),
        whole_body=arguments.get("request") if isinstance(body, ast.Call) else None,
        answer=method.returns.slice if isinstance(method.returns, ast.Subscript) else None,
    )


def _request(method: ast.FunctionDef) -> ast.Call:
    for node in ast.walk(method):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("httpx_client.request"):
            return node
    raise ValueError(f"{method.name} sends no request")


def _arguments(method: ast.FunctionDef) -> Fields:
    arguments = [*method.args.args, *method.args.kwonlyargs]
    return {argument.arg: argument.annotation for argument in arguments if argument.annotation is not None}


def _path(node: ast.expr) -> str:
    """The path, each of its parameters as `{}`."""
    if isinstance(node, ast.JoinedStr):
        return "/" + "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return f"/{ast.literal_eval(node)}"


def _mapped(node: ast.expr | None, arguments: Fields) -> Fields:
    """The arguments that a dictionary is made of, by its keys."""
    if not isinstance(node, ast.Dict):
        return {}
    pairs = [(key, _used(value, arguments)) for key, value in zip(node.keys, node.values, strict=True) if key]
    return {str(ast.literal_eval(key)): arguments[names[0]] for key, names in pairs if names}


def _used(node: ast.expr, arguments: Fields) -> list[str]:
    return [each.id for each in ast.walk(node) if isinstance(each, ast.Name) and each.id in arguments]
