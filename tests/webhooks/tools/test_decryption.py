"""Encrypted arguments: what OpenSSL encrypted, everywhere that a path can lead, and what cannot be decrypted."""

from __future__ import annotations

import base64
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from hypothesis import given, strategies as st

from tests import fresh
from tests.webhooks.tools import decryption_vectors as vectors
from vapi_async.errors import WebhookError
from vapi_async.webhooks import Tools
from vapi_async.webhooks.tools.decryption import DecryptionError, Decryptor
from vapi_async.webhooks.verification.secret_values import decode_base64


@dataclass
class Guest:
    name: str


CARD = "4111 1111 1111 1111"

_DECRYPTOR = Decryptor(vectors.KEY)


@pytest.fixture
def decryptor() -> Decryptor:
    return _DECRYPTOR


@pytest.mark.parametrize(
    ("value", "text"), [(vectors.CARD, CARD), (vectors.NAME, "Zo\u00eb"), (vectors.LONGEST, "x" * 190)]
)
def test_what_openssl_encrypted(decryptor: Decryptor, value: str, text: str) -> None:
    assert decryptor.decrypt({"it": value}, ["it"]) == {"it": text}


@pytest.mark.parametrize(
    ("arguments", "paths", "expected"),
    [
        ({"card": "?", "name": "Ann"}, ["card"], {"card": CARD, "name": "Ann"}),
        ({"pay": {"card": "?", "to": "Ann"}}, ["pay.card"], {"pay": {"card": CARD, "to": "Ann"}}),
        ({"cards": ["a", "?"]}, ["cards.1"], {"cards": ["a", CARD]}),
        ({"cards": ["?", "?"]}, ["cards.*"], {"cards": [CARD, CARD]}),
        ({"cards": ["?", None]}, ["cards.*"], {"cards": [CARD, None]}),
        ({"cards": [{"no": "?"}, {"no": "?"}]}, ["cards.*.no"], {"cards": [{"no": CARD}, {"no": CARD}]}),
        ({"cards": [{"no": "?"}, {"of": "b"}]}, ["cards.no"], {"cards": [{"no": CARD}, {"of": "b"}]}),
        ({"cards": [{"no": "?"}]}, ["cards.0.no"], {"cards": [{"no": CARD}]}),
        ({"a": [["?"], ["?"]]}, ["a.*.*"], {"a": [[CARD], [CARD]]}),
        ({"a": "?", "b": {"c": "?", "d": "?"}}, ["a", "b.c", "b.d"], {"a": CARD, "b": {"c": CARD, "d": CARD}}),
        ({"1": "?", "*": "?"}, ["1", "*"], {"1": CARD, "*": CARD}),
    ],
)
def test_paths_that_lead_somewhere(
    decryptor: Decryptor, arguments: dict[str, Any], paths: list[str], expected: dict[str, Any]
) -> None:
    assert decryptor.decrypt(_encrypted(arguments), paths) == expected


@pytest.mark.parametrize("path", ["b", "list.7", "object.b.c", "empty.*", "null", "null.a", "1.2"])
def test_paths_that_lead_nowhere_change_nothing(decryptor: Decryptor, path: str) -> None:
    arguments = {"a": "x", "list": [1, "y"], "object": {"b": 5}, "empty": [], "null": None}
    assert decryptor.decrypt(arguments, [path]) == arguments


def test_a_value_that_several_paths_lead_to_is_decrypted_once(decryptor: Decryptor) -> None:
    arguments = _encrypted({"cards": [{"no": "?"}]})
    paths = ["cards.no", "cards.*.no", "cards.0.no", "cards.no"]
    assert decryptor.decrypt(arguments, paths) == {"cards": [{"no": CARD}]}


def test_no_path_decrypts_nothing(decryptor: Decryptor) -> None:
    arguments = {"card": vectors.CARD}
    assert decryptor.decrypt(arguments, []) == arguments


def test_the_arguments_given_stay_as_they_are(decryptor: Decryptor) -> None:
    arguments = _encrypted({"pay": {"cards": ["?", {"no": "?"}]}, "other": [1]})
    before = deepcopy(arguments)
    result = decryptor.decrypt(arguments, ["pay.cards.0", "pay.cards.1.no"])
    assert result == {"pay": {"cards": [CARD, {"no": CARD}]}, "other": [1]}
    assert arguments == before


def test_what_was_encrypted_stays_text(decryptor: Decryptor) -> None:
    encrypted = _for(vectors.KEY, b'{"pin": 1234}')
    assert decryptor.decrypt({"it": encrypted}, ["it"]) == {"it": '{"pin": 1234}'}


def test_base64_in_the_url_safe_alphabet_without_padding(decryptor: Decryptor) -> None:
    value = vectors.CARD.replace("+", "-").replace("/", "_").rstrip("=")
    assert decryptor.decrypt({"it": value}, ["it"]) == {"it": CARD}


