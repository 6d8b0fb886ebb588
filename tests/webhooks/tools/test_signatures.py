"""Every feature of a signature works from the definition to what is spoken, and so does the table in the docs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import anyio
import pytest
from annotated_types import Ge, Gt, Le, Len, Lt, MultipleOf
from pydantic import BaseModel, Field, field_validator

from tests.contract import own_contract
from tests.webhooks.tools import signatures
from tests.webhooks.tools.signatures import WORKING
from vapi_async.sandbox import Sandbox
from vapi_async.webhooks import Invocation, ToolError, Tools
from vapi_async.webhooks.tools.annotations import parameter_type
from vapi_async.webhooks.tools.parameters import ConversionError
from vapi_async.webhooks.tools.tool_signature import tool_signature

ROOT = Path(__file__).parents[3]
URL = "https://example.com/vapi"
_ROW = re.compile(r"^\| `([^`|]+)`[^|]* \| (\w+) \| ([^|]+→[^|]+) \|([^|\n]*)\|$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")


def run_tool(function: Any, value: Any) -> dict[str, Any]:
    tools = Tools()
    tools.add(function, "tool")
    (answer,) = anyio.run(tools.run, [Invocation("1", "tool", {"a": value})])
    return answer


@pytest.mark.parametrize(("function", "value", "spoken"), WORKING, ids=lambda value: getattr(value, "__name__", ""))
def test_each_is_announced_called_and_told(function: Any, value: Any, spoken: str) -> None:
    assert run_tool(function, value).get("result") == spoken
    schema = tool_signature(function).schema
    assert own_contract().errors(schema, {"$ref": "#/components/schemas/OpenAIFunctionParameters"}) == []


def rows() -> list[tuple[str, str, str, str]]:
    text = (ROOT / "docs/tools.md").read_text(encoding="utf-8").replace("\\|", "\0")
    return [tuple(cell.replace("\0", "|") for cell in match.groups()) for match in _ROW.finditer(text)]  # type: ignore[misc]


def test_the_table_is_there() -> None:
    assert len(rows()) == 29


@pytest.mark.parametrize(("annotation", "announced", "taken", "refused"), rows())
def test_the_table_in_the_docs_holds(annotation: str, announced: str, taken: str, refused: str) -> None:
    names = vars(signatures)
    type_ = parameter_type(eval(annotation, dict(names)))  # noqa: S307 - the repository's own page
    assert type_.schema["type"] == announced
    for group in taken.split(";"):
        given, _, expected = group.partition("→")
        wanted = eval(_CODE.findall(expected)[0], dict(names))  # noqa: S307
        for value in map(json.loads, _CODE.findall(given)):
            got = type_.convert(value)
            assert (got, type(got)) == (wanted, type(wanted)), value
        assert _CODE.findall(given)
    for value in map(json.loads, _CODE.findall(refused)):
        with pytest.raises(ConversionError):
            type_.convert(value)


def schema_of(function: Any) -> dict[str, Any]:
    schema: dict[str, Any] = tool_signature(function).schema["properties"]["a"]
    return schema


def test_descriptions_and_bounds_are_announced() -> None:
    how_many = {"description": "how many", "type": "integer"}
    assert schema_of(signatures.documented) == how_many
    assert schema_of(signatures.field) == {**how_many, "minimum": 1, "maximum": 9}
    assert schema_of(signatures.field_as_default) == {**how_many, "minimum": 1, "default": 9}
    assert schema_of(signatures.field_required) == how_many
    assert "required" not in tool_signature(signatures.field_as_default).schema
    assert tool_signature(signatures.field_required).schema["required"] == ["a"]
    assert schema_of(signatures.sized) == {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2}
    assert schema_of(signatures.patterned) == {"type": "string", "pattern": "^[A-Z]{2}$"}


def test_models_are_announced_with_their_fields() -> None:
    guest = {
        "type": "object",
        "properties": {
            "name": {"description": "as on the card", "type": "string", "minLength": 1},
            "age": {"type": "integer", "minimum": 0},
        },
        "required": ["name"],
    }
    schema = schema_of(signatures.nested)
    assert schema["properties"]["guests"] == {"type": "array", "items": guest}
    assert schema["required"] == ["guests", "when"]
    assert "remark" in schema["properties"]


def test_models_of_a_union_are_announced_as_one() -> None:
    assert schema_of(signatures.pets) == {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": ["cat", "dog"]},
            "lives": {"type": "integer"},
            "tricks": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["kind"],
    }


@pytest.mark.parametrize(
    ("annotation", "value", "words"),
    [
        (Annotated[int, Ge(1)], 0, "must be at least 1"),
        (Annotated[int, Gt(1)], 1, "must be more than 1"),
        (Annotated[float, Le(1)], 1.5, "must be at most 1"),
        (Annotated[float, Lt(1)], 1, "must be less than 1"),
        (Annotated[float, MultipleOf(0.1)], 0.35, "must be a multiple of 0.1"),
        (Annotated[str, Len(2)], "a", "must have at least 2 characters"),
        (Annotated[list[int], Len(0, 1)], [1, 2], "must have at most 1 entries"),
        (Annotated[str, Field(pattern="^a")], "b", "must match ^a"),
        (Annotated[int | None, Field(ge=1)], 0, "must be at least 1"),
        (int | list[int], "x", "must be a whole number or a list"),
        (tuple[int, str], [1], "must be a list of 2"),
    ],
)
def test_bounds_are_enforced_and_said(annotation: Any, value: Any, words: str) -> None:
    def tool(a):  # type: ignore[no-untyped-def]
        return a

    tool.__annotations__["a"] = annotation
    assert run_tool(tool, value)["error"] == f'The argument "a" {words}.'


def test_a_multiple_is_counted_in_decimals() -> None:
    assert parameter_type(Annotated[float, MultipleOf(0.1)]).convert(0.3) == 0.3


class Even(BaseModel):
    number: int
    password: str = ""

    @field_validator("password")
    @classmethod
    def check(cls, value: str) -> str:
        if value:
            raise ValueError(f"{value} is too short")
        return value


def test_what_a_model_refuses_is_named_without_its_value() -> None:
    def tool(a: Even) -> None: ...

    tool.__annotations__ = {"a": Even}
    assert run_tool(tool, {"number": 1, "password": "1234"})["error"] == 'The argument "a.password" is not valid.'


def test_the_part_of_a_union_that_was_meant_is_named() -> None:
    answer = run_tool(signatures.nested, {"guests": [{"name": ""}], "when": "2026-12-31"})
    assert answer["error"] == 'The argument "a.guests.0.name" must have at least 1 characters.'


def generator() -> Iterator[int]:
    yield 1


async def async_generator() -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize("function", [generator, async_generator])
def test_generators_are_refused(function: Any) -> None:
    with pytest.raises(TypeError, match=f"{function.__name__} is a generator"):
        Tools().add(function)


class Connection:
    pass


def gives_connection() -> Connection:
    return Connection()


def gives_connections() -> dict[str, list[Connection]]:
    return {}


def gives_iterator() -> Iterator[int]:
    return iter(())


def gives_bytes() -> bytes | None:
    return None


@pytest.mark.parametrize("function", [gives_connection, gives_connections, gives_iterator, gives_bytes])
def test_a_result_without_a_json_form_is_refused_where_it_is_written(function: Any) -> None:
    with pytest.raises(TypeError, match=f"the result of {function.__name__}: .* has no JSON form"):
        Tools().add(function)


def test_a_result_that_turns_out_to_have_none_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    def lies(a: int) -> Any:
        return Connection()

    assert run_tool(lies, 1)["error"] == "Sorry, tool did not work."
    assert "Connection has no JSON form" in caplog.text


def test_one_function_may_be_all_tools() -> None:
    tools = Tools()
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    tools.add(signatures.keywords, "weather", description="The weather.", parameters=schema)
    (definition,) = tools.definitions(URL)
    assert definition["function"] == {"name": "weather", "description": "The weather.", "parameters": schema}
    (answer,) = anyio.run(tools.run, [Invocation("1", "weather", {"city": "Oslo", "more": [1]})])
    assert json.loads(answer["result"]) == {"city": "Oslo", "more": [1]}


def test_a_schema_must_fit_the_function() -> None:
    with pytest.raises(TypeError, match="parameters of whole: the function does not take b"):
        Tools().add(signatures.whole, parameters={"type": "object", "properties": {"b": {"type": "string"}}})
    with pytest.raises(ValueError, match="parameters of whole: it has to be the JSON schema of an object"):
        Tools().add(signatures.whole, parameters={"type": "string"})


def strict_problems(schema: Any, path: str = "") -> list[str]:
    """What OpenAI's strict mode refuses: members that are not required, objects that are open, defaults."""
    found = [f"{path}: default"] if "default" in schema else []
    if "items" in schema:
        found += strict_problems(schema["items"], f"{path}[]")
    if "object" in schema["type"]:
        if path and schema.get("additionalProperties") is not False:  # at the top it is for the API to say
            found.append(f"{path}: open")
        if schema.get("required") != list(schema["properties"]):
            found.append(f"{path}: not all required")
        for name, member in schema["properties"].items():
            found += strict_problems(member, f"{path}.{name}")
    return found


