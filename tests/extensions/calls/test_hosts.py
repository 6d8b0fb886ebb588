from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given, strategies as st

from vapi_async import ConfigurationError
from vapi_async._extensions.calls.allowed_hosts import CONTROL, LISTEN, Hosts, shown


@pytest.mark.parametrize(
    "url",
    [
        "https://vapi.ai/x/control",
        "https://aws-us-west-2-production1-phone-call-websocket.vapi.ai/7420f27a-30fd-4f49-a995-5549ae7cc00d/control",
        "https://api.eu.vapi.ai:443/x/control",
        "HTTPS://API.Vapi.AI/x/control",
        "https://api.vapi.ai",
        "https://api.vapi.ai?x=1&y=@evil.com",
        "https://api.vapi.ai/@evil.com/:80/%2f",
    ],
)
def test_hosts_of_vapi_are_contacted(url: str) -> None:
    assert Hosts().check(url, CONTROL) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.vapi.ai/x",
        "wss://api.vapi.ai/x",
        "https://evil.com/x",
        "https://notvapi.ai/x",
        "https://vapi.ai.evil.com/x",
        "https://api.vapi.ai@evil.com/x",
        "https://evil.com@api.vapi.ai/x",
        "https://user:pass@api.vapi.ai/x",
        "https://evil.com\\@vapi.ai/x",
        "https://evil.com\\.vapi.ai/x",
        "https://evil.com#.vapi.ai/x",
        "https://evil.com?.vapi.ai/x",
        "https://evil.com/.vapi.ai/x",
        "https://evil.com%2f.vapi.ai/x",
        "https://evil.com%00.vapi.ai/x",
        "https://api.vapi.ai./x",
        "https://.vapi.ai/x",
        "https://a..vapi.ai/x",
        "https://api.vapi.ai:8443/x",
        "https://api.vapi.ai:80/x",
        "https://api.vapi.ai:/x",
        "https://api.vapi.ai:443:443/x",
        "https://api。vapi。ai/x",
        "https://ⓥapi.ai/x",
        "https://vap\u0131.ai/x",
        "https://vapi.a\u0131/x",
        " https://api.vapi.ai/x",
        "https://api.vapi.ai/x\r\nx: y",
        "https://api.vapi.ai/x\n",
        "https://api.vapi.ai/x y",
        "https://api.vapi.ai/\\x",
        "https:/api.vapi.ai/x",
        "https:///api.vapi.ai/x",
        "//api.vapi.ai/x",
        "<https://api.vapi.ai/x>",
        "https://[::1]/x",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://2130706433/x",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "",
        None,
        b"https://api.vapi.ai/x",
    ],
)
def test_anything_else_is_not(url: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Hosts().check(url, CONTROL)
    assert "/x" not in str(caught.value)


def test_the_error_names_the_host_and_what_to_say() -> None:
    with pytest.raises(ConfigurationError, match=r"leads to evil\.com:8443, .* allow_hosts=\('evil\.com:8443',\)"):
        Hosts().check("https://evil.com:8443/secret", CONTROL)


@pytest.mark.parametrize(
    ("allow", "url"),
    [
        ("my.proxy.example", "https://my.proxy.example/x"),
        ("My.Proxy.Example", "https://my.proxy.EXAMPLE:8443/x"),
        ("my.proxy.example:8443", "https://my.proxy.example:8443/x"),
        ("my.proxy.example:443", "https://my.proxy.example/x"),
        (".example.com", "https://a.b.example.com/x"),
        ("127.0.0.1", "http://127.0.0.1:8080/x"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080/x"),
        ("localhost", "http://localhost:8787/x"),
        ("[::1]:8080", "http://[::1]:8080/x"),
        (".vapi.ai", "https://api.vapi.ai:8443/x"),
    ],
)
def test_hosts_that_the_user_allows_are_contacted_too(allow: str, url: str) -> None:
    with pytest.raises(ConfigurationError):
        Hosts().check(url, CONTROL)
    assert Hosts([allow]).check(url, CONTROL) == url
    assert Hosts([allow]).check("https://api.vapi.ai/x", CONTROL)


@pytest.mark.parametrize(
    ("allow", "url"),
    [
        ("my.proxy.example", "http://my.proxy.example/x"),
        ("my.proxy.example", "https://evil.my.proxy.example/x"),
        ("my.proxy.example:8443", "https://my.proxy.example/x"),
        (".example.com", "https://example.com/x"),
        (".example.com", "https://evilexample.com/x"),
        ("127.0.0.1:8080", "http://127.0.0.1:8081/x"),
        ("127.0.0.1", "http://localhost/x"),
        ("10.0.0.1", "http://10.0.0.1/x"),
        (".vapi.ai", "http://api.vapi.ai/x"),
    ],
)
def test_but_no_others(allow: str, url: str) -> None:
    with pytest.raises(ConfigurationError):
        Hosts([allow]).check(url, CONTROL)


def test_websockets_are_at_their_own_schemes() -> None:
    assert Hosts().check("wss://a.vapi.ai/x", LISTEN)
    assert Hosts().check("https://a.vapi.ai/x", LISTEN)
    assert Hosts(["127.0.0.1"]).check("ws://127.0.0.1:1/x", LISTEN)
    with pytest.raises(ConfigurationError):
        Hosts().check("ws://a.vapi.ai/x", LISTEN)


@pytest.mark.parametrize(
    "entry", ["", ".", "*", "*.example.com", "https://a.example", "a.example/x", "a b", "a:", "ä.example"]
)
def test_an_entry_that_is_no_host_is_refused(entry: str) -> None:
    with pytest.raises(ConfigurationError, match="allow_hosts"):
        Hosts([entry])


def test_a_str_is_not_taken_for_its_characters() -> None:
    with pytest.raises(TypeError, match=r"\('vapi.ai',\)"):
        Hosts("vapi.ai")
    with pytest.raises(TypeError, match="hold str"):
        Hosts([1])  # type: ignore[list-item]


def test_the_path_is_not_shown() -> None:
    assert shown("https://a.vapi.ai:1/secret/control") == "https://a.vapi.ai:1/…"
    assert shown("wss://a.vapi.ai?secret") == "wss://a.vapi.ai/…"


_PIECES = st.sampled_from(
    [
        *"@:/\\?#%.[]<>- \t\n\0",
        "https",
        "wss",
        "://",
        "vapi.ai",
        "evil.com",
        "api",
        "443",
        "80",
        "%2e",
        "。",
        "ﬁ",
        "K",
        "xn--",
    ]
)
_TAILS = st.lists(_PIECES | st.text(max_size=3), max_size=8).map("".join)


@given(_TAILS.map(lambda tail: f"https://{tail}") | _TAILS | st.text())
def test_what_passes_leads_to_vapi_for_every_parser(url: str) -> None:
    try:
        Hosts().check(url, CONTROL)
    except ConfigurationError:
        return
    for host in (urlsplit(url).hostname, httpx.URL(url).host):
        assert host == "vapi.ai" or (host or "").endswith(".vapi.ai")
    assert httpx.URL(url).scheme == "https"
    assert httpx.URL(url).port in (None, 443)


def test_a_sandbox_in_another_container_is_reached_without_tls_where_the_client_is_told_so() -> None:
    hosts = Hosts(("sandbox",), "http://sandbox:8787")
    for url in ("http://sandbox:8787/live/1/control", "ws://sandbox:8787/live/1/listen"):
        assert hosts.check(url, LISTEN) == url
    for hosts in (Hosts(("sandbox",)), Hosts(("sandbox",), "https://sandbox"), Hosts((), "http://sandbox:8787")):
        with pytest.raises(ConfigurationError):
            hosts.check("http://sandbox:8787/live/1/control", CONTROL)
