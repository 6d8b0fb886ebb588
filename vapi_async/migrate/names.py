"""What the names of vapi_server_sdk are here.

`names.json` has facts of its releases from 0.2 to 3.0: every method; the types whose name here differs by more than
`DTO` for `Dto`; for unions, the classes of their variants: `CreateAssistantDtoModel_Openai` is "Openai" of
"CreateAssistantDtoModel". `python -m tests.migrate.facts` in a checkout wrote it.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, get_args

from attrs import frozen

from vapi_async._modeling.contract_document import contract_document

PACKAGE = "vapi"

#: What is no type and no method, by its last name: what it is here.
OTHERS: Mapping[str, str] = {
    "Vapi": "vapi_async.AsyncVapi, which is used with `async with` and awaited: there is no synchronous client",
    "AsyncVapi": "vapi_async.AsyncVapi",
    "VapiEnvironment": 'AsyncVapi(region="eu") or AsyncVapi(base_url=...)',
    "ApiError": "vapi_async.StatusError; vapi_async.RequestError also covers timeouts and lost connections",
    "BadRequestError": "vapi_async.BadRequestError",
    "ConflictError": "vapi_async.ConflictError",
    "ForbiddenError": "vapi_async.PermissionDeniedError",
    "InternalServerError": "vapi_async.InternalServerError",
    "NotFoundError": "vapi_async.NotFoundError",
    "PaymentRequiredError": "vapi_async.PaymentRequiredError",
    "ServiceUnavailableError": "vapi_async.ServiceUnavailableError",
    "UnauthorizedError": "vapi_async.AuthenticationError",
    "UnprocessableEntityError": "vapi_async.UnprocessableEntityError",
    "ParsingError": "nothing: answers that do not fit the contract decode as they are (strict=True: DecodeError)",
    "OMIT": "vapi_async.UNSET",
    "RequestOptions": "nothing: client.with_options(timeout=..., retry=...); extra_headers=, extra_query=, extra_body=",
    "SyncPager": "vapi_async.Pager",
    "AsyncPager": "vapi_async.Pager",
    "SyncPage": "vapi_async.Page",
    "AsyncPage": "vapi_async.Page",
    "HttpResponse": "vapi_async.Response, from client.detailed(...)",
    "AsyncHttpResponse": "vapi_async.Response, from client.detailed(...)",
    "File": "vapi_async.models.File",
}
CLIENTS = {"Vapi": True, "AsyncVapi": False}  # name -> whether it is synchronous


@cache
def table() -> dict[str, Any]:
    """Return what names.json says."""
    data: dict[str, Any] = json.loads((files("vapi_async.migrate") / "names.json").read_bytes())
    return data


@frozen
class Method:
    """What became of a method.

    Attributes:
        old: its name there, such as `board.board_controller_find_all`.
        new: its name here, such as `boards.list`; None if there is none.
        contract: the date of the contract that has it, if today's has not.
        known: whether any release had it.
    """

    old: str
    new: str | None = None
    contract: str | None = None
    known: bool = True

    @property
    def lists(self) -> bool:
        """Whether it answers with many."""
        return self.old == "logs.get" or (self.new or self.old).endswith(".list")

    @property
    def creates(self) -> bool:
        """Whether repeating it may do something twice."""
        return (self.new or self.old).endswith((".create", ".run", ".create_response"))


_CONTRACTS = {"vapi_2024": "2024-12-10", "vapi_2025": "2025-08-22"}


def method(old: str) -> Method:
    """Return what became of `calls.create`."""
    methods = table()["methods"]
    new = methods.get(old)
    package, colon, name = (new or "").partition(":")
    if colon:
        return Method(old, name, _CONTRACTS[package])
    return Method(old, new, known=old in methods)


@cache
def resources() -> frozenset[str]:
    """Return the names of all resources that any release had."""
    return frozenset(name.partition(".")[0] for name in table()["methods"])


@cache
def _our_types() -> dict[str, str]:
    from vapi_async import models

    return {name.lower(): name for name in dir(models) if name[0].isupper() and name not in ("Any", "TYPE_CHECKING")}


def type_name(old: str) -> str | None:
    """Return the name here of a type of theirs, None if it is not known here."""
    if ours := _our_types().get(old.lower()):
        return ours
    union, _, variant = old.partition("_")
    found: str | None = _variants().get(union, {}).get(variant) if variant else table()["types"].get(old)
    return found


@cache
def _variants() -> dict[str, dict[str, str]]:
    return {union: group["classes"] for group in table()["variants"] for union in group["unions"]}


def replacement(origin: str) -> str | None:
    """Return what to write for a name of theirs, such as `vapi.types.call.Call`; None if nothing is known."""
    last = origin.rpartition(".")[2]
    # Their File is what an upload takes; the type of the same name is what the API answers.
    if last in OTHERS and (last != "File" or ".types" not in origin):
        return OTHERS[last]
    ours = type_name(last) if last[:1].isupper() else None
    return f"vapi_async.models.{ours}" if ours else None


def _member(new: str) -> Any:
    """Return a method of a client, by its name here."""
    thing: Any = _client()
    for name in new.split("."):
        thing = getattr(thing, name, None)
    return thing


@cache
def _client() -> Any:
    from vapi_async import AsyncVapi

    return AsyncVapi("none", region="us")


@cache
def client_arguments() -> frozenset[str]:
    """Return the arguments of the client here."""
    from vapi_async import AsyncVapi

    return frozenset(inspect.signature(AsyncVapi).parameters)


@cache
def parameters(new: str) -> frozenset[str] | None:
    """Return the parameters of a method here, None if it is not one of today's."""
    thing = _member(new)
    if thing is None:
        return None
    return frozenset({*inspect.signature(thing).parameters, "extra_headers", "extra_query", "extra_body"} - {"options"})


