"""What a client is made with: token, address, settings."""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
from typing import Any

import httpx
import pytest

from tests.http.stub import Stub
from vapi_async import AsyncVapi, ConfigurationError, RetryPolicy, VapiError
from vapi_async._http.base_url import is_loopback, origin, same_origin


def test_a_missing_token_is_an_error_that_says_where_to_give_it() -> None:
    with pytest.raises(ConfigurationError, match=r"token=.*VAPI_API_KEY"):
        AsyncVapi()


@pytest.mark.parametrize("token", ["", "  ", "a b", "a\nb", "schlüssel"])
def test_a_token_that_no_header_can_carry_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        AsyncVapi(token)
    assert not token.strip() or token not in str(caught.value)


async def test_the_token_comes_from_the_argument_then_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAPI_API_KEY", "from-environment\n")
    stub = Stub()
    async with stub.client(token=None) as vapi:
        await vapi.request("GET", "/x")
    assert stub.last.headers["authorization"] == "Bearer from-environment"
    async with stub.client(token="from-argument") as vapi:
        await vapi.request("GET", "/x")
    assert stub.last.headers["authorization"] == "Bearer from-argument"


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ({}, None, "https://api.vapi.ai"),
        ({}, "", "https://api.vapi.ai"),
        ({"region": "us"}, None, "https://api.vapi.ai"),
        ({"region": "eu"}, None, "https://api.eu.vapi.ai"),
        ({"region": "eu"}, "https://other.example", "https://api.eu.vapi.ai"),
        ({}, "https://other.example/", "https://other.example"),
        ({"base_url": "https://mine.example/v9/"}, "https://other.example", "https://mine.example/v9"),
        ({"base_url": "http://localhost:8080"}, None, "http://localhost:8080"),
        ({"base_url": "http://127.8.9.1"}, None, "http://127.8.9.1"),
        ({"base_url": "http://[::1]:80"}, None, "http://[::1]:80"),
        ({"base_url": "http://sandbox:8787", "allow_http": ["sandbox"]}, None, "http://sandbox:8787"),
        ({"allow_http": ("Sandbox",)}, "http://sandbox:8787", "http://sandbox:8787"),
    ],
)
def test_the_address(
    arguments: dict[str, Any], environment: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if environment is not None:
        monkeypatch.setenv("VAPI_BASE_URL", environment)
    assert AsyncVapi("t", **arguments).base_url == expected


def test_hosts_without_tls_may_be_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAPI_ALLOW_HTTP", "other, sandbox")
    assert AsyncVapi("t", base_url="http://sandbox:8787").base_url == "http://sandbox:8787"
    for allow in ((), ("sandbox.example",)):
        with pytest.raises(ConfigurationError, match=r"allow_http=\('sandbox',\)"):
            AsyncVapi("t", base_url="http://sandbox:8787", allow_http=allow)
    with pytest.raises(TypeError, match="several hosts"):
        AsyncVapi("t", base_url="http://sandbox:8787", allow_http="sandbox")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"base_url": "https://a.example", "region": "eu"}, "not both"),
        ({"region": "mars"}, "us, eu"),
        ({"base_url": ""}, "absolute"),
        ({"base_url": "api.vapi.ai"}, "absolute"),
        ({"base_url": "ftp://api.vapi.ai"}, "absolute"),
        ({"base_url": "https://"}, "absolute"),
        ({"base_url": "http://api.vapi.ai"}, "https"),
        ({"base_url": "http://localhost.evil.example"}, "https"),
        ({"base_url": "https://user:pass@api.vapi.ai"}, "user name"),
        ({"base_url": "https://user@api.vapi.ai"}, "user name"),
        ({"base_url": "https://api.vapi.ai?x=1"}, "query"),
        ({"base_url": "https://api.vapi.ai#x"}, "fragment"),
        ({"base_url": "https://api.vapi.ai:x"}, "[Pp]ort"),
        ({"base_url": "https://api.vapi.ai\n"}, "white space"),
        ({"base_url": "https://evil.example\\@api.vapi.ai"}, "character"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(arguments: dict[str, Any], why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as caught:
        AsyncVapi("t", **arguments)
    assert isinstance(caught.value, VapiError)
    assert isinstance(caught.value, ValueError)
    assert "pass@" not in str(caught.value)


@pytest.mark.parametrize(
    "arguments",
    [{"timeout": 0}, {"timeout": -1}, {"retry": -1}, {"max_concurrency": 0}, {"headers": {"x": "a\nb"}}],
)
def test_settings_that_make_no_sense_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(arguments)).replace("retry", "max_retries").rstrip("s")):
        AsyncVapi("t", **arguments)


def test_the_path_of_the_base_url_is_kept() -> None:
    assert AsyncVapi("t", base_url="https://proxy.example/vapi///").base_url == "https://proxy.example/vapi"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (60, {"connect": 10, "read": 60, "write": 60, "pool": 60}),
        (2.5, {"connect": 2.5, "read": 2.5, "write": 2.5, "pool": 2.5}),
        (None, {"connect": None, "read": None, "write": None, "pool": None}),
        (httpx.Timeout(7, connect=1), {"connect": 1, "read": 7, "write": 7, "pool": 7}),
    ],
)
async def test_the_timeout_reaches_the_transport(given: Any, expected: dict[str, Any]) -> None:
    stub = Stub()
    async with stub.client(timeout=given) as vapi:
        await vapi.request("GET", "/x")
        assert stub.last.extensions["timeout"] == expected
        await vapi.with_options(timeout=3).request("GET", "/x")
        assert stub.last.extensions["timeout"]["read"] == 3
        await vapi.with_options(retry=0).request("GET", "/x")
        assert stub.last.extensions["timeout"] == expected


