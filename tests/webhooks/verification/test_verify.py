"""Verifiers against digests that OpenSSL made (`openssl dgst -hmac`), and against everything else."""

from __future__ import annotations

import functools
from typing import Any

import anyio
import pytest
from hypothesis import example, given, strategies as st

from vapi_async import VerificationError
from vapi_async.models.bearer_authentication_plan import BearerAuthenticationPlan
from vapi_async.models.hmac_authentication_plan import HMACAuthenticationPlan
from vapi_async.models.o_auth2_authentication_plan import OAuth2AuthenticationPlan
from vapi_async.responses import Headers
from vapi_async.webhooks.verification.timestamps import parse_timestamp
from vapi_async.webhooks.verification.verifiers import (
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

NOW = 1767225600.0  # 2026-01-01T00:00:00Z
KEY = "whistle-blue-42"
BODY = b'{"message":{"type":"hang","note":"{timestamp} \xff\xfe {body}"}}'  # no UTF-8, and placeholders that are none

#: Of `1767225600.` and BODY, keyed with KEY.
SHA256 = "262d178350fce386c1daf6c56ab242b461c8891eec0b83e8a914a562e33298f1"
SHA256_BASE64 = "Ji0Xg1D844bB2vbFarJCtGHIiR7sC4PoqRSlYuMymPE="
SHA512 = (
    "3d8c5c41b0198332b28e0ff23ceaf7ddbe8e219e4e419e1790d59b615b94d435"
    "51c9f4fbece482985d328d4944ea492e58476420786f225b23ca8ddf12df117d"
)
SHA1 = "8a9e5aacd651b1aeb1934b4f951e5ba9426e8937"
#: Of the same, keyed with `old-key`.
OLD = "d42b5b7d44abd000f024e79415909107706d5272da760de6e2d3097ec0f4d400"
#: Of BODY alone, keyed with KEY.
BODY_ALONE = "7535d2e20bd76757d4b186904871af7c97fdf4d579af6e98ec6c88a4d0a534b3"
#: Of the text of a timestamp, a dot and BODY, keyed with KEY.
MILLISECONDS = "2506e4de8eed5df5731e8b3d925f335c9b2d6bf9d70f7e883d07959293166358"
ISO = "2e626ab7f1dc3af07858d038871e15a5570d5ee9b3082de9e23d8726a80392ac"
ISO_OFFSET = "502266744042d12bf391a35b362021a293e2be8f16e1c42b1b3767f4094b36df"
#: Of `POST https://hooks.example.com/vapi?x=1 msg_2a 1767225600`, a line break and BODY, keyed with KEY.
EVERYTHING = "686073be4eb66c695589e2366883c2ca0b0c394b7d9a895a3dc818df6e450297"
#: Of `msg_2a.1767225600.` and BODY, keyed with the bytes that BASE64_KEY stands for (they start with a zero).
BASE64_KEY = "AAH7//4wMTIzNDU2Nzg5"
SVIX = "Fs6VobEg+12PO925KbPABRnBtSh5OG/cb5OUojRx/Dw="
#: Of `1767225600.` and BODY, keyed with the same bytes.
BINARY_KEY = "e7bc2fffefdcd9fd98b4ae8bb6555dfec2ca88d64c32ecd0233b86312239b49a"

URL = "https://hooks.example.com/vapi?x=1"


def delivery(
    *headers: tuple[str | bytes, str | bytes], body: bytes = BODY, now: float = NOW, url: str = "", method: str = "POST"
) -> Delivery:
    raw = [(_raw(name), _raw(value)) for name, value in headers]
    return Delivery(body, Headers(raw), method=method, url=url, now=now)


def _raw(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def signed(signature: str, timestamp: str = "1767225600", **more: Any) -> Delivery:
    return delivery(("X-Signature", signature), ("x-timestamp", timestamp), **more)


# --- signatures


@pytest.mark.parametrize(("algorithm", "digest"), [("sha256", SHA256), ("sha512", SHA512), ("sha1", SHA1)])
def test_every_algorithm(algorithm: str, digest: str) -> None:
    check = hmac_signature(KEY, algorithm=algorithm)
    assert check(signed(digest))
    assert not check(signed(digest, body=BODY + b" "))
    assert not any(check(signed(other)) for other in {SHA256, SHA512, SHA1} - {digest})


def test_sha256_in_hex_over_timestamp_and_body_is_the_default() -> None:
    assert hmac_signature(KEY)(signed(SHA256))
    assert hmac_signature(KEY.encode())(signed(SHA256))
    assert not hmac_signature(KEY + "x")(signed(SHA256))


def test_hex_in_any_case() -> None:
    assert hmac_signature(KEY)(signed(SHA256.upper()))


@pytest.mark.parametrize("written", [SHA256_BASE64, SHA256_BASE64.rstrip("=")])
def test_base64_with_and_without_padding(written: str) -> None:
    assert hmac_signature(KEY, encoding="base64")(signed(written))
    assert not hmac_signature(KEY, encoding="base64")(signed(written.lower()))
    assert not hmac_signature(KEY)(signed(written))
    assert not hmac_signature(KEY, encoding="base64")(signed(SHA256))


def test_base64_in_the_url_safe_alphabet() -> None:
    check = hmac_signature(
        BASE64_KEY, secret_is_base64=True, encoding="base64", payload_format="{svix-id}.{timestamp}.{body}"
    )
    for written in (SVIX, SVIX.replace("+", "-").replace("/", "_")):
        assert check(delivery(("x-signature", written), ("x-timestamp", "1767225600"), ("svix-id", "msg_2a")))


def test_the_headers_can_be_named() -> None:
    check = hmac_signature(KEY, signature_header="X-Hub-Signature", timestamp_header="X-Sent")
    assert check(delivery(("x-hub-signature", SHA256), ("x-sent", "1767225600")))
    assert not check(signed(SHA256))


def test_a_prefix_must_be_there() -> None:
    check = hmac_signature(KEY, signature_prefix="sha256=")
    assert check(signed("sha256=" + SHA256))
    assert not check(signed(SHA256))
    assert not check(signed("sha1=" + SHA256))
    assert not hmac_signature(KEY)(signed("sha256=" + SHA256))


def test_a_prefix_is_no_pattern() -> None:
    check = hmac_signature(KEY, signature_prefix="v.=")
    assert check(signed("v.=" + SHA256))
    assert not check(signed("v1=" + SHA256))


@pytest.mark.parametrize("header", ["{old} {new}", "{old},{new}", "{old}, {new}", "{new};{old}", "v2,{new} {new}"])
def test_one_signature_of_several_is_enough(header: str) -> None:
    check = hmac_signature(KEY, signature_prefix="v1,")
    assert check(signed(header.format(old="v1," + OLD, new="v1," + SHA256)))
    assert not check(signed(header.format(old="v1," + OLD, new="v1," + OLD)))


def test_signatures_with_another_prefix_are_passed_over() -> None:
    assert not hmac_signature(KEY, signature_prefix="v1,")(signed(f"v2,{SHA256} xv1,{SHA256}"))


def test_deliveries_like_those_of_svix() -> None:
    for secret in (BASE64_KEY, "whsec_" + BASE64_KEY):
        check = hmac_signature(
            secret,
            secret_is_base64=True,
            encoding="base64",
            signature_prefix="v1,",
            signature_header="svix-signature",
            timestamp_header="svix-timestamp",
            payload_format="{svix-id}.{timestamp}.{body}",
        )
        identity, sent = ("svix-id", "msg_2a"), ("svix-timestamp", "1767225600")
        assert check(delivery(identity, sent, ("svix-signature", f"v1,AAAA v1,{SVIX}")))
        assert not check(delivery(("svix-id", "msg_2b"), sent, ("svix-signature", f"v1,{SVIX}")))
        assert not check(delivery(sent, ("svix-signature", f"v1,{SVIX}")))


def test_the_secret_can_be_base64_of_the_key() -> None:
    assert hmac_signature(BASE64_KEY, secret_is_base64=True)(signed(BINARY_KEY))
    assert hmac_signature(BASE64_KEY.replace("+", "-").replace("/", "_"), secret_is_base64=True)(signed(BINARY_KEY))
    assert not hmac_signature(BASE64_KEY)(signed(BINARY_KEY))


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_the_payload_format_takes_every_placeholder(method: str) -> None:
    check = hmac_signature(
        KEY, payload_format="{method} {url} {svix-id} {timestamp}\n{body}", message_id_header="X-Message-Id"
    )
    headers = (("x-signature", EVERYTHING), ("x-timestamp", "1767225600"), ("X-Message-Id", "msg_2a"))
    assert check(delivery(*headers, url=URL, method=method)) == (method == "POST")
    assert not check(delivery(*headers, url=URL.replace("x=1", "x=2"), method=method))


def test_the_url_can_be_given_where_the_app_sees_another() -> None:
    check = hmac_signature(KEY, payload_format="{method} {url} {svix-id} {timestamp}\n{body}", url=URL)
    headers = (("x-signature", EVERYTHING), ("x-timestamp", "1767225600"), ("svix-id", "msg_2a"))
    assert check(delivery(*headers, url="http://10.0.0.7:8080/vapi?x=1"))


def test_without_timestamp_the_body_is_signed() -> None:
    check = hmac_signature(KEY, include_timestamp=False)
    assert check(delivery(("x-signature", BODY_ALONE)))
    assert not check(signed(SHA256))


def test_a_timestamp_that_is_not_signed_is_checked_all_the_same() -> None:
    check = hmac_signature(KEY, payload_format="{body}")
    assert check(signed(BODY_ALONE))
    assert not check(signed(BODY_ALONE, "1767220000"))
    assert not check(delivery(("x-signature", BODY_ALONE)))


@pytest.mark.parametrize(
    ("timestamp", "digest"),
    [("1767225600123", MILLISECONDS), ("2026-01-01T00:00:00.250Z", ISO), ("2026-01-01T02:00:00+02:00", ISO_OFFSET)],
)
def test_a_timestamp_is_signed_as_it_is_written(timestamp: str, digest: str) -> None:
    assert hmac_signature(KEY)(signed(digest, timestamp))
    assert not hmac_signature(KEY)(signed(digest, timestamp, now=NOW + 400))
    assert not hmac_signature(KEY)(signed(SHA256, timestamp))


@pytest.mark.parametrize("late", [-301, -300, 0, 300, 301])
def test_five_minutes_either_way_are_tolerated(late: float) -> None:
    assert hmac_signature(KEY)(signed(SHA256, now=NOW + late)) == (abs(late) <= 300)


def test_the_tolerance_can_be_set_and_turned_off() -> None:
    assert not hmac_signature(KEY, tolerance=10)(signed(SHA256, now=NOW + 11))
    assert hmac_signature(KEY, tolerance=10)(signed(SHA256, now=NOW + 10))
    assert hmac_signature(KEY, tolerance=None)(signed(SHA256, now=NOW + 1e9))
    assert not hmac_signature(KEY, tolerance=None)(delivery(("x-signature", SHA256)))


@pytest.mark.parametrize("missing", ["x-signature", "x-timestamp"])
def test_a_header_that_is_missing_or_repeated_refuses(missing: str) -> None:
    headers = [("x-signature", SHA256), ("x-timestamp", "1767225600")]
    assert hmac_signature(KEY)(delivery(*headers))
    assert not hmac_signature(KEY)(delivery(*[header for header in headers if header[0] != missing]))
    assert not hmac_signature(KEY)(delivery(*headers, *[header for header in headers if header[0] == missing]))


def test_any_key_of_several_will_do() -> None:
    check = hmac_signature(["old-key", KEY])
    assert check(signed(SHA256))
    assert check(signed(OLD))
    assert not check(signed(BODY_ALONE))


@given(place=st.integers(0, len(BODY) * 8 - 1))
def test_a_flipped_bit_of_the_body_refuses(place: int) -> None:
    assert not hmac_signature(KEY)(signed(SHA256, body=_flip(BODY, place)))


@given(place=st.integers(0, len(SHA256_BASE64.rstrip("=")) * 8 - 1))
def test_a_flipped_bit_of_the_signature_refuses(place: int) -> None:
    header = _flip(SHA256_BASE64.encode(), place)
    check = hmac_signature(KEY, encoding="base64")
    assert not check(delivery(("x-signature", header), ("x-timestamp", "1767225600")))


@given(place=st.integers(0, 79))
def test_a_flipped_bit_of_the_timestamp_refuses(place: int) -> None:
    header = _flip(b"1767225600", place)
    check = hmac_signature(KEY, tolerance=None)
    assert not check(delivery(("x-signature", SHA256), ("x-timestamp", header)))


def _flip(data: bytes, place: int) -> bytes:
    flipped = bytearray(data)
    flipped[place // 8] ^= 1 << place % 8
    return bytes(flipped)


def test_vapi_signature_with_and_without_prefix() -> None:
    check = vapi_signature([KEY, "next"])
    assert check(delivery(("X-Vapi-Signature", "sha256=" + BODY_ALONE)))
    assert check(delivery(("X-Vapi-Signature", BODY_ALONE.upper())))
    assert not check(delivery(("X-Vapi-Signature", "sha1=" + BODY_ALONE)))
    assert not check(delivery(("X-Vapi-Signature", KEY)))
    assert not check(delivery(("X-Signature", BODY_ALONE)))
    assert not vapi_signature("next")(delivery(("X-Vapi-Signature", BODY_ALONE)))


# --- timestamps


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1767225600", NOW),
        ("1767225600.5", NOW + 0.5),
        ("1767225600500", NOW + 0.5),
        ("2026-01-01T00:00:00Z", NOW),
        ("2026-01-01T00:00:00.5Z", NOW + 0.5),
        ("2026-01-01T00:00:00.123456789Z", NOW + 0.123456),
        ("2025-12-31T19:30:00-04:30", NOW),
    ],
)
def test_timestamps_that_are_read(text: str, seconds: float) -> None:
    assert parse_timestamp(text) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ["", " ", "now", "-5", "1e9", "nan", "inf", "0x10", "1767225600 ", "2026-01-01", "2026-01-01T00:00:00", "9" * 400],
)
def test_timestamps_that_are_not(text: str) -> None:
    assert parse_timestamp(text) is None


@given(st.text() | st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()))
def test_no_timestamp_raises(text: str) -> None:
    assert isinstance(parse_timestamp(text), float | None)


# --- secrets in headers


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
