"""Mini documents: written from the few things that a test is about, generated into a folder of their own, imported."""

from __future__ import annotations

import importlib
import inspect
import itertools
import json
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import yaml

from codegen.document import reference
from codegen.generate import Job, generate
from codegen.records import Contract
from vapi_async import UNSET

Json = Any
_numbers = itertools.count()


def ref(name: str) -> Json:
    """A reference to a schema."""
    return {"$ref": reference(name)}


def refs(*names: str) -> list[Json]:
    return [ref(name) for name in names]


def obj(*required: str, **properties: Json) -> Json:
    """An object schema; a property given as text is a primitive of that type."""
    spelled = {name: {"type": kind} if isinstance(kind, str) else kind for name, kind in properties.items()}
    return {"type": "object", "properties": spelled} | ({"required": [*required]} if required else {})


def const(value: Json) -> Json:
    """A string with one value, as the published documents spell a tag."""
    return {"type": "string", "enum": [value]}


def enum(*values: Json, kind: str = "string") -> Json:
    return {"type": kind, "enum": [*values]}


def array(items: Json) -> Json:
    return {"type": "array", "items": items}


def one_of(*members: Json, **more: Json) -> Json:
    return {"oneOf": [*members], **more}


def content(schema: Json | None, media: str = "application/json") -> Json:
    return {"content": {media: {} if schema is None else {"schema": schema}}}


def operation(*parameters: Json, body: Json | None = None, returns: Json | None = None, **more: Json) -> Json:
    """An operation with a JSON body and a JSON answer, where they are given."""
    node: Json = {"parameters": [*parameters], "responses": {"200": {"description": ""}}}
    if returns is not None:
        node["responses"]["200"] |= content(returns)
    if body is not None:
        node["requestBody"] = {"required": True, **content(body)}
    return node | more


def parameter(name: str, place: str = "query", *, required: bool = False, schema: Json | None = None) -> Json:
    needed = required or place == "path"
    return {"name": name, "in": place, "required": needed, "schema": {"type": "string"} if schema is None else schema}


def document(schemas: Json | None = None, paths: Json | None = None, **components: Json) -> Json:
    return {
        "openapi": "3.0.3",
        "info": {"title": "mini", "version": "1"},
        "paths": paths or {},
        "components": {"schemas": schemas or {}, **components},
    }


class Generated:
    """A generated package: its text, and, imported on use, its modules."""

    def __init__(self, name: str, folder: Path, contract: Contract) -> None:
        self.name = name
        self.folder = folder
        self.contract = contract

    @property
    def models(self) -> ModuleType:
        return importlib.import_module(f"{self.name}.models")

    def model(self, name: str) -> Any:
        """A model class."""
        return getattr(self.models, name)

    def module(self, path: str) -> ModuleType:
        """A module below the package, such as ``api.calls``."""
        return importlib.import_module(f"{self.name}.{path}")

    def decode(self, union: str, value: Json) -> Any:
        """A value of a union, decoded."""
        module = self.models._MODULES[union]
        return self.module(f"models.{module}").VARIANTS.decode(value)

    def text(self, path: str) -> str:
        """The text of a file below the package's folder."""
        return (self.folder / path).read_text(encoding="utf-8")

    def names(self) -> set[str]:
        """The public names of the models package, without `Unknown`."""
        return set(self.models._MODULES) - {"Unknown"}

    def contract_json(self) -> Json:
        return json.loads(self.text("contract.json"))

    def resource(self, path: str) -> Any:
        """A resource whose methods return what they would send, by its attribute on the client: ``v2.calls``."""
        *space, name = path.split(".")
        record = next(r for r in self.contract.resources if (r.namespace, r.name) == ("".join(space), name))
        class_ = getattr(self.module(".".join(["api", *space, name])), record.class_name)
        recording = {"_send": _record_sent, "_list": _record, "_download": _record_sent}
        return type(class_.__name__, (class_,), recording)(SimpleNamespace(_session=None))

    def signature(self, path: str) -> dict[str, inspect.Parameter]:
        """The parameters of ``resource.method``, without self and options."""
        resource, _, method = path.rpartition(".")
        found = dict(inspect.signature(getattr(self.resource(resource), method)).parameters)
        assert found.pop("options").kind is inspect.Parameter.VAR_KEYWORD
        return found

    def annotations(self, model: str) -> dict[str, str]:
        """The annotations of a model's own fields, as they are written."""
        return {name: kind for name, kind in vars(self.model(model))["__annotations__"].items() if name[0] != "_"}


async def _record_sent(self: Any, operation: Any, given: Any, **more: Any) -> Any:
    return _record(self, operation, given, **more)


def _record(self: Any, operation: Any, given: Any, **more: Any) -> Any:
    sent = operation.arguments(given)
    return operation, {**given, **{place: value for place, value in sent.items() if value not in ({}, UNSET)}, **more}


def build(
    source: Json, folder: Path, *, overlay: Json = None, strict: bool = True, name: str = "", names: Path | None = None
) -> Generated:
    """Generate a document's package into a folder.

    Args:
        source: The document, or its bytes.
        folder: The folder that gets the package.
        overlay: The content of its overlay; empty by default.
        strict: As for our own contract.
        name: The package's import name; one that no other has by default.
        names: The ledger; by default one of its own.
    """
    name = name or f"mini_{next(_numbers)}"
    spec, rows = folder / f"{name}.json", folder / f"{name}.yaml"
    spec.write_bytes(source if isinstance(source, bytes) else json.dumps(source).encode())
    rows.write_text(yaml.safe_dump(overlay or {}))
    job = Job(spec, name, folder / name, rows, strict=strict, names=names)
    return Generated(name, job.folder, generate(job))
