"""Signatures against digests that OpenSSL made, with every setting of the credential."""

from __future__ import annotations

import base64
import hmac

import pytest
from hypothesis import given, strategies as st

from tests.webhooks.verification.signed_deliveries import (
    BASE64_KEY,
    BINARY_KEY,
    BODY,
    BODY_ALONE,
    EVERYTHING,
    ISO,
    ISO_OFFSET,
    KEY,
    MILLISECONDS,
    NOW,
    OLD,
    SHA1,
    SHA256,
    SHA256_BASE64,
    SHA512,
    SVIX,
    URL,
    delivery,
    signed,
)
from vapi_async.webhooks import (
    hmac_signature,
    vapi_signature,
)


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


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("padding", ["", "="])
def test_a_secret_in_base64_with_and_without_padding(length: int, padding: str) -> None:
    key = KEY.encode()[:length]
    secret = base64.b64encode(key).decode().rstrip("=") + padding * (-length % 3)
    signature = hmac.digest(key, BODY, "sha256").hex()
    check = hmac_signature(secret, secret_is_base64=True, include_timestamp=False)
    assert check(delivery(("x-signature", signature)))


@pytest.mark.parametrize("secret", ["AAAA$BBB", "AAAA BBBB", "AAAAB"])
def test_a_secret_that_is_no_base64_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="secret is no Base64"):
        hmac_signature(secret, secret_is_base64=True)


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
    assert not hmac_signature(KEY, tolerance=0.5)(signed(SHA256, now=NOW + 1))
    assert hmac_signature(KEY, tolerance=None)(signed(SHA256, now=NOW + 1e9))
    assert not hmac_signature(KEY, tolerance=None)(delivery(("x-signature", SHA256)))


@pytest.mark.parametrize("missing", ["x-signature", "x-timestamp"])
def test_a_header_that_is_missing_or_repeated_refuses(missing: str) -> None:
    headers = [("x-signature", SHA256), ("x-timestamp", "1767225600")]
    assert hmac_signature(KEY)(delivery(*headers))
    assert not hmac_signature(KEY)(delivery(*[header for header in headers if header[0] != missing]))
    assert not hmac_signature(KEY)(delivery(*headers, *[header for header in headers if header[0] == missing]))


def test_what_a_signature_is_over_has_to_be_there() -> None:
    check = hmac_signature(KEY, payload_format="{svix-id}{body}", include_timestamp=False)
    assert check(delivery(("x-signature", BODY_ALONE), ("svix-id", "")))
    assert not check(delivery(("x-signature", BODY_ALONE)))


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
