"""Arguments of tools that Vapi encrypts with the public key of a credential (schema `PublicKeyEncryptionPlan`).

A tool's server names the arguments to encrypt, as paths (`Server.encryptedPaths`); their values arrive in Base64,
encrypted with RSA-OAEP, SHA-256 for both the label and the mask. Such a value fits one block: a key of 2048 bits
carries 190 bytes, and nothing says that longer ones would be cut into several.

Only what the paths name is decrypted, and it must be: a value that came in the clear, or for another key, is an error
rather than an argument that somebody else wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from vapi_async._lazy import exported_by
from vapi_async._optional import load
from vapi_async.errors import WebhookError
from vapi_async.webhooks.verification.secret_values import decode_base64

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

PrivateKey: TypeAlias = "str | bytes | RSAPrivateKey"
Location: TypeAlias = tuple[str | int, ...]

ANY_ITEM = "*"
_PATH = re.compile(r"(\$\.)?[^.\[\]$]+(\.[^.\[\]$]+|\[(\d+|\*)\])*")
_PART = re.compile(r"([^.\[\]]+)|\[(\d+|\*)\]")


class SupportsDecrypt(Protocol):
    """What decrypts the arguments of tools: a `Decryptor`, or whatever asks a service that keeps the key."""

    def decrypt(self, arguments: dict[str, Any], paths: Sequence[str]) -> dict[str, Any]:
        """Return the arguments with the values at `paths` decrypted."""
        ...


@exported_by("vapi_async.webhooks")
class DecryptionError(WebhookError):
    """An encrypted argument of a tool cannot be decrypted; the message says which, and nothing of its value."""


@exported_by("vapi_async.webhooks")
class Decryptor:
    """The private key to the encrypted arguments of tools.

    Args:
        private_key: an RSA key in PEM, or one that `cryptography` has loaded, from wherever it is kept; or several, of
            which any will do, while keys are rotated. In a PEM from an environment variable, line breaks may be written
            as backslash and n, or all of it be in Base64.
        password: of the PEM, if it has one; of several, of each.

    Raises:
        ValueError: it is no RSA key, or not with this password.
        MissingExtra: `cryptography` is not installed: `pip install 'vapi-async[crypto]'`.
    """

    def __init__(self, private_key: PrivateKey | Sequence[PrivateKey], password: str | bytes | None = None) -> None:
        self._keys = [_load_key(key, password) for key in _several(private_key)]
        padding = load("cryptography.hazmat.primitives.asymmetric.padding", "crypto")
        sha256 = load("cryptography.hazmat.primitives.hashes", "crypto").SHA256
        self._padding = padding.OAEP(mgf=padding.MGF1(sha256()), algorithm=sha256(), label=None)

    def __repr__(self) -> str:
        return f"Decryptor({', '.join(f'{key.key_size} bits' for key in self._keys)})"

    def decrypt(self, arguments: Mapping[str, Any], paths: Sequence[str]) -> dict[str, Any]:
        """Return the arguments with the values at `paths` decrypted, as text; those given stay as they are.

        Args:
            arguments: the arguments of a tool as Vapi sent them.
            paths: as in the server's `encryptedPaths`: names joined by dots, from the arguments on (`card.number`); a
                root `$.` and brackets (`people[0].ssn`) are understood as well. In a list, a number is an index and `*`
                stands for every item; a name is looked up in every item. What a path leads to may be missing or null,
                as optional arguments are.

        Raises:
            DecryptionError: a value is not text, or not Base64 of what was encrypted for one of the keys; or what
                should contain it came as a text.
            ValueError: a path is none.
            TypeError: `paths` is a single text.
        """
        if isinstance(paths, str):
            raise TypeError("paths must be a sequence of paths, not one")
        plain = dict(arguments)
        copies: dict[Location, Any] = {(): plain}
        for location in _locations(arguments, paths):
            container, key = _copy_at(copies, location[:-1]), location[-1]
            container[key] = self._decrypt_text(container[key], location)
        return plain

    def _decrypt_text(self, value: Any, location: Location) -> str:
        for key in self._keys:
            try:
                # Base64 as many programs write it has a line break after 64 or 76 characters.
                data = decode_base64(b"".join(value.encode().split()))
                return str(key.decrypt(data, self._padding), "utf-8")
            except (AttributeError, ValueError):
                continue
        where = ".".join(map(str, location))
        # One message for every cause: which of them it was would help whoever tries out ciphertexts.
        raise DecryptionError(f"the argument {where!r} cannot be decrypted with this key") from None


def parse_path(path: str) -> tuple[str, ...]:
    """Return the parts of a path: names, indices, and `*` for every item of a list.

    Args:
        path: such as `card.number`, `$.card.number`, `people[0].ssn`, `people[*].ssn` or `people.0.ssn`.

    Raises:
        ValueError: it is no path.
    """
    if not _PATH.fullmatch(path):
        raise ValueError(
            f"paths has {path!r}; a path is names joined by dots, such as 'card.number' or 'cards[0].number'"
        )
    return tuple(name or index for name, index in _PART.findall(path.removeprefix("$").removeprefix(".")))


def _several(private_key: Any) -> Sequence[PrivateKey]:
    keys: Sequence[PrivateKey] = private_key if isinstance(private_key, (list, tuple)) else [private_key]
    if not keys:
        raise ValueError("private_key is empty: give the key that belongs to the credential's public key")
    return keys


def _load_key(private_key: PrivateKey, password: str | bytes | None) -> Any:
    rsa = load("cryptography.hazmat.primitives.asymmetric.rsa", "crypto")
    key: Any = private_key
    if isinstance(private_key, str | bytes):
        key = _load_pem(_pem(_bytes(private_key)), None if password is None else _bytes(password))
    elif password is not None:
        raise ValueError("password is for a key in PEM, and private_key is loaded already: leave it out")
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("private_key must be an RSA private key, in PEM or loaded by cryptography")
    return key


def _load_pem(pem: bytes, password: bytes | None) -> Any:
    serialization = load("cryptography.hazmat.primitives.serialization", "crypto")
    unsupported = load("cryptography.exceptions", "crypto").UnsupportedAlgorithm
    try:
        return serialization.load_pem_private_key(pem, password)
    except TypeError:
        wanted = "is encrypted: give its password" if password is None else "is not encrypted: leave the password out"
        raise ValueError(f"private_key {wanted}") from None
    except (ValueError, unsupported):
        raise ValueError("private_key cannot be read: it must be a private key in PEM, its password right") from None


def _pem(text: bytes) -> bytes:
    """Return a PEM as files have it; environment variables often hold it without line breaks."""
    pem = text.strip().replace(b"\\r", b"").replace(b"\\n", b"\n")
    if b"-----BEGIN" not in pem:
        with suppress(ValueError):
            return decode_base64(b"".join(pem.split()))
    return pem


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _locations(arguments: Mapping[str, Any], paths: Sequence[str]) -> list[Location]:
    """Return where the values are that the paths lead to, each once, even if several paths do."""
    found: dict[Location, None] = {}
    for path in paths:
        found.update(dict.fromkeys(_find(arguments, parse_path(path), path)))
    return list(found)


def _find(value: Any, parts: Sequence[str], path: str) -> Iterator[Location]:
    if value is None:
        return
    if not parts:
        yield ()
        return
    for key, rest in _matching_keys(value, parts, path):
        for location in _find(value[key], rest, path):
            yield (key, *location)


def _matching_keys(value: Any, parts: Sequence[str], path: str) -> list[tuple[str | int, Sequence[str]]]:
    """Return the keys of `value` that the first part stands for, each with the parts that are left after it."""
    first, rest = parts[0], parts[1:]
    if isinstance(value, Mapping):
        return [(first, rest)] if first in value else []
    if isinstance(value, str):
        # Such as an object that came as JSON text: what is encrypted within it would pass as it is.
        raise DecryptionError(f"the argument {path!r} cannot be reached: what should contain it came as a text")
    if not isinstance(value, list):
        return []
    if first.isdecimal():
        return [(int(first), rest)] if int(first) < len(value) else []
    return [(index, rest if first == ANY_ITEM else parts) for index in range(len(value))]


def _copy_at(copies: dict[Location, Any], location: Location) -> Any:
    """Return the copy of the list or object at `location`, made and put in place if it is not among `copies` yet."""
    if location not in copies:
        above, key = _copy_at(copies, location[:-1]), location[-1]
        copies[location] = above[key] = copy(above[key])
    return copies[location]
