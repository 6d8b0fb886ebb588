"""Operations: parameters, bodies and answers become signatures, and what is called is what is sent."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from codegen.errors import BuildError
from codegen.load import Malformed
from tests.codegen.conftest import Make
from tests.codegen.mini import array, content, enum, obj, one_of, operation, parameter, ref, refs

CALL = {"Call": obj("id", id="string", name="string")}
STAMP = {"type": "string", "format": "date-time"}


# --- parameters


async def test_parameters_named_like_keywords_and_like_our_own_names(make: Make) -> None:
    names = [
        *(
            "from",
            "class",
            "async",
            "self",
            "options",
            "request",
            "extra_query",
            "list",
            "str",
            "None",
            "fields",
            "locals",
            "path",
        ),
        *("fooBar", "foo_bar", "created", "resume", "UNSET", "query", "id", "Any", "é", ""),
    ]
    found = [parameter(name) for name in names]
    api = make(CALL, {"/call/{id}": {"get": operation(*found, parameter("id", "path"), returns=ref("Call"))}})
    sent_names = list(api.signature("calls.get"))
    assert len({*sent_names}) == len(names) + 1
    values = {name: f"<{name}>" for name in sent_names[1:]}
    _, sent = await api.resource("calls").get("x", **values)
    assert list(sent["query"]) == names
    assert list(sent["query"].values()) == list(values.values())
    assert (sent["path"], sent_names[0]) == ({"id": "x"}, "id")


def test_a_list_has_parameters_of_its_own(make: Make) -> None:
    names = ["created", "updated", "max_items", "resume", "maxItems", "limit"]
    api = make(CALL, {"/call": {"get": operation(*map(parameter, names), returns=array(ref("Call")))}})
    found = api.signature("calls.list")
    assert list(found)[:6] == ["created_", "updated_", "max_items_", "resume_", "max_items_2", "limit"]
    assert list(found)[6:] == ["max_items", "resume"]
    _, sent = api.resource("calls").list(created_="1", max_items_2="2", max_items=3)
    assert (sent["query"]["created"], sent["query"]["maxItems"], sent["max_items"]) == ("1", "2", 3)


async def test_a_parameter_declared_twice_is_two_values_of_one_name(make: Make) -> None:
    twice = [parameter("name"), parameter("name")]
    paths = {"/call/{id}": {"get": operation(*twice, returns=ref("Call"))}}
    overlay = {"parameters": {"GET /call/{id}": {"name": "name", "second": "customer_name", "why": "because"}}}
    for rows, second in (({}, "name_"), (overlay, "customer_name")):
        api = make(CALL, paths, overlay=rows)
        assert list(api.signature("calls.get")) == ["id", "name", second]
        _, sent = await api.resource("calls").get("x", name="1", **{second: "2"})
        assert sent["query"] == {"name": ["1", "2"]}


def test_a_path_parameter_declared_twice_is_one(make: Make) -> None:
    twice = [parameter("id", "path"), parameter("id", "path")]
    api = make(CALL, {"/call/{id}/part/{id}": {"get": operation(*twice, returns=ref("Call"))}})
    assert list(api.signature("call_parts.get")) == ["id"]
    assert "declared twice" in "".join(api.contract.report)


async def test_path_parameters_in_path_order_declared_or_not(make: Make) -> None:
    found = [parameter("fileId", "path"), parameter("gone", "path"), parameter("limit")]
    api = make(CALL, {"/base/{id}/file/{fileId}": {"get": operation(*found, returns=ref("Call"))}})
    signature = api.signature("base_files.get")
    assert list(signature) == ["id", "file_id", "limit"]
    assert [p.kind.name for p in signature.values()] == ["POSITIONAL_OR_KEYWORD"] * 2 + ["KEYWORD_ONLY"]
    _, sent = await api.resource("base_files").get("1", "2")
    assert sent["path"] == {"id": "1", "fileId": "2"}
    report = "\n".join(api.contract.report)
    assert "#/paths/~1base~1{id}~1file~1{fileId}/get: path parameter id was not declared, added as a string" in report
    assert "path parameter gone is not in the path, dropped" in report


def test_headers_that_a_client_sets_itself_and_cookies_are_no_parameters(make: Make) -> None:
    own = [parameter(name, "header") for name in ("User-Agent", "content-type", "Authorization", "Accept")]
    found = [*own, parameter("session", "cookie"), parameter("X-Request-Id", "header")]
    api = make(CALL, {"/call/{id}": {"get": operation(*found, returns=ref("Call"))}})
    assert list(api.signature("calls.get")) == ["id", "x_request_id"]
    assert sum("is set by the client itself" in line for line in api.contract.report) == 4
    assert sum("cookie parameter session" in line for line in api.contract.report) == 1


async def test_a_header_of_the_api_is_sent_as_one(make: Make) -> None:
    api = make(CALL, {"/call/{id}": {"get": operation(parameter("X-Request-Id", "header"), returns=ref("Call"))}})
    _, sent = await api.resource("calls").get("1", x_request_id="2")
    assert sent["headers"] == {"X-Request-Id": "2"}
    assert "query" not in sent


def test_a_required_query_parameter_is_required(make: Make) -> None:
    found = [
        parameter("force", required=True, schema={"type": "boolean"}),
        parameter("limit", schema={"type": "number"}),
    ]
    signature = make(CALL, {"/call/{id}": {"get": operation(*found, returns=ref("Call"))}}).signature("calls.get")
    assert signature["force"].default is inspect.Parameter.empty
    assert (signature["force"].annotation, signature["limit"].annotation) == ("bool", "int | Unset")
    assert repr(signature["limit"].default) == "UNSET"


def test_kinds_of_query_parameters(make: Make) -> None:
    kinds: dict[str, tuple[Any, str]] = {
        "at": (STAMP, "datetime | Unset"),
        "on": ({"type": "boolean"}, "bool | Unset"),
        "few": (array({"type": "string"}), "Sequence[str] | Unset"),
        "statusAny": ({"type": "string"}, "str | Sequence[str] | Unset"),
        "free": ({"type": "object"}, "Mapping[str, Any] | Unset"),
        "order": (enum("up", "down"), "GetCallOrder | Unset"),
        "one": (enum("only"), "Literal['only'] | Unset"),
        "either": (one_of({"type": "string"}, {"type": "number"}), "str | float | Unset"),
        "any": ({}, "Any"),
    }
    found = [parameter(name, schema=schema) for name, (schema, _) in kinds.items()]
    api = make(CALL, {"/call/{id}": {"get": operation(*found, returns=ref("Call"))}})
    annotations = [p.annotation for p in api.signature("calls.get").values()]
    assert annotations[1:] == [spelled for _, spelled in kinds.values()]
    assert api.module("api.calls")._GET.csv == ("statusAny",)


def test_parameters_of_the_path_item_are_shared_and_overridden(make: Make) -> None:
    item = {
        "parameters": [parameter("id", "path"), parameter("limit"), parameter("limit", "header")],
        "get": operation(parameter("limit", schema={"type": "boolean"}), returns=ref("Call")),
        "delete": operation(returns=ref("Call")),
    }
    api = make(CALL, {"/call/{id}": item})
    assert [p.annotation for p in api.signature("calls.get").values()] == ["str", "bool | Unset", "str | Unset"]
    assert list(api.signature("calls.delete")) == ["id", "limit", "limit_"]


async def test_references_to_shared_parameters_bodies_answers_and_path_items(make: Make) -> None:
    shared = {
        "parameters": {"Limit": {"$ref": "#/components/parameters/a~1b"}, "a/b": parameter("limit")},
        "requestBodies": {"Body": {"required": True, **content(ref("Call"))}},
        "responses": {
            "Ok": {"description": "", **content(ref("Call"))},
            "Bad": {"description": "", **content(ref("Call"))},
        },
        "pathItems": {
            "Call": {
                "get": {
                    "parameters": [{"$ref": "#/components/parameters/Limit"}],
                    "responses": {"200": {"$ref": "#/components/responses/Ok"}},
                }
            }
        },
    }
    post = {
        "requestBody": {"$ref": "#/components/requestBodies/Body"},
        "responses": {"201": {"$ref": "#/components/responses/Ok"}, "400": {"$ref": "#/components/responses/Bad"}},
    }
    paths = {"/call": {"post": post}, "/call/{id}": {"$ref": "#/components/pathItems/Call"}}
    api = make(CALL, paths, components=shared)
    assert list(api.signature("calls.get")) == ["id", "limit"]
    created, sent = await api.resource("calls").create({"id": "1"})
    assert type(created.returns({"id": "1"})) is type(created.errors[400]({"id": "1"})) is api.model("Call")
    assert sent["request"] == {"id": "1"}
    assert "$ref" not in str(api.contract_json()["paths"]["/call"]["post"]["requestBody"].keys())


@pytest.mark.parametrize(
    "ref_",
    [
        "#/components/parameters/Gone",
        "elsewhere.json",
        "#/components/parameters/Loop",
        "#/openapi",
        "#/components/parameters/Loop/$ref/x",
    ],
)
def test_references_that_lead_nowhere_stop_the_build(make: Make, ref_: str) -> None:
    loop = {"parameters": {"Loop": {"$ref": "#/components/parameters/Loop"}}}
    with pytest.raises(Malformed, match=r"#/paths/~1call~1{id}/get/parameters/0: "):
        make(CALL, {"/call/{id}": {"get": {"parameters": [{"$ref": ref_}], "responses": {}}}}, components=loop)


def test_a_parameter_with_content_has_its_schema(make: Make) -> None:
    found = {"name": "filter", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}}
    api = make(CALL, {"/call/{id}": {"get": operation(found, returns=ref("Call"))}})
    assert api.signature("calls.get")["filter"].annotation == "Mapping[str, Any] | Unset"


# --- bodies


async def test_an_object_body_is_keywords_or_a_whole(make: Make) -> None:
    body = obj(
        "name", name="string", **{"from": "string", "id": "string", "request": "string", "plan": obj(x="string")}
    )
    api = make(
        {"Body": body, **CALL}, {"/call/{id}": {"post": operation(body=ref("Body"), returns=ref("Call"))}}, overlay={}
    )
    method = next(m.name for m in api.contract.resources[0].methods)
    assert list(api.signature(f"calls.{method}")) == ["id", "request", "name", "from_", "id_", "request_", "plan"]
    send = getattr(api.resource("calls"), method)
    posted, sent = await send("1", name="n", from_="f", id_="i", request_="r")
    given = {key: value for key, value in sent["fields"].items() if value}
    assert given == {"name": "n", "from": "f", "id": "i", "request": "r"}
    assert (posted.body, posted.body_required, posted.model, sent["path"]) == ("json", True, "Body", {"id": "1"})


def test_an_inline_body_has_a_model(make: Make) -> None:
    api = make(CALL, {"/call": {"post": operation(body=obj("x", x="string"), returns=ref("Call"))}})
    assert "CreateCallRequest" in api.names()
    assert list(api.signature("calls.create")) == ["request", "x"]


@pytest.mark.parametrize(
    ("body", "annotation"),
    [
        (array({"type": "string"}), "Sequence[str]"),
        (array(ref("Call")), "Sequence[Call | Mapping[str, Any]]"),
        ({"type": "object", "additionalProperties": ref("Call")}, "Mapping[str, Call | Mapping[str, Any]]"),
        ({"type": "string"}, "str"),
        ({}, "Any"),
        (one_of(*refs("Call", "Other")), "CreateCallRequest | Mapping[str, Any]"),
    ],
)
async def test_any_other_body_is_a_whole(make: Make, body: Any, annotation: str) -> None:
    api = make(
        {**CALL, "Other": obj("other", other="string")}, {"/call": {"post": operation(body=body, returns=ref("Call"))}}
    )
    signature = api.signature("calls.create")
    assert {name: p.annotation for name, p in signature.items()} == {"request": annotation}
    _, sent = await api.resource("calls").create(["anything"])
    assert sent["request"] == ["anything"]


async def test_a_multipart_body(make: Make) -> None:
    form = obj(
        "file",
        file={"type": "string", "format": "binary"},
        purpose="string",
        more=array({"type": "string", "format": "binary"}),
    )
    upload = operation(returns=ref("Call"), requestBody={"required": True, **content(form, "multipart/form-data")})
    api = make(CALL, {"/file": {"post": upload}})
    signature = api.signature("files.create")
    assert [p.annotation for p in signature.values()][1:] == [
        "FileInput | Unset",
        "str | None | Unset",
        "Sequence[FileInput] | None | Unset",
    ]
    sent, _ = await api.resource("files").create(file=b"x")
    assert (sent.body, sent.files) == ("multipart", ("file", "more"))


def test_what_is_optional_takes_null_in_a_body_and_not_in_a_query(make: Make) -> None:
    body = obj("needed", needed="string", free="string", cleared={"type": "string", "nullable": True})
    paths = {"/call": {"post": operation(parameter("filter"), body=body, returns=ref("Call"))}}
    signature = make(CALL, paths).signature("calls.create")
    assert {name: signature[name].annotation for name in ("needed", "free", "cleared", "filter")} == {
        "needed": "str | Unset",
        "free": "str | None | Unset",
        "cleared": "str | None | Unset",
        "filter": "str | Unset",
    }


def test_of_several_media_types_json_goes_first(make: Make) -> None:
    both = content(obj("f", f="string"), "multipart/form-data")["content"] | content(ref("Call"))["content"]
    api = make(CALL, {"/call": {"post": operation(returns=ref("Call"), requestBody={"content": both})}})
    assert (api.module("api.calls")._CREATE.body, api.module("api.calls")._CREATE.model) == ("json", "Call")


def test_a_body_that_cannot_be_sent_stops_the_build(make: Make) -> None:
    form = {"required": True, **content(obj(x="string"), "application/xml")}
    paths = {"/call": {"post": operation(returns=ref("Call"), requestBody=form)}}
    with pytest.raises(BuildError, match=r"#/paths/~1call/post/requestBody: application/xml cannot be sent"):
        make(CALL, paths)
    api = make(CALL, paths, strict=False)
    assert "cannot be sent" in "".join(api.contract.report)
    assert list(api.signature("calls.create")) == []


def test_a_body_without_a_schema_is_anything(make: Make) -> None:
    paths = {"/call": {"post": operation(returns=ref("Call"), requestBody=content(None))}}
    assert make(CALL, paths).signature("calls.create")["request"].annotation == "Any"


def test_a_body_field_never_hides_a_parameter(make: Make) -> None:
    body = obj("dryRun", "options", dryRun="boolean", options="string")
    api = make({"Body": body}, {"/call": {"post": operation(parameter("dryRun"), body=ref("Body"), returns={})}})
    assert list(api.signature("calls.create")) == ["request", "dry_run_", "options_", "dry_run"]


# --- answers


def returned(api: Any, method: str) -> str:
    resource, _, name = method.partition(".")
    return str(inspect.signature(getattr(api.resource(resource), name)).return_annotation)


def answers(**responses: Any) -> Any:
    return {"responses": {status.lstrip("s"): {"description": "", **part} for status, part in responses.items()}}


@pytest.mark.parametrize(
    ("responses", "annotation"),
    [
        (answers(s200=content(ref("Call"))), "Call"),
        (answers(s201=content(ref("Call")), s400=content(ref("Error"))), "Call"),
        (answers(s204={}), "Any"),
        (answers(s200={}), "Any"),
        (answers(s200=content(None)), "Any"),
        (answers(s200=content({"type": "object"}), s201=content(ref("Call"))), "Call"),
        (answers(s2XX=content(ref("Call"))), "Call"),
        (answers(), "Any"),
        (answers(default=content(ref("Error"))), "Any"),
        (answers(s200=content({"type": "string"})), "str"),
        (answers(s200=content({"type": "object", "additionalProperties": ref("Call")})), "dict[str, Call]"),
        (
            answers(s200=content({"type": "object", "additionalProperties": array(ref("Call"))})),
            "dict[str, builtins.list[Call]]",
        ),
        (answers(s200=content(ref("Call"), "application/problem+json; charset=utf-8")), "Call"),
        (answers(s200=content({"type": "string"}, "text/csv")), "Download"),
        (answers(s200=content({"type": "string", "format": "binary"}, "application/octet-stream")), "Download"),
    ],
)
def test_what_comes_back(make: Make, responses: Any, annotation: str) -> None:
    schemas = {**CALL, "Error": obj(message="string")}
    api = make(schemas, {"/call/{id}": {"get": responses}, "/call": {"get": operation(returns=array(ref("Call")))}})
    assert returned(api, "calls.get") == annotation


def test_models_of_errors(make: Make) -> None:
    responses = answers(
        s200=content(ref("Call")), s400=content(ref("Error")), s4XX=content(ref("Error")), default=content(ref("Error"))
    )
    api = make({**CALL, "Error": obj(message="string")}, {"/call/{id}": {"get": responses}})
    assert list(api.module("api.calls")._GET.errors) == [400]


@pytest.mark.parametrize("status", ["", "abc", "20", "999", "2xx"])
def test_what_is_no_status_stops_the_build(make: Make, status: str) -> None:
    with pytest.raises(Malformed, match=r"#/paths/~1call/get/responses: .* is no status"):
        make(CALL, {"/call": {"get": {"responses": {status: {"description": ""}}}}})


def test_a_list_in_either_shape_has_its_item(make: Make) -> None:
    schemas = {**CALL, "Page": obj("results", results=array(ref("Call")), metadata=obj(total="number"))}
    paths = {
        "/call": {"get": operation(returns=array(ref("Call")))},
        "/log": {"get": operation(parameter("page"), returns=ref("Page"))},
    }
    api = make(schemas, paths)
    assert (returned(api, "calls.list"), returned(api, "logs.list")) == ("Pager[Call]", "Pager[Call]")
    for resource, walk in (("calls", "single"), ("logs", "page")):
        listing, _ = api.resource(resource).list()
        assert (type(listing).__name__, listing.walk, type(listing.item({"id": "1"})).__name__) == (
            "ListOperation",
            walk,
            "Call",
        )


def test_a_list_that_can_be_filtered_by_time_has_windows(make: Make) -> None:
    bounds = [
        parameter(f"{moment}{bound}", schema=STAMP)
        for moment in ("createdAt", "updatedAt")
        for bound in ("Gt", "Lt", "Ge", "Le")
    ]
    limit = parameter("limit", schema={"type": "number", "minimum": 1, "maximum": 50, "default": 10})
    api = make(CALL, {"/call": {"get": operation(limit, *bounds, returns=array(ref("Call")))}})
    assert list(api.signature("calls.list"))[-4:] == ["created", "updated", "max_items", "resume"]
    listing, sent = api.resource("calls").list(created="c")
    assert (listing.walk, sent["created"]) == ("created", "c")


def test_a_deprecated_operation_says_so(make: Make) -> None:
    api = make(CALL, {"/call/{id}": {"get": operation(returns=ref("Call"), deprecated=True)}})
    assert "Deprecated." in (api.resource("calls").get.__doc__ or "")


def test_a_field_that_holds_json_takes_a_mapping(make: Make) -> None:
    body = {"type": "object", "properties": {"meta": {"type": "string"}, "name": {"type": "string"}}}
    paths = {"/file": {"post": operation(body=body)}}
    rows = {"operations": {"POST /file": {"json": ["meta"], "why": "it is encoded"}}}
    signature = make({}, paths, overlay=rows).signature("files.create")
    assert signature["meta"].annotation == "str | Mapping[str, Any] | None | Unset"
    assert signature["name"].annotation == "str | None | Unset"


ADDED = {
    "request": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
    "why": "taken",
}


def test_a_body_that_the_document_lacks_comes_from_the_overlay(make: Make) -> None:
    api = make({}, {"/file": {"post": operation()}}, overlay={"operations": {"POST /file": ADDED}})
    assert list(api.signature("files.create")) == ["request", "name"]
    assert "requestBody" in api.contract_json()["paths"]["/file"]["post"]


def test_a_body_that_the_document_has_by_now_wins(make: Make) -> None:
    paths = {"/file": {"post": operation(body={"type": "object", "properties": {"title": {"type": "string"}}})}}
    api = make({}, paths, overlay={"operations": {"POST /file": ADDED}})
    assert list(api.signature("files.create")) == ["request", "title"]
    assert any("has a body by now" in line for line in api.contract.report)