async def test_header_fields() -> None:
    stub = Stub()
    async with stub.client(headers={"X-Team": "a", "User-Agent": "mine"}) as vapi:
        await vapi.request("GET", "/x")
        assert stub.last.headers["x-team"] == "a"
        assert stub.last.headers["user-agent"] == "mine"
        assert stub.last.headers["host"] == "api.vapi.ai"
        assert stub.last.headers["accept"] == "application/json"
        await vapi.with_options(headers={"x-team": "b", "x-more": "c"}).request("GET", "/x")
        assert stub.last.headers["X-Team"] == "b"
        await vapi.with_options(extra_headers={"x-team": None}).request("GET", "/x")
        assert "x-team" not in stub.last.headers


async def test_the_user_agent_takes_a_suffix() -> None:
    stub = Stub()
    async with stub.client(user_agent="my-sdk/1.2") as vapi:
        await vapi.request("GET", "/x")
    assert stub.last.headers["user-agent"].startswith("vapi-async/")
    assert stub.last.headers["user-agent"].endswith(" my-sdk/1.2")


def test_nothing_shows_the_token() -> None:
    vapi = AsyncVapi("secret-token", headers={"x": "y"})
    shown = [repr(vapi), repr(vapi.calls), repr(vapi.v2), repr(vapi._session.shared.credentials), str(vars(vapi))]
    assert "secret-token" not in "".join(shown)


def test_policies_have_values() -> None:
    policy = RetryPolicy(1, deadline=3)
    assert policy == RetryPolicy(1, deadline=3) != RetryPolicy(1)
    assert hash(policy) == hash(RetryPolicy(1, deadline=3))
    assert "max_retries=1" in repr(policy)
    assert pickle.loads(pickle.dumps(policy)) == policy


def test_an_unclosed_client_warns_and_does_no_more() -> None:
    code = """
import asyncio, gc, sys, warnings
from vapi_async import AsyncVapi, VapiError
async def main(close):
    vapi = AsyncVapi("t", base_url="http://127.0.0.1:9", retry=0)
    try:
        await vapi.request("GET", "/x")
    except VapiError:
        pass
    if close:
        await vapi.aclose()
    del vapi
    gc.collect()
for close in (True, False):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(main(close))
    print([(w.category.__name__, "aclose" in str(w.message)) for w in caught])
AsyncVapi("t")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "[('ResourceWarning', True)]"]
    assert done.stderr == ""


def test_a_client_that_was_never_used_needs_no_closing() -> None:
    AsyncVapi("t")
    gc.collect()


async def test_a_copy_of_a_subclass_keeps_what_it_has() -> None:
    class Own(AsyncVapi):
        def __init__(self, tenant: str, **options: Any) -> None:
            super().__init__("t", **options)
            self.tenant = tenant

    client = Own("acme", timeout=5)
    calls = client.calls
    copy = client.with_options(timeout=7)
    assert (type(copy), copy.tenant) == (Own, "acme")
    assert copy.calls is not calls
    assert copy.calls._client is copy


def test_options_that_are_not_given_stay_and_those_that_are_count() -> None:
    vapi = AsyncVapi("t", strict=True, max_response_bytes=5, json_loads=int, headers={"x-a": "1", "x-b": "2"})
    same = vapi.with_options(timeout=1)._session.options
    assert (same.strict, same.max_response_bytes, same.json_loads) == (True, 5, int)
    other = vapi.with_options(strict=False, max_response_bytes=6, json_loads=float, headers={"x-a": None, "x-c": "3"})
    options = other._session.options
    assert (options.strict, options.max_response_bytes, options.json_loads) == (False, 6, float)
    assert {name: value for name, value in options.headers.items() if name[:2] == "x-"} == {"x-b": "2", "x-c": "3"}
    assert AsyncVapi("t")._session.options.max_response_bytes == 256 * 1024 * 1024
    assert vapi.with_options(retry=5)._session.options.retry == RetryPolicy(5)


@pytest.mark.parametrize(
    ("name", "value"), [("x-\xe4", "a"), ("x a", "a"), ("x-a", "\xe4"), ("x-a", "a\x1fb"), ("x-a", "a\x7fb")]
)
def test_headers_that_no_request_can_have(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="header"):
        AsyncVapi("t", headers={name: value})


def test_headers_are_as_they_were_given_and_secrets_are_not_shown() -> None:
    headers = AsyncVapi("t", headers={"X-A": " a\tb ", "X-Api-Key": "hush"})._session.options.headers
    assert (headers["x-a"], repr(headers["x-a"])) == ("a\tb", repr("a\tb"))
    assert (headers["x-api-key"], repr(headers["x-api-key"])) == ("hush", "'***'")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"max_response_bytes": 0}, ValueError),
        ({"max_response_bytes": True}, TypeError),
        ({"max_response_bytes": 1.5}, TypeError),
        ({"json_loads": 3}, TypeError),
        ({"timeout": "5"}, TypeError),
        ({"headers": {"x-a": 3}}, TypeError),
    ],
)
def test_limits_and_parsers_that_make_no_sense(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(options)).removesuffix("s")):
        AsyncVapi("t", **options)
    assert AsyncVapi("t", max_response_bytes=1)._session.options.max_response_bytes == 1


def test_origins_of_urls() -> None:
    assert (origin("http://h/x"), origin("https://h")) == (("http", "h", 80), ("https", "h", 443))
    assert same_origin("https://h:443/x", "https://h") is True
    assert same_origin("/x", "https://h") is False
    assert [is_loopback(host) for host in ("localhost", "a.localhost", "127.0.0.2", "h")] == [True, True, True, False]
    for url in ("https://:secret@h", "https://@h", "https://user@h", "https://h/a b"):
        with pytest.raises(ConfigurationError):
            AsyncVapi("t", base_url=url)