def left_out(
    when: date,
    count: int = 2,
    place: str = "here",
    view: Literal["sea", "yard"] | None = None,
    day: date | None = None,
    fee: Annotated[Decimal, Field(ge=1, description="in euros")] = Decimal(3),
    name: str | None = None,
    sure: bool = False,
) -> str:
    return f"{when} {count} {place} {view} {day} {fee} {name} {sure}"


STRICT = [signatures.models, signatures.field_as_default, signatures.dataclass_, left_out]


@pytest.mark.parametrize("function", STRICT)
async def test_strict_schemas_are_what_openai_takes_and_the_api(function: Any) -> None:
    tools = Tools()
    tools.add(function, "tool", strict=True)
    (definition,) = tools.definitions(URL)
    assert strict_problems(definition["function"]["parameters"]) == []
    async with Sandbox() as sandbox:
        vapi = sandbox.client()
        tool = await vapi.tools.create(definition)
        model = {"provider": "openai", "model": "gpt-4o", "tools": [definition]}
        assistant = await vapi.assistants.create(name="a", model=model)
    assert tool.to_dict()["function"] == definition["function"]
    assert assistant.to_dict()["model"]["tools"][0]["function"] == definition["function"]


def test_what_may_be_left_out_is_a_text_in_strict_mode() -> None:
    tools = Tools()
    tools.add(left_out, strict=True)
    (definition,) = tools.definitions(URL)
    announced = definition["function"]["parameters"]["properties"]
    assert announced["when"] == {"type": "string", "format": "date"}
    assert announced["count"] == {"type": "string", "description": 'integer, or "null" if there is none'}
    assert announced["place"] == {"type": "string", "description": '"null" if there is none'}
    assert announced["view"]["enum"] == ["sea", "yard", "null"]
    assert announced["day"] == {"type": "string", "description": 'date, or "null" if there is none'}
    assert announced["fee"]["description"] == 'in euros (number, or "null" if there is none)'
    none = dict.fromkeys(announced, "null")
    given = {"count": "5", "place": "there", "view": "sea", "day": "2026-01-02", "fee": "4.5", "sure": "true"}
    for arguments, told in [
        (none, "2026-01-01 2 here None None 3 None False"),
        ({**none, **given, "name": "A"}, "2026-01-01 5 there sea 2026-01-02 4.5 A True"),
    ]:
        invocation = Invocation("1", "left_out", {**arguments, "when": "2026-01-01"})
        (answer,) = anyio.run(tools.run, [invocation])
        assert answer["result"] == told


