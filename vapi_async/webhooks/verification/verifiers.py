"""Who a delivery is from: the verifiers of every way in which a credential can authenticate Vapi, and `verify`.

A verifier is a callable on a `Delivery` that says whether it accepts it. It looks at raw bytes only, compares in
constant time, and whatever a stranger sends, it answers False, and never raises. Several verifiers are alternatives, as
are several secrets of one: that is how a secret is changed without losing a message in between.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, cast

from attrs import field, frozen

from vapi_async._lazy import exported_by
from vapi_async.errors import VerificationError
from vapi_async.webhooks.delivery import Delivery, Verifier, header_name

from .hmac_signature import DEFAULT_TOLERANCE, HmacSignature, hmac_signature, vapi_signature
from .secret_values import Secrets, header_secrets, matches_any

if TYPE_CHECKING:
    from vapi_async._modeling.model import Model


@exported_by("vapi_async.webhooks")
async def verify(delivery: Delivery, verifiers: Sequence[Verifier]) -> None:
    """Return if any of the verifiers accepts the delivery; they are asked in their order.

    Raises:
        VerificationError: none does; so it is too if there is none.
    """
    for verifier in verifiers:
        accepted = verifier(delivery)
        if isawaitable(accepted):
            accepted = await accepted
        if accepted:
            return
    asked = ", ".join(map(_label, verifiers)) or "none"
    raise VerificationError(f"no verifier accepts this delivery; asked: {asked}")


@frozen(eq=False)
class HeaderSecret:
    """Verifier of a secret that comes as it is in a header; see `shared_secret` and `bearer`."""

    secrets: tuple[bytes, ...] = field(repr=False)
    header: str
    prefix: str

    def __call__(self, delivery: Delivery) -> bool:
        sent = _after_prefix(delivery.header(self.header), self.prefix)
        return sent is not None and matches_any(sent.encode("latin-1"), self.secrets)


@frozen(eq=False)
class OAuth2Token:
    """Verifier of an access token, by a callable of the app; see `oauth2`."""

    check: Callable[[str], bool | Awaitable[bool]] = field(repr=False)

    async def __call__(self, delivery: Delivery) -> bool:
        token = _after_prefix(delivery.header("Authorization"), "Bearer")
        if token is None:
            return False
        accepted = self.check(token)
        return bool(await accepted if isawaitable(accepted) else accepted)


@exported_by("vapi_async.webhooks")
def shared_secret(secret: Secrets, *, header: str = "X-Vapi-Secret") -> HeaderSecret:
    """Return a verifier of a secret sent as it is: the inline `secret` of a server, or a bearer without prefix.

    Args:
        secret: the secret, or several of which any will do.
        header: the header that carries it. A delivery where it is repeated is refused.

    Raises:
        ValueError: a secret or the header's name is empty, or has space around it.
        TypeError: a secret is neither text nor bytes.
    """
    return HeaderSecret(header_secrets(secret, "secret"), header_name(header, "header"), "")


@exported_by("vapi_async.webhooks")
def bearer(token: Secrets, *, header: str = "Authorization", prefix: str = "Bearer") -> HeaderSecret:
    """Return a verifier of a fixed token (schema `BearerAuthenticationPlan`).

    Args:
        token: the token, or several of which any will do.
        header: the header that carries it. A delivery where it is repeated is refused.
        prefix: the word before the token, read in any case; empty if the credential has its prefix disabled.

    Raises:
        ValueError: a token or the header's name is empty, or has space around it.
        TypeError: a token is neither text nor bytes.
    """
    return HeaderSecret(header_secrets(token, "token"), header_name(header, "header"), prefix.strip())


@exported_by("vapi_async.webhooks")
def oauth2(check: Callable[[str], bool | Awaitable[bool]]) -> OAuth2Token:
    """Return a verifier of access tokens (schema `OAuth2AuthenticationPlan`), which the app's own server issued.

    Args:
        check: is given the token from `Authorization: Bearer …`, not empty, and says whether it is valid; if it is an
            async function, it is awaited. What it raises is passed on, and no further verifier is asked. If it is a
            plain function, the event loop waits for it.

    Raises:
        TypeError: `check` cannot be called.
    """
    if not callable(check):
        raise TypeError("check must be a function of the access token")
    return OAuth2Token(check)


@exported_by("vapi_async.webhooks")
def from_plan(
    plan: Model | Mapping[str, Any], *, tolerance: float | None = DEFAULT_TOLERANCE, url: str | None = None
) -> HeaderSecret | HmacSignature:
    """Return the verifier that fits the authentication plan of a credential.

    Args:
        plan: a `BearerAuthenticationPlan` or an `HMACAuthenticationPlan`, or one as JSON in the API's spelling. What it
            leaves out, or has as null, is what Vapi takes by default.
        tolerance: as in `hmac_signature`, in seconds: the plan says nothing about it.
        url: as in `hmac_signature`.

    Raises:
        ValueError: the plan is of another type, or a setting is missing or out of its range.
        TypeError: its secret is no text.
    """
    plan_type = plan.get("type")
    if plan_type == "bearer":
        return _bearer_of(plan)
    if plan_type == "hmac":
        return _hmac_of(plan, tolerance, url)
    if plan_type == "oauth2":
        raise ValueError("plan is of type 'oauth2', whose tokens only your own server can check: use oauth2(check)")
    raise ValueError(f"plan is of type {plan_type!r}; it must be an authentication plan of type 'bearer' or 'hmac'")


def _bearer_of(plan: Model | Mapping[str, Any]) -> HeaderSecret:
    prefix = "" if plan.get("bearerPrefixEnabled") is False else "Bearer"
    return bearer(_required(plan, "token"), header=_or_default(plan.get("headerName"), "Authorization"), prefix=prefix)


def _hmac_of(plan: Model | Mapping[str, Any], tolerance: float | None, url: str | None) -> HmacSignature:
    return hmac_signature(
        _required(plan, "secretKey"),
        algorithm=_required(plan, "algorithm"),
        signature_header=_or_default(plan.get("signatureHeader"), "x-signature"),
        timestamp_header=_or_default(plan.get("timestampHeader"), "x-timestamp"),
        include_timestamp=_or_default(plan.get("includeTimestamp"), True),
        payload_format=plan.get("payloadFormat"),
        signature_prefix=_or_default(plan.get("signaturePrefix"), ""),
        message_id_header=_or_default(plan.get("messageIdHeader"), "svix-id"),
        encoding=_or_default(plan.get("signatureEncoding"), "hex"),
        secret_is_base64=_or_default(plan.get("secretIsBase64"), False),
        tolerance=tolerance,
        url=url,
    )


def _required(plan: Model | Mapping[str, Any], key: str) -> Any:
    value = plan.get(key)
    if value is None:
        raise ValueError(f"plan lacks {key!r}")
    return value


def _or_default(value: Any, default: Any) -> Any:
    return default if value is None else value


def _label(verifier: Verifier) -> str:
    # No repr: that of a partial shows its arguments, which may be secrets.
    return str(getattr(verifier, "__name__", type(verifier).__name__))


def _after_prefix(value: str | None, prefix: str) -> str | None:
    """Return what follows the word `prefix`; None if the value does not begin with it."""
    if value is None or not prefix:
        return value
    word, rest = value[: len(prefix)], value[len(prefix) :]
    return rest.strip(" ") if word.lower() == prefix.lower() and rest.startswith(" ") else None


_FACTORIES = (bearer, from_plan, hmac_signature, oauth2, shared_secret, vapi_signature)


def check_verifiers(given: Any) -> tuple[Verifier, ...]:
    """Return the verifiers that `Webhooks(verify=...)` was given, one or several.

    Raises:
        TypeError: one is no verifier, but perhaps what makes one.
        ValueError: there is none.
    """
    verifiers = (given,) if callable(given) else tuple(given) if isinstance(given, (list, tuple)) else None
    if verifiers is None or not all(callable(one) for one in verifiers):
        raise TypeError("verify must be a verifier, such as shared_secret('...'), a list of them, or None")
    # `verify=shared_secret` is callable, too, and would fail on every delivery.
    bare = [factory.__name__ for factory in _FACTORIES if any(one is factory for one in verifiers)]
    if bare:
        raise TypeError(f"verify has {bare[0]} itself: call it, such as {bare[0]}('...')")
    if not verifiers:
        raise ValueError("verify is empty, so that nothing would be accepted; verify=None accepts everything")
    return cast("tuple[Verifier, ...]", verifiers)
