"""A document is read, and all of it but its schemas made sure of, with references put where they lead.

What a document gets wrong within a schema is put right by the rules of `repair`. Around the schemas nothing is guessed:
where OpenAPI has an object there is one, or the build stops with the pointer to the place. Nobody after this step meets
a missing key, a value of the wrong kind or a reference, except within schemas.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from urllib.parse import unquote

from .document import METHODS, Json, pointer
from .errors import Refused
from .yaml_text import as_json

_PLACES = ("path", "query", "header", "cookie")
_STATUS = re.compile(r"[1-5](\d\d|XX)|default")
#: Anything else could move the request to another host, or be read as a query.
_PATH = re.compile(r"/(?!/)[^\s\\?#\x00-\x1f\x7f]*")
_DOTS = frozenset({".", ".."})
_ITEM_KEYS = frozenset({"$ref", "description", "parameters", "servers", "summary"})


class Malformed(Refused):
    """What should be an OpenAPI 3.x document is none; the message holds the pointer to the place."""


def load(source: bytes, *, lenient: bool = False) -> Json:
    """Read a document, with all its shared parameters, bodies and answers put where they are used.

    Args:
        source: JSON, encoded as UTF-8, 16 or 32; or YAML.
        lenient: Whether paths are taken that no client is made of, such as those with a query.

    Raises:
        Malformed: It is no JSON, or no OpenAPI 3.x.
    """
    try:
        document = json.loads(as_json(source), parse_constant=_no_number, parse_float=_finite)
    except RecursionError:
        raise Malformed("the document is nested too deeply to be a contract") from None
    except ValueError as error:
        raise Malformed(f"the document is no JSON: {error}") from None
    return _Reader(_object(document, "#"), lenient=lenient).document()


def _no_number(text: str) -> Json:
    raise ValueError(f"{text} is no number in JSON")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


class _Reader:
    def __init__(self, root: Json, *, lenient: bool) -> None:
        self.root = root
        self.lenient = lenient

    def document(self) -> Json:
        if not str(self.root.get("openapi")).startswith("3."):
            raise Malformed("#/openapi: this is no OpenAPI 3.x document")
        components = _object(self.root.get("components", {}), "#/components")
        schemas = _object(components.get("schemas", {}), "#/components/schemas")
        if "" in schemas:
            raise Malformed("#/components/schemas: a schema has no name")
        paths = _object(self.root.get("paths", {}), "#/paths")
        items = {path: self._item(path, item) for path, item in paths.items() if not path.startswith("x-")}
        return {**self.root, "paths": items, "components": {**components, "schemas": schemas}}

    def _item(self, path: str, node: Json) -> Json:
        at = pointer("paths", path)
        if not self.lenient and (not _PATH.fullmatch(path) or not _DOTS.isdisjoint(path.split("/"))):
            hint = "; what follows the question mark is a parameter" if "?" in path else ""
            raise Malformed(f"{at}: this is no path of an API{hint}")
        item = self._resolved(node, at)
        shared = self._parameters(item, at)
        methods = [key for key in item if key not in _ITEM_KEYS and not key.startswith("x-")]
        for method in methods:
            if method not in METHODS:
                raise Malformed(f"{pointer('paths', path, method)}: this is no method in lower case")
        return {**item, "parameters": shared} | {
            m: self._operation(item[m], pointer("paths", path, m)) for m in methods
        }

    def _operation(self, node: Json, at: str) -> Json:
        operation = dict(_object(node, at)) | {"parameters": self._parameters(node, at)}
        if "requestBody" in operation:
            operation["requestBody"] = self._with_content(operation["requestBody"], f"{at}/requestBody")
        answers = _object(operation.get("responses", {}), f"{at}/responses")
        operation["responses"] = {status: answer for status, answer in answers.items() if not status.startswith("x-")}
        for status, answer in operation["responses"].items():
            if not _STATUS.fullmatch(status):
                raise Malformed(f"{at}/responses: {status!r} is no status")
            operation["responses"][status] = self._with_content(answer, f"{at}/responses/{status}")
        return operation

    def _parameters(self, node: Json, at: str) -> list[Json]:
        found = _object(node, at).get("parameters", [])
        if not isinstance(found, list):
            raise Malformed(f"{at}/parameters: here a list is expected")
        return [self._parameter(parameter, f"{at}/parameters/{index}") for index, parameter in enumerate(found)]

    def _parameter(self, node: Json, at: str) -> Json:
        parameter = self._with_content(node, at)
        if not isinstance(parameter.get("name"), str) or parameter.get("in") not in _PLACES:
            raise Malformed(f"{at}: a parameter needs a name, and a place: {', '.join(_PLACES)}")
        schemas: Iterable[Json] = (media["schema"] for media in parameter.get("content", {}).values())
        return {"schema": next(iter(schemas), {}), **parameter}

    def _with_content(self, node: Json, at: str) -> Json:
        """A body, an answer or a parameter, where each media type says what it holds."""
        part = dict(self._resolved(node, at))
        if "content" in part:
            content = _object(part["content"], f"{at}/content")
            part["content"] = {
                kind: {"schema": {}, **_object(media, f"{at}/content")} for kind, media in content.items()
            }
        return part

    def _resolved(self, node: Json, at: str) -> Json:
        seen: list[str] = []
        while isinstance(node, dict) and "$ref" in node:
            ref = str(node["$ref"])
            if ref in seen:
                raise Malformed(f"{at}: reference {ref[:200]!r} refers to itself")
            seen.append(ref)
            node = self._target(ref, at)
        return _object(node, at)

    def _target(self, ref: str, at: str) -> Json:
        node = self.root
        for key in unquote(ref).split("/")[1:] if ref.startswith("#/") else [""]:
            name = key.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, dict) or name not in node:
                raise Malformed(f"{at}: reference {ref[:200]!r} leads nowhere")
            node = node[name]
        return node


def _object(node: Json, at: str) -> Json:
    if not isinstance(node, dict):
        raise Malformed(f"{at}: here an object is expected")
    return node