@cache
def result_type(new: str) -> str:
    """Return the type that a method here returns, or an item of its list; "" if it is none of the models."""
    found = _member(new)
    annotation = str(inspect.signature(found).return_annotation) if found is not None else ""
    name = annotation.removeprefix("Pager[").removesuffix("]")
    return name if name.lower() in _our_types() else ""


@cache
def fields(type_: str) -> frozenset[str]:
    """Return what can be read of a type here, or of any type of a union; nothing if that is not known."""
    return frozenset(name for each in _classes(type_) for name in dir(each) if not name.startswith("_"))


@cache
def field_type(type_: str, field: str) -> str:
    """Return the type of a field, "" if it is none of the models, or not the same in all of a union."""
    found = {_model_in(inspect.get_annotations(each).get(field, "")) for each in _classes(type_)}
    return found.pop() if len(found) == 1 else ""


def _model_in(annotation: str) -> str:
    parts = [part.strip() for part in annotation.split("|")]
    known = [part for part in parts if part not in ("None", "Unset")]
    return known[0] if len(known) == 1 and known[0].lower() in _our_types() else ""


def _classes(type_: str) -> list[type]:
    from vapi_async import models

    found = getattr(models, type_, None) if type_ else None
    parts = [found] if isinstance(found, type) else [part for part in get_args(found) if isinstance(part, type)]
    return [part for part in parts if hasattr(part, "_wire")]


@cache
def wire_names() -> frozenset[str]:
    """Return the names of all properties of the contract."""
    return frozenset(_properties(contract_document("vapi_async")["components"]))


def _properties(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for member in value:
            yield from _properties(member)
    elif isinstance(value, dict):
        if isinstance(found := value.get("properties"), dict):
            yield from found
        for member in value.values():
            yield from _properties(member)


def camel(name: str) -> str:
    """`first_message` → `firstMessage`."""
    return re.sub(r"_+([a-z0-9])", lambda match: match[1].upper(), name)
