"""Secrets in headers, tokens, plans of credentials: who is let in, and which arguments are refused."""

from __future__ import annotations

import functools
from typing import Any

import anyio
import pytest
from hypothesis import example, given, strategies as st

from tests.webhooks.verification.signed_deliveries import (
    BASE64_KEY,
    BODY_ALONE,
    EVERYTHING,
    KEY,
    NOW,
    OLD,
    SHA256,
    SHA512,
    SVIX,
    URL,
    delivery,
    signed,
)
from vapi_async import VerificationError
from vapi_async.models.bearer_authentication_plan import BearerAuthenticationPlan
from vapi_async.models.hmac_authentication_plan import HMACAuthenticationPlan
from vapi_async.models.o_auth2_authentication_plan import OAuth2AuthenticationPlan
from vapi_async.responses import Headers
from vapi_async.webhooks import (
    Delivery,
    Verifier,
    bearer,
    from_plan,
    hmac_signature,
    oauth2,
    shared_secret,
    vapi_signature,
    verify,
)
from vapi_async.webhooks.delivery import header_table


def test_shared_secret() -> None:
    assert shared_secret("s3cret")(delivery(("x-vapi-secret", "s3cret")))
    assert not shared_secret("s3cret")(delivery(("x-vapi-secret", "s3cre")))
    assert not shared_secret("s3cret")(delivery())
    assert shared_secret("s3cret", header="X-Mine")(delivery(("x-mine", "s3cret")))
    assert not shared_secret("s3cret", header="X-Mine")(delivery(("x-vapi-secret", "s3cret")))


def test_a_secret_is_compared_by_its_bytes() -> None:
    secret = "voil\u00e0"  # its last byte is a no-break space in Latin-1
    assert shared_secret(secret)(delivery(("x-vapi-secret", secret)))
    assert shared_secret(b"\xe9\xff")(delivery(("x-vapi-secret", b" \xe9\xff\t")))
    assert not shared_secret("s3cret")(delivery(("x-vapi-secret", b"\xff\xfe")))


@pytest.mark.parametrize("make", [shared_secret, vapi_signature, hmac_signature, lambda check: oauth2(bool)])
def test_a_verifier_is_equal_to_itself_alone(make: Any) -> None:
    """Else `==` would compare secrets, and in a time that tells how much of them is right."""
    one, other = make("s3cret"), make("s3cret")
    assert one == one
    assert one != other
    assert len({one, other}) == 2
    assert delivery() != delivery()


def test_a_verifier_of_ones_own_reads_headers_as_a_mapping() -> None:
    fields = header_table([("X-A", "1"), ("x-b", "2"), ("x-a", "3")])
    assert (dict(fields), len(fields), "X-B" in fields) == ({"x-a": "1, 3", "x-b": "2"}, 2, True)
    assert (fields.get_all("X-A"), fields.get("x-c")) == (["1", "3"], None)


def test_a_repeated_secret_refuses() -> None:
    assert not shared_secret("s3cret")(delivery(("x-vapi-secret", "s3cret"), ("X-Vapi-Secret", "s3cret")))


def test_any_secret_of_several_will_do() -> None:
    check = shared_secret(["old", b"new"])
    assert [check(delivery(("x-vapi-secret", value))) for value in ("old", "new", "other")] == [True, True, False]


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        ("Bearer t0ken", True),
        ("bearer t0ken", True),
        ("Bearer  t0ken", True),
        ("t0ken", False),
        ("Bearert0ken", False),
        ("Bearer", False),
        ("Bearer ", False),
        ("Basic t0ken", False),
        ("Bearer t0ken2", False),
    ],
)
def test_bearer(value: str, accepted: bool) -> None:
    assert bearer("t0ken")(delivery(("Authorization", value))) is accepted