# --- what cannot be decrypted


@pytest.mark.parametrize(
    "value",
    [
        "4111 1111 1111 1111",
        "",
        "AAAA",
        "\ud800",
        vectors.CARD[:-8],
        vectors.CARD[4:] + "AAAA",
        vectors.CARD + "AAAA",
        vectors.NO_TEXT,
        vectors.SHA1,
        5,
        True,
        ["x"],
        {"x": "y"},
    ],
)
def test_a_value_that_cannot_be_decrypted_is_named_and_not_shown(decryptor: Decryptor, value: Any) -> None:
    with pytest.raises(DecryptionError) as caught:
        decryptor.decrypt({"pay": [{"card": value}]}, ["pay.*.card"])
    assert str(caught.value) == "the argument 'pay.0.card' cannot be decrypted with this key"
    assert isinstance(caught.value, WebhookError)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_value_for_another_key(decryptor: Decryptor) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(DecryptionError):
        Decryptor(other).decrypt({"it": vectors.CARD}, ["it"])


@given(value=st.text() | st.binary(max_size=300).map(lambda data: base64.b64encode(data).decode()))
def test_no_value_raises_anything_else(value: str) -> None:
    with pytest.raises(DecryptionError):
        _DECRYPTOR.decrypt({"it": value}, ["it"])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "0", "*"]), inner),
    max_leaves=10,
)


@given(
    arguments=st.dictionaries(st.sampled_from(["a", "b", "0"]), _JSON),
    path=st.lists(st.sampled_from(["a", "b", "0", "1", "*"]), min_size=1, max_size=4).map(".".join),
)
def test_no_arguments_raise_anything_else(arguments: dict[str, Any], path: str) -> None:
    before = deepcopy(arguments)
    with suppress(DecryptionError):
        assert _DECRYPTOR.decrypt(arguments, [path]) == before  # nothing there, since nothing is encrypted
    assert arguments == before


# --- keys


def test_a_key_in_every_form() -> None:
    loaded = load_pem_private_key(vectors.KEY.encode(), None)
    traditional = loaded.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    for key in (vectors.KEY, vectors.KEY.encode(), traditional, loaded):
        assert Decryptor(key).decrypt({"it": vectors.CARD}, ["it"]) == {"it": CARD}


@pytest.mark.parametrize("password", [vectors.PASSWORD, vectors.PASSWORD.encode()])
def test_a_key_with_a_password(password: str | bytes) -> None:
    assert Decryptor(vectors.ENCRYPTED_KEY, password).decrypt({"it": vectors.CARD}, ["it"]) == {"it": CARD}


def _public() -> bytes:
    key = load_pem_private_key(vectors.KEY.encode(), None).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _ed25519() -> bytes:
    key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("key", "password", "text"),
    [
        ("", None, "private_key cannot be read"),
        ("s3cret", None, "private_key cannot be read"),
        (_public(), None, "private_key cannot be read"),
        (_ed25519(), None, "private_key must be an RSA private key"),
        (None, None, "private_key must be an RSA private key"),
        (vectors.ENCRYPTED_KEY, None, "private_key is encrypted: give its password"),
        (vectors.ENCRYPTED_KEY, "wrong", "private_key cannot be read: .* its password right"),
        (vectors.KEY, "s3cret", "private_key is not encrypted: leave the password out"),
        (load_pem_private_key(vectors.KEY.encode(), None), "s3cret", "password is for a key in PEM"),
    ],
    ids=["empty", "no PEM", "public", "Ed25519", "None", "locked", "wrong password", "needless password", "loaded"],
)
def test_a_key_that_does_not_serve_is_named_and_not_shown(key: Any, password: str | None, text: str) -> None:
    with pytest.raises(ValueError, match=text) as caught:
        Decryptor(key, password)
    assert "s3cret" not in str(caught.value)


def test_the_key_is_not_in_the_repr(decryptor: Decryptor) -> None:
    assert repr(decryptor) == "Decryptor(2048 bits)"


@pytest.mark.parametrize("path", ["a.b", "list.name"])
def test_a_path_into_a_text_is_never_silently_ciphertext(decryptor: Decryptor, path: str) -> None:
    with pytest.raises(DecryptionError, match="cannot be reached: what should contain it came as a text"):
        decryptor.decrypt({"a": '{"b": "ciphertext"}', "list": [1, '{"name": 1}']}, [path])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.people.0.ssn", [CARD, "?"]),
        ("people[0].ssn", [CARD, "?"]),
        ("$.people[1].ssn", ["?", CARD]),
        ("people[*].ssn", [CARD, CARD]),
    ],
)
def test_roots_and_brackets_are_understood(decryptor: Decryptor, path: str, expected: list[str]) -> None:
    arguments = {"people": [{"ssn": vectors.CARD}, {"ssn": vectors.CARD}]}
    plain = decryptor.decrypt(arguments, [path])
    assert [one["ssn"].replace(vectors.CARD, "?") for one in plain["people"]] == expected