def guests_by_name(guests: list[str] | None = None) -> None: ...


def test_a_list_that_may_be_left_out_is_refused_in_strict_mode() -> None:
    for function, name in ((guests_by_name, "guests"), (signatures.pets, "tricks")):
        with pytest.raises(TypeError, match=f"strict=True: {name} is an array that may be left out"):
            Tools().add(function, strict=True)


def test_an_open_object_is_refused_in_strict_mode() -> None:
    with pytest.raises(TypeError, match="strict=True: an object whose members are not known"):
        Tools().add(signatures.mapping, strict=True)


def test_a_tool_error_of_a_validator_is_spoken() -> None:
    class Booking(BaseModel):
        seats: int

        @field_validator("seats")
        @classmethod
        def check(cls, value: int) -> int:
            raise ToolError("We have no such table.")

    def tool(a: Any) -> None: ...

    tool.__annotations__["a"] = Booking
    assert run_tool(tool, {"seats": 99})["error"] == "We have no such table."


_REGISTER = """
import warnings
from vapi_async.webhooks import Webhooks
hooks = Webhooks(verify=None)
warnings.simplefilter("always")
with warnings.catch_warnings(record=True) as caught:
    @hooks.tool()
    def documented():
        "Do it."
    @hooks.tool(description="Do it.")
    def described(): ...
print([str(one.message) for one in caught], [one.filename for one in caught])
"""


@pytest.mark.parametrize(("flags", "count"), [((), 0), (("-OO",), 1)])
def test_removed_docstrings_are_warned_of(flags: tuple[str, ...], count: int) -> None:
    done = subprocess.run(
        [sys.executable, *flags, "-c", _REGISTER], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.count("the tool documented has no description") == count
    assert done.stdout.count("'<string>'") == count, "it names the line of the user's"
    assert "described has" not in done.stdout


def test_pydantic_is_not_needed() -> None:
    code = "import sys; sys.modules['pydantic'] = None\n" + _REGISTER + "\nhooks.tool('x')(lambda city: city)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