def test_bearer_with_a_header_and_a_prefix_of_its_own() -> None:
    assert bearer("t0ken", header="X-Auth", prefix="Api Key")(delivery(("x-auth", "Api Key t0ken")))
    assert bearer("t0ken", header="X-Auth", prefix="")(delivery(("x-auth", "t0ken")))
    assert not bearer("t0ken", prefix="")(delivery(("Authorization", "Bearer t0ken")))
    assert bearer(["old", "t0ken"])(delivery(("Authorization", "Bearer t0ken")))


# --- anything a stranger may send

_NAMES = st.sampled_from(
    ["x-signature", "x-timestamp", "x-vapi-secret", "x-vapi-signature", "authorization", "svix-id"]
)
_VALUES = st.binary(max_size=80) | st.text(max_size=40).map(str.encode) | st.just(b"1767225600") | st.just(b"Bearer x")


@given(
    headers=st.lists(st.tuples(_NAMES.map(str.encode), _VALUES), max_size=8),
    body=st.binary(max_size=200),
    url=st.text(st.characters(), max_size=20),
    method=st.text(st.characters(), max_size=5),
)
@example(headers=[], body=b"", url="\ud800", method="\ud800")
def test_a_stranger_is_refused_without_an_exception(headers: list[Any], body: bytes, url: str, method: str) -> None:
    got = Delivery(body, Headers([*headers, (b"x-signature", b"00")]), method=method, url=url, now=NOW)
    for check in (
        shared_secret("not to be guessed"),
        bearer("not to be guessed"),
        vapi_signature(KEY),
        hmac_signature(KEY),
        hmac_signature(KEY, encoding="base64", signature_prefix="v1,", payload_format="{url}{svix-id}{body}"),
        hmac_signature(KEY, payload_format="{method}{url}{body}", tolerance=None, include_timestamp=False),
    ):
        assert check(got) is False


# --- OAuth2, and several verifiers


@pytest.fixture(params=["asyncio", "trio"])
def check(request: pytest.FixtureRequest) -> Any:
    """Run `verify` on each of the two kinds of event loop."""
    return functools.partial(anyio.run, verify, backend=request.param)


async def test_oauth2_gives_the_token_to_a_plain_function() -> None:
    seen: list[str] = []
    verifier = oauth2(lambda token: seen.append(token) or token == "good")
    assert await verifier(delivery(("authorization", "Bearer good"))) is True
    assert await verifier(delivery(("authorization", "bearer other"))) is False
    assert seen == ["good", "other"]


@pytest.mark.parametrize("headers", [[], [("Authorization", "Bearer ")], [("Authorization", "Basic x")]])
async def test_oauth2_without_a_token_asks_nobody(headers: list[tuple[str, str]]) -> None:
    def refuse(token: str) -> bool:
        raise AssertionError(token)

    assert await oauth2(refuse)(delivery(*headers)) is False


def test_oauth2_awaits_an_async_function(check: Any) -> None:
    async def introspect(token: str) -> bool:
        await anyio.lowlevel.checkpoint()
        return token == "good"

    check(delivery(("authorization", "Bearer good")), [oauth2(introspect)])
    with pytest.raises(VerificationError):
        check(delivery(("authorization", "Bearer bad")), [oauth2(introspect)])


def test_what_the_check_of_a_token_raises_is_passed_on(check: Any) -> None:
    def broken(token: str) -> bool:
        raise ConnectionError("the identity provider is down")

    with pytest.raises(ConnectionError):
        check(delivery(("authorization", "Bearer good")), [oauth2(broken)])


def test_oauth2_needs_a_function() -> None:
    with pytest.raises(TypeError, match="check must be a function"):
        oauth2("token")  # type: ignore[arg-type]


def test_any_verifier_of_several_will_do(check: Any) -> None:
    verifiers: list[Verifier] = [bearer("t0ken"), oauth2(lambda token: token == "good"), hmac_signature(KEY)]
    check(signed(SHA256), verifiers)
    check(delivery(("authorization", "Bearer good")), verifiers)
    check(delivery(("authorization", "Bearer t0ken")), verifiers)
    with pytest.raises(VerificationError, match=r"asked: HeaderSecret, OAuth2Token, HmacSignature$"):
        check(signed(OLD), verifiers)