def pay(people: list[Guest], note: str, other: dict[str, str], count: int = 1) -> None: ...


@pytest.mark.parametrize(
    "path", ["note", "people[0].name", "people[*].name", "people.name", "$.people.0.name", "other.any", "note.within"]
)
def test_paths_to_what_a_tool_takes_are_registered(path: str) -> None:
    assert Tools().add(pay, encrypted_paths=[path]).encrypted_paths == (path,)


@pytest.mark.parametrize("path", ["nothing", "people[0].nmae", "count.digits", "person[0].name"])
def test_paths_to_nothing_are_an_error_at_registration(path: str) -> None:
    with pytest.raises(ValueError, match="leads to nothing that the function takes"):
        Tools().add(pay, encrypted_paths=[path])


@pytest.mark.parametrize("path", ["people[", "people[x].name", "people]0[", "$people", "a[0]b", "", "$"])
def test_what_is_no_path_is_an_error_at_registration(path: str) -> None:
    with pytest.raises(ValueError, match=r"a path is names joined by dots|leads to nothing"):
        Tools().add(pay, encrypted_paths=[path])


def test_keys_rotate(decryptor: Decryptor) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    several = Decryptor([other, vectors.KEY])
    assert several.decrypt({"it": vectors.CARD}, ["it"]) == {"it": CARD}
    assert repr(several) == "Decryptor(2048 bits, 2048 bits)"
    with pytest.raises(DecryptionError):
        Decryptor([other]).decrypt({"it": vectors.CARD}, ["it"])
    with pytest.raises(ValueError, match="private_key is empty"):
        Decryptor([])


@pytest.mark.parametrize(
    "written",
    [
        vectors.KEY.replace("\n", "\\n"),
        vectors.KEY.replace("\n", "\\r\\n"),
        vectors.KEY.replace("\n", "\r\n"),
        base64.b64encode(vectors.KEY.encode()).decode(),
        base64.encodebytes(vectors.KEY.encode()).decode(),
    ],
)
def test_keys_as_environment_variables_hold_them(written: str) -> None:
    assert Decryptor(written).decrypt({"it": vectors.CARD}, ["it"]) == {"it": CARD}


def test_base64_with_line_breaks_is_taken(decryptor: Decryptor) -> None:
    broken = base64.encodebytes(base64.b64decode(vectors.CARD)).decode()
    assert "\n" in broken.strip()
    assert decryptor.decrypt({"it": broken}, ["it"]) == {"it": CARD}


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b"])
def test_a_path_with_an_empty_name(decryptor: Decryptor, path: str) -> None:
    with pytest.raises(ValueError, match="paths has"):
        decryptor.decrypt({}, [path])


def test_one_path_is_no_sequence_of_paths(decryptor: Decryptor) -> None:
    with pytest.raises(TypeError, match="paths must be a sequence"):
        decryptor.decrypt({"card": vectors.CARD}, "card")


# --- the extra


def test_without_cryptography_the_extra_is_named() -> None:
    said = fresh.run(
        """
import importlib.abc

class Without(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "cryptography":
            raise ModuleNotFoundError(f"No module named {name!r}", name="cryptography")

sys.meta_path.insert(0, Without())
from vapi_async import MissingExtra
from vapi_async.webhooks.tools.decryption import Decryptor
try:
    Decryptor("key")
except MissingExtra as error:
    result = str(error)
"""
    )
    assert said == "this needs cryptography, which is not installed: pip install 'vapi-async[crypto]'"


def test_cryptography_is_imported_by_those_who_decrypt_only() -> None:
    code = "from vapi_async.webhooks import Decryptor, verify\nresult = 'cryptography' in sys.modules"
    assert fresh.run(code) is False


@given(st.binary(max_size=40), st.booleans(), st.booleans())
def test_base64_is_read_in_both_alphabets(data: bytes, safe: bool, padded: bool) -> None:
    text = (base64.urlsafe_b64encode if safe else base64.b64encode)(data)
    assert decode_base64(text if padded else text.rstrip(b"=")) == data


def _encrypted(value: Any) -> Any:
    """Return JSON with every `?` encrypted."""
    if isinstance(value, dict):
        return {key: _encrypted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_encrypted(item) for item in value]
    return vectors.CARD if value == "?" else value


def _for(key: str, data: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.hashes import SHA256

    oaep = padding.OAEP(mgf=padding.MGF1(SHA256()), algorithm=SHA256(), label=None)
    public: Any = load_pem_private_key(key.encode(), None).public_key()
    return base64.b64encode(public.encrypt(data, oaep)).decode()
