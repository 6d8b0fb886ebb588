"""Functions as the definitions that an assistant is created with."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import partial, wraps
from typing import Annotated, Any, Literal, NotRequired, TypedDict
from uuid import UUID

import attrs
import pytest

from tests.contract import own_contract
from vapi_async.models import BackoffPlan, CreateFunctionToolDTO, Server, ToolMessageStart
from vapi_async.webhooks.tools.docstring import argument_texts
from vapi_async.webhooks.tools.invocations import ToolContext
from vapi_async.webhooks.tools.registry import Tools
from vapi_async.webhooks.tools.tool_signature import tool_signature

URL = "https://example.com/vapi"


class Units(Enum):
    METRIC = "metric"
    IMPERIAL = "imperial"


class Size(Enum):
    SMALL = 1
    LARGE = 2


@dataclass
class Guest:
    """Who comes.

    Attributes:
        name: as it is
            on the card
        age: in years
    """

    name: str
    age: Annotated[int, "whole years"] = 30
    tags: list[str] = field(default_factory=list)


@attrs.define
class Table:
    _number: int
    seats: int = 4


class Address(TypedDict):
    street: str
    floor: NotRequired[int]


@dataclass
class Node:
    following: Node | None = None


@dataclass
class Lost:
    value: Nowhere  # type: ignore[name-defined]  # noqa: F821


def get_weather(
    city: str,
    day: date | None,
    units: Units = Units.METRIC,
    days: Annotated[int, "how far ahead"] = 1,
    note: str | None = None,
) -> str:
    """Tell the weather
    of a city.

    More for the reader.

    Args:
        city: The name of the city,
            in English: no abbreviations.
        units (Units): What to measure in.
        days: Not this one.

    Returns:
        city: not a description.
    """
    return f"{city} {day} {units} {days} {note}"


def test_a_definition_is_what_the_signature_and_docstring_say() -> None:
    tools = Tools()
    tools.add(get_weather)
    assert tools.definitions(URL) == [
        {
            "type": "function",
            "function": {
                "name": "get_weather",
                "description": "Tell the weather of a city.",
                "parameters": {
                    "type": "object",
                    "properties": {
                        "city": {
                            "description": "The name of the city, in English: no abbreviations.",
                            "type": "string",
                        },
                        "day": {"type": "string", "format": "date"},
                        "units": {
                            "description": "What to measure in.",
                            "type": "string",
                            "enum": ["metric", "imperial"],
                            "default": "metric",
                        },
                        "days": {"description": "how far ahead", "type": "integer", "default": 1},
                        "note": {"type": "string"},
                    },
                    "required": ["city"],
                },
            },
            "server": {"url": URL, "timeoutSeconds": 20},
        }
    ]


GUEST = {
    "type": "object",
    "properties": {
        "name": {"description": "as it is on the card", "type": "string"},
        "age": {"description": "whole years", "type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["name"],
}
SCHEMAS = [
    (str, {"type": "string"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (bool, {"type": "boolean"}),
    (Decimal, {"type": "number"}),
    (date, {"type": "string", "format": "date"}),
    (datetime, {"type": "string", "format": "date-time"}),
    (time, {"type": "string", "format": "time"}),
    (UUID, {"type": "string", "format": "uuid"}),
    (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
    (Literal[1, True, None], {"type": "string", "enum": ["1", "true"]}),
    (Units, {"type": "string", "enum": ["metric", "imperial"]}),
    (Size, {"type": "string", "enum": ["1", "2"]}),
    (list[int], {"type": "array", "items": {"type": "integer"}}),
    (list, {"type": "array", "items": {"type": "string"}}),
    (Sequence[str], {"type": "array", "items": {"type": "string"}}),
    (tuple[str, ...], {"type": "array", "items": {"type": "string"}}),
    (set[int], {"type": "array", "items": {"type": "integer"}}),
    (dict[str, int], {"type": "object"}),
    (Mapping[str, Any], {"type": "object"}),
    (dict, {"type": "object"}),
    (int | None, {"type": "integer"}),
    (Annotated[list[Annotated[int, "a day"]], 5, "days"], {"description": "days", "type": "array"}),
    (Guest, GUEST),
    (list[Guest], {"type": "array", "items": GUEST}),
    (
        Table,
        {
            "type": "object",
            "properties": {"number": {"type": "integer"}, "seats": {"type": "integer"}},
            "required": ["number"],
        },
    ),
    (
        Address,
        {
            "type": "object",
            "properties": {"street": {"type": "string"}, "floor": {"type": "integer"}},
            "required": ["street"],
        },
    ),
    (Any, {"type": "string"}),
    (inspect.Parameter.empty, {"type": "string"}),
]


def taking(annotation: Any) -> Callable[..., Any]:
    def tool(x):  # type: ignore[no-untyped-def]
        return x

    if annotation is not inspect.Parameter.empty:
        tool.__annotations__["x"] = annotation
    return tool


@pytest.mark.parametrize(("annotation", "schema"), SCHEMAS)
def test_annotations_and_their_schemas(annotation: Any, schema: dict[str, Any]) -> None:
    got = tool_signature(taking(annotation)).schema["properties"]["x"]
    assert {**got, **schema} == got
    assert own_contract().errors(got, {"$ref": "#/components/schemas/JsonSchema"}) == []


@pytest.mark.parametrize(
    ("annotation", "required"), [(int, True), (int | None, False), (Any, True), (inspect.Parameter.empty, True)]
)
def test_what_may_be_none_need_not_be_given(annotation: Any, required: bool) -> None:
    assert ("required" in tool_signature(taking(annotation)).schema) is required


@pytest.mark.parametrize(
    "annotation",
    [
        complex,
        int | complex,
        Callable[[], int],
        tuple[int, complex],
        dict[tuple[int, int], str],
        set[list[int]],
        Lost,
        Literal[b"x"],
        "Nowhere",
        list["Nowhere"],  # type: ignore[name-defined]  # noqa: F821
        list[complex],
        object(),
    ],
)
def test_annotations_without_a_json_form_are_refused_by_name(annotation: Any) -> None:
    with pytest.raises(TypeError, match="the parameter x of tool: "):
        Tools().add(taking(annotation))


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        (complex, "complex has no JSON form"),
        (Callable[[], int], "collections.abc.Callable[[], int] has no JSON form"),
        (set[list[int]], "a set of list[int] cannot be made: use a list"),
    ],
)
def test_a_refusal_says_why(annotation: Any, reason: str) -> None:
    with pytest.raises(TypeError) as caught:
        tool_signature(taking(annotation))
    assert str(caught.value) == f"the parameter x of tool: {reason}"


def test_aliases_stand_for_what_they_name() -> None:
    extensions = pytest.importorskip("typing_extensions")
    alias = extensions.TypeAliasType("alias", list[int])
    assert tool_signature(taking(alias)).schema == tool_signature(taking(list[int])).schema
    entry = extensions.TypedDict("entry", {"a": int})
    assert tool_signature(taking(entry)).schema["properties"]["x"]["properties"] == {"a": {"type": "integer"}}


def test_a_tool_is_shown_without_its_definition() -> None:
    assert repr(Tools().add(silent)) == "Tool(name='silent', timeout=18.0, encrypted_paths=())"


def positional(x: int, /) -> None: ...


def variable(*x: int) -> None: ...


@pytest.mark.parametrize("function", [positional, variable])
def test_parameters_without_a_name_are_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match=f"the parameter x of {function.__name__} cannot be given by name"):
        tool_signature(function)


@pytest.mark.parametrize("name", ["", "a" * 65, "get weather", "wetter_für", "a.b", "a\n", "<lambda>"])
def test_a_name_that_the_api_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a tool"):
        Tools().add(get_weather, name)


def test_a_lambda_needs_a_name() -> None:
    tools = Tools()
    with pytest.raises(ValueError, match="<lambda>"):
        tools.add(lambda: None)
    tools.add(lambda: None, "nothing")
    assert tools.names == ("nothing",)


def test_a_name_is_given_once() -> None:
    tools = Tools()
    tools.add(get_weather)
    tools.add(get_weather, "weather-2")
    with pytest.raises(ValueError, match="there is a tool named 'get_weather' already"):
        tools.add(get_weather)
    assert tools.names == ("get_weather", "weather-2")


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(TypeError, match="sever: no such option"):
        Tools().add(get_weather, sever=1)  # type: ignore[call-arg]


def silent(x: int, context: ToolContext, other: ToolContext | None = None) -> None:
    pass


def test_the_context_is_no_argument() -> None:
    tools = Tools()
    tools.add(silent)
    [definition] = tools.definitions(URL)
    assert definition["function"] == {
        "name": "silent",
        "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]},
    }


def test_no_parameters_are_an_empty_object() -> None:
    assert tool_signature(lambda: None).schema == {"type": "object", "properties": {}}


class Shop:
    def order(self, item: str) -> str:
        """Order."""
        return item

    def __call__(self, item: int) -> int:
        """Call."""
        return item


def logged(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


@pytest.mark.parametrize(
    ("function", "name", "description", "properties"),
    [
        (Shop().order, "order", "Order.", {"item": {"type": "string"}}),
        (Shop(), "__call__", "Call.", {"item": {"type": "integer"}}),
        (partial(Shop.order, Shop()), "order", "Order.", {"item": {"type": "string"}}),
        (partial(Shop().order, item="book"), "order", "Order.", {}),
        (logged(Shop().order), "order", "Order.", {"item": {"type": "string"}}),
    ],
)
def test_other_callables(function: Any, name: str, description: str, properties: dict[str, Any]) -> None:
    signature = tool_signature(function)
    assert (signature.name, signature.description) == (name, description)
    assert signature.schema["properties"] == properties


@dataclass
class Limits:
    low: int = 1


def with_defaults(
    a: Literal[1, 2] = 2,
    b: float = float("nan"),
    c: list[int] = [1],  # noqa: B006
    d: Limits = Limits(),  # noqa: B008
    e: date = date(2026, 12, 31),
    f: Any = print,
) -> None: ...


def test_defaults_that_have_a_json_form_are_announced() -> None:
    properties = tool_signature(with_defaults).schema["properties"]
    assert {name: schema.get("default", "none") for name, schema in properties.items()} == {
        "a": "2",
        "b": "none",
        "c": [1],
        "d": {"low": 1},
        "e": "2026-12-31",
        "f": "none",
    }
    assert "required" not in tool_signature(with_defaults).schema


def documented(city: str, days: int = 1) -> None:
    """Do it.

    Arguments:
      city (str, optional): Which: the
        nearest.

        Or the largest.
      days:

    city: outside of the section.
    """


def test_descriptions_end_with_their_section() -> None:
    assert argument_texts(documented) == {"city": "Which: the nearest. Or the largest.", "days": ""}
    assert argument_texts(silent) == {}


def test_a_name_that_cannot_be_found_is_explained() -> None:
    with pytest.raises(TypeError, match="'Nowhere' is not defined in its module at run time"):
        tool_signature(taking("Nowhere"))


def everything() -> Tools:
    tools = Tools()
    tools.add(get_weather)
    tools.add(
        silent,
        "silent-one",
        description="Says nothing.",
        timeout=29.5,
        encrypted_paths=["x"],
        strict=True,
        async_=False,
        messages=[ToolMessageStart(content="One moment."), {"type": "request-failed", "content": "Sorry."}],
        rejection_plan={"conditions": [{"type": "regex", "regex": "(?i)\\bbye\\b"}]},
        variable_extraction_plan={"schema": {"type": "object"}},
    )
    for number, (annotation, _) in enumerate(SCHEMAS):
        tools.add(taking(annotation), f"tool{number}")
    return tools


@pytest.mark.parametrize(
    "server",
    [
        URL,
        {"url": URL, "credentialId": "c"},
        Server(url=URL, backoff_plan=BackoffPlan(type="fixed", max_retries=1, base_delay_seconds=1)),
    ],
)
def test_definitions_keep_to_the_contract(server: Any) -> None:
    definitions = everything().definitions(server)
    assert len(definitions) == len(SCHEMAS) + 2
    for definition in definitions:
        assert own_contract().errors(definition, {"$ref": "#/components/schemas/CreateFunctionToolDTO"}) == []
        assert CreateFunctionToolDTO.from_dict(definition).to_dict() == definition == json.loads(json.dumps(definition))


def test_options_are_passed_on_as_the_api_spells_them() -> None:
    definition = everything().definitions({"url": URL, "credentialId": "c"})[1]
    assert definition["function"]["name"] == "silent-one"
    assert definition["function"]["description"] == "Says nothing."
    assert definition["function"]["strict"] is True
    assert definition["async"] is False
    assert definition["messages"] == [
        {"type": "request-start", "content": "One moment."},
        {"type": "request-failed", "content": "Sorry."},
    ]
    assert definition["rejectionPlan"] == {"conditions": [{"type": "regex", "regex": "(?i)\\bbye\\b"}]}
    assert definition["variableExtractionPlan"] == {"schema": {"type": "object"}}
    assert definition["server"] == {
        "url": URL,
        "credentialId": "c",
        "timeoutSeconds": 32,
        "encryptedPaths": ["x"],
    }


def test_the_api_waits_longer_than_the_tool_takes() -> None:
    tools = Tools(timeout=7.2)
    tools.add(get_weather)
    tools.add(get_weather, "slow", timeout=298)

    def waits(server: Any) -> list[float]:
        return [definition["server"]["timeoutSeconds"] for definition in tools.definitions(server)]

    assert waits(URL) == [10, 300]
    assert waits({"url": URL, "timeoutSeconds": 5}) == [10, 300]
    assert waits(Server(url=URL, timeout_seconds=60)) == [60, 300]


@pytest.mark.parametrize("timeout", [0, -1, 298.5, float("nan"), float("inf")])
def test_a_timeout_that_the_api_would_not_wait_for_is_refused(timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout"):
        Tools(timeout=timeout)
    with pytest.raises(ValueError, match="timeout"):
        Tools().add(get_weather, timeout=timeout)


@pytest.mark.parametrize("server", ["", "example.com", {}, {"url": None}, Server(), "ftp://example.com"])
def test_a_server_without_a_url_is_refused(server: Any) -> None:
    with pytest.raises(ValueError, match="server: it has to be a URL"):
        Tools().definitions(server)


def test_paths_are_a_list() -> None:
    with pytest.raises(TypeError, match="encrypted_paths"):
        Tools().add(get_weather, encrypted_paths="city")


def test_definitions_can_be_changed_without_harm() -> None:
    tools = Tools()
    tools.add(get_weather)
    before = json.dumps(tools.definitions(URL))
    [definition] = tools.definitions(URL)
    definition["server"]["url"] = ""
    definition["function"]["parameters"]["properties"].clear()
    assert json.dumps(tools.definitions(URL)) == before


@pytest.mark.parametrize("server", [None, 5, ["https://example.com"]])
def test_what_is_no_server_is_refused(server: Any) -> None:
    tools = Tools()
    tools.add(taking(str), "anything")
    with pytest.raises(TypeError, match="server must be a URL or a Server"):
        tools.definitions(server)