def test_a_verifier_can_be_any_function(check: Any) -> None:
    def from_home(delivery: Delivery) -> bool:
        return delivery.header("x-forwarded-for") == "192.0.2.7"

    check(delivery(("x-forwarded-for", "192.0.2.7")), [from_home])
    with pytest.raises(VerificationError, match=r"asked: from_home$"):
        check(delivery(), [from_home])


def test_no_verifier_accepts_nothing(check: Any) -> None:
    with pytest.raises(VerificationError, match=r"asked: none$"):
        check(signed(SHA256), [])


# --- plans


def test_from_a_bearer_plan() -> None:
    plan = BearerAuthenticationPlan(token="t0ken")
    assert from_plan(plan)(delivery(("authorization", "Bearer t0ken")))
    assert not from_plan(plan)(delivery(("authorization", "t0ken")))
    bare = {"type": "bearer", "token": "t0ken", "headerName": "X-Vapi-Secret", "bearerPrefixEnabled": False}
    assert from_plan(bare)(delivery(("x-vapi-secret", "t0ken")))
    nulls = {"type": "bearer", "token": "t0ken", "headerName": None, "bearerPrefixEnabled": None}
    assert from_plan(nulls)(delivery(("authorization", "Bearer t0ken")))


def test_from_an_hmac_plan_with_defaults() -> None:
    assert from_plan(HMACAuthenticationPlan(secret_key=KEY, algorithm="sha512"))(signed(SHA512))
    plan = {"type": "hmac", "secretKey": KEY, "algorithm": "sha256"}
    for more in ({}, {"payloadFormat": None, "signatureEncoding": None, "includeTimestamp": None}):
        assert from_plan(plan | more)(signed(SHA256))
    assert from_plan(plan | {"includeTimestamp": False})(delivery(("x-signature", BODY_ALONE)))


def test_from_an_hmac_plan_with_every_setting() -> None:
    plan = HMACAuthenticationPlan(
        secret_key="whsec_" + BASE64_KEY,
        algorithm="sha256",
        signature_header="x-sig",
        timestamp_header="x-sent",
        signature_prefix="v1,",
        include_timestamp=True,
        payload_format="{svix-id}.{timestamp}.{body}",
        message_id_header="x-id",
        signature_encoding="base64",
        secret_is_base64=True,
    )
    got = delivery(("x-sig", "v1," + SVIX), ("x-sent", "1767225600"), ("x-id", "msg_2a"), now=NOW + 20)
    assert from_plan(plan)(got)
    assert from_plan(plan.to_dict())(got)
    assert not from_plan(plan, tolerance=10)(got)


def test_from_a_plan_with_the_url_that_vapi_was_given() -> None:
    plan = {"type": "hmac", "secretKey": KEY, "algorithm": "sha256"}
    plan["payloadFormat"] = "{method} {url} {svix-id} {timestamp}\n{body}"
    headers = (("x-signature", EVERYTHING), ("x-timestamp", "1767225600"), ("svix-id", "msg_2a"))
    assert from_plan(plan, url=URL)(delivery(*headers))
    assert not from_plan(plan)(delivery(*headers))


@pytest.mark.parametrize(
    ("plan", "text"),
    [
        (OAuth2AuthenticationPlan(url="https://a.example", client_id="a", client_secret="b"), r"use oauth2\(check\)"),
        ({"type": "mtls"}, "'mtls'; it must be an authentication plan"),
        ({"provider": "webhook"}, "None; it must be an authentication plan"),
        ({"type": "bearer"}, "plan lacks 'token'"),
        ({"type": "bearer", "token": ""}, "token is empty"),
        ({"type": "hmac", "algorithm": "sha256"}, "plan lacks 'secretKey'"),
        ({"type": "hmac", "secretKey": KEY}, "plan lacks 'algorithm'"),
        ({"type": "hmac", "secretKey": KEY, "algorithm": "md5"}, "algorithm is 'md5'; .* sha256, sha512, sha1"),
        (
            {"type": "hmac", "secretKey": KEY, "algorithm": "sha1", "signatureEncoding": "binary"},
            "encoding is 'binary'",
        ),
    ],
)
def test_plans_that_make_no_verifier(plan: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text) as caught:
        from_plan(plan)
    assert KEY not in str(caught.value)


