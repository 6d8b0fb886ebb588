"""Which resource and method an operation becomes, and what stops the build."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.errors import BuildError
from codegen.load import Malformed
from codegen.naming import NamingError
from tests.codegen.conftest import Make
from tests.codegen.mini import array, obj, operation, ref

CALL = {"Call": obj(id="string")}
OVERLAY = {
    "verbs": ["run", "retry"],
    "get_verbs": ["export"],
    "groups": [{"prefix": "reporting", "as": ""}, {"prefix": "eval/simulation", "as": "simulation"}],
}


def named(make: Make, *operations: str, overlay: Any = None, lists: bool = False) -> dict[str, str]:
    """Operation → dotted name, for operations like ``GET /call``."""
    paths: dict[str, Any] = {}
    for line in operations:
        method, path = line.split(" ", 1)
        returns = array(ref("Call")) if lists or path.endswith("s") else ref("Call")
        paths.setdefault(path, {})[method.lower()] = operation(returns=returns)
    api = make(CALL, paths, overlay=overlay or OVERLAY)
    return {
        f"{method.http_method} {method.path}": ".".join(filter(None, [resource.namespace, resource.name, method.name]))
        for resource in api.contract.resources
        for method in resource.methods
    }


def test_the_rule(make: Make) -> None:
    expected = {
        "GET /call": "calls.list",
        "POST /call": "calls.create",
        "GET /call/{id}": "calls.get",
        "PATCH /call/{id}": "calls.update",
        "PUT /call/{id}": "calls.replace",
        "DELETE /call/{id}": "calls.delete",
        "GET /call/{id}/pcap": "calls.pcap",
        "GET /call/{id}/parts": "call_parts.list",
        "POST /eval/run": "evals.run",
        "GET /eval/run": "eval_runs.list",
        "POST /eval/simulation/run": "simulations.run",
        "POST /suite/{id}/part/{partId}/retry": "suite_parts.retry",
        "GET /chat/export": "chats.export",
        "GET /reporting/board": "boards.list",
        "GET /phone-number": "phone_numbers.list",
        "GET /policy": "policies.list",
        "GET /analytics": "analytics.list",
        "GET /v1/call": "v1.calls.list",
        "GET /v2/call": "v2.calls.list",
        "GET /v3/call/{id}": "v3.calls.get",
        "DELETE /call": "calls.delete_all",
        "HEAD /call/{id}": "calls.head",
    }
    assert named(make, *expected) == expected


@pytest.mark.parametrize(
    ("operation_", "name"),
    [
        ("GET /11labs/voice", "n11_labs_voices.list"),
        ("GET /call/{id}/3d", "calls.n3_d"),
        ("GET /call/{id}/import", "calls.import_"),
        ("GET /call/{id}/bytes", "call_bytes.list"),
        ("GET /call/{id}/int", "calls.int_"),
        ("GET /call/{id}/models", "call_models.list"),
        ("GET /as", "as_.list"),
        ("GET /s", "ses.list"),
        ("GET /class", "classes.list"),
        ("GET /callé", "calles.list"),
        ("GET /--", "unnameds.list"),
        ("GET /{x}/call", "calls.list"),
        ("GET /call/{a}.{b}", "calls.get"),
    ],
)
def test_segments_that_make_no_good_name(make: Make, operation_: str, name: str) -> None:
    assert named(make, operation_) == {operation_: name}


@pytest.mark.parametrize("method", ["overload", "models", "self", "builtins", "datetime", "str", "list"])
def test_methods_that_hide_what_the_class_is_written_with(make: Make, method: str) -> None:
    stamp = {"name": "at", "in": "query", "schema": {"type": "string", "format": "date-time"}}
    paths = {
        f"/call/{{id}}/{method}": {"get": operation(returns=ref("Call"))},
        "/call/{id}/parts": {"get": operation(returns={"type": "object", "additionalProperties": array(ref("Call"))})},
        "/call/{id}": {
            "get": operation(stamp, returns=ref("Call")),
            "patch": operation(body=obj("x", x="string"), returns=ref("Call")),
        },
    }
    api = make(CALL, paths)
    operation_ = api.module("api.calls")._GET
    assert type(operation_.returns({})).__name__ == "Call"
    assert {"get", "update", "parts"} < {name for name in dir(api.resource("calls")) if name[0] != "_"}


def test_namespaces_are_objects_of_their_own(make: Make) -> None:
    get = operation(returns=ref("Call"))
    api = make(CALL, {path: {"get": get} for path in ("/call/{id}", "/v1/call/{id}", "/v2/call/{id}")})
    client = api.module("api").Resources("t")
    assert type(client.calls).__module__ == f"{api.name}.api.calls"
    for space in ("v1", "v2"):
        below = getattr(client, space)
        assert (type(below).__module__, type(below.calls).__module__) == (
            f"{api.name}.api.{space}",
            f"{api.name}.api.{space}.calls",
        )


def test_a_resource_named_like_a_model(make: Make) -> None:
    get = operation(returns=ref("Calls"))
    paths = {"/call/{id}": {"get": get}, "/resource": {"get": get}, "/request-option": {"get": get}}
    api = make({"Calls": obj(x="string")}, paths)
    classes = {resource.name: resource.class_name for resource in api.contract.resources}
    assert classes == {
        "calls": "CallsResource",
        "resources": "ResourcesResource",
        "request_options": "RequestOptionsResource",
    }
    assert type(api.module("api.calls")._GET.returns({})).__name__ == "Calls"
    client = api.module("api").Resources("t")
    assert type(client.resources).__name__ == "ResourcesResource"


# --- what stops the build


@pytest.mark.parametrize(
    ("operations", "message"),
    [
        (["GET /call", "GET /calls"], "#/paths/~1call/get: calls.list is the name of another operation too"),
        (["POST /call/run", "POST /call/{id}/run"], "#/paths/~1call~1{id}~1run/post: calls.run is the name of another"),
        (["GET /live"], None),
        (["GET /models/{id}"], "#/paths/~1models~1{id}/get: models.get shadows a hand-written name of the client"),
        (["GET /webhook"], "webhooks.list shadows a hand-written name of the client"),
        (["GET /token"], None),
        (["GET /v2/models"], None),
    ],
)
def test_clashes(make: Make, operations: list[str], message: str | None) -> None:
    if message is None:
        assert len(named(make, *operations)) == len(operations)
        return
    with pytest.raises(BuildError) as caught:
        named(make, *operations)
    assert message in str(caught.value)
    assert "add an overlay row" in str(caught.value)


@pytest.mark.parametrize("path", ["/", "/{id}", "/v1", "/v2/{id}", "/reporting"])
def test_what_nothing_names_asks_for_a_row(make: Make, path: str) -> None:
    with pytest.raises(NamingError, match="no static segment names a resource; add an overlay row"):
        named(make, f"GET {path}")
    row = {"operations": {f"GET {path}": {"resource": "v2.things", "method": "read", "why": "because"}}}
    assert named(make, f"GET {path}", overlay=OVERLAY | row) == {f"GET {path}": "v2.things.read"}


def test_a_row_outlives_the_names_of_parameters(make: Make) -> None:
    row = {"operations": {"GET /call/{id}": {"resource": "calls", "method": "read", "why": "because"}}}
    assert named(make, "GET /call/{callId}", overlay=row) == {"GET /call/{callId}": "calls.read"}


@pytest.mark.parametrize("bad", ["no-identifier", "class", "", "9"])
def test_a_row_gives_identifiers(make: Make, bad: str) -> None:
    row = {"operations": {"GET /call": {"resource": "calls", "method": bad, "why": "because"}}}
    with pytest.raises(BuildError, match=r"#/paths/~1call/get: .* is no identifier"):
        named(make, "GET /call", overlay=row)


def test_a_stale_row_stops_the_build_unless_it_is_for_older_documents(make: Make) -> None:
    row = {"resource": "calls", "method": "read", "why": "because"}
    with pytest.raises(BuildError, match=r"overlay.yaml: operations/GET /gone matches nothing"):
        named(make, "GET /call", overlay={"operations": {"GET /gone": row}})
    named(make, "GET /call", overlay={"operations": {"GET /gone": row | {"older": True}}})


@pytest.mark.parametrize(
    "path",
    [
        "call",
        "//evil.example/x",
        "/a/../b",
        "/./a",
        "/a?b=c",
        "/a#b",
        "/a\\b",
        "/a b",
        "/a\nb",
        "@evil.example/",
        "/\x00",
    ],
)
def test_paths_that_could_lead_elsewhere_stop_the_build(make: Make, path: str) -> None:
    with pytest.raises(Malformed, match="this is no path of an API"):
        make(CALL, {path: {"get": operation()}})


@pytest.mark.parametrize("method", ["GET", "query", "get "])
def test_an_operation_is_never_overlooked(make: Make, method: str) -> None:
    with pytest.raises(Malformed, match=r"this is no method in lower case"):
        make(CALL, {"/call": {method: operation()}})