# --- arguments


@pytest.mark.parametrize("make", [shared_secret, bearer, vapi_signature, hmac_signature])
@pytest.mark.parametrize("secret", ["", b"", [], ["fine", ""]])
def test_an_empty_secret_is_named(make: Any, secret: Any) -> None:
    with pytest.raises(ValueError, match="^token is empty" if make is bearer else "^secret is empty"):
        make(secret)


@pytest.mark.parametrize("make", [shared_secret, bearer, vapi_signature, hmac_signature])
@pytest.mark.parametrize("secret", [None, 5, ["fine", None], {"fine"}])
def test_a_secret_must_be_text_or_bytes(make: Any, secret: Any) -> None:
    with pytest.raises(TypeError, match="must be text or bytes"):
        make(secret)


@pytest.mark.parametrize("make", [shared_secret, bearer])
def test_a_secret_read_with_its_line_break_is_named(make: Any) -> None:
    with pytest.raises(ValueError, match="begins or ends with space, which a header cannot carry") as caught:
        make("s3cret\n")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"algorithm": "md5"}, "algorithm is 'md5'"),
        ({"encoding": "binary"}, "encoding is 'binary'; it must be one of hex, base64"),
        ({"payload_format": "{timestamp}"}, r"payload_format lacks \{body\}"),
        ({"payload_format": "{body}{nonce}"}, r"payload_format has \{nonce\}"),
        ({"payload_format": "{timestamp}{body}", "include_timestamp": False}, "include_timestamp is false"),
        ({"signature_header": ""}, "signature_header is ''"),
        ({"timestamp_header": "x-timestamp "}, "timestamp_header is 'x-timestamp '"),
        ({"message_id_header": ""}, "message_id_header is ''"),
        ({"tolerance": 0}, "tolerance is 0"),
        ({"tolerance": float("nan")}, "tolerance is nan"),
        ({"secret_is_base64": True}, "secret is no Base64"),
    ],
)
def test_bad_arguments_are_named(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text) as caught:
        hmac_signature("clear text", **arguments)
    assert "clear text" not in str(caught.value)


def test_a_base64_secret_of_nothing_is_empty() -> None:
    with pytest.raises(ValueError, match="secret is empty"):
        hmac_signature("whsec_", secret_is_base64=True)


@pytest.mark.parametrize("make", [shared_secret, bearer])
def test_a_header_must_have_a_name(make: Any) -> None:
    with pytest.raises(ValueError, match="header is ''"):
        make("s3cret", header="")


# --- reprs


def test_no_secret_in_any_repr() -> None:
    secret = "c2VjcmV0"
    verifiers = [
        shared_secret(secret),
        bearer(secret),
        vapi_signature(secret),
        hmac_signature(secret, url=f"https://hooks.example.com/?key={secret}"),
        hmac_signature(secret, secret_is_base64=True),
        oauth2(functools.partial(lambda known, token: known == token, secret)),
    ]
    for verifier in verifiers:
        assert secret not in repr(verifier)
        assert "secret'" not in repr(verifier)
    assert repr(shared_secret(secret)) == "HeaderSecret(header='X-Vapi-Secret', prefix='')"


def test_a_function_with_bound_secrets_is_not_shown(check: Any) -> None:
    with pytest.raises(VerificationError) as caught:
        check(delivery(), [functools.partial(lambda known, delivery: False, "s3cret")])
    assert "s3cret" not in str(caught.value)


def test_a_delivery_shows_neither_its_headers_nor_its_body() -> None:
    got = delivery(("x-vapi-secret", "s3cret"), body=b"s3cret", url="https://hooks.example.com/?key=s3cret")
    assert repr(got) == f"Delivery(body=<6 bytes>, method='POST', now={NOW})"
