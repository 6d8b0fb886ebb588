"""How the sandbox proves to a server who it is: the header fields of one delivery.

Independent of the verifiers of `vapi_async.webhooks`, so that each is a test of the other. The settings are those of
the contract (`HMACAuthenticationPlan`, `BearerAuthenticationPlan`, `OAuth2AuthenticationPlan`), and `secret`, which the
API still takes. A null says as much as nothing.

A signature carries the real time of day, even where the sandbox's clock is virtual: its receiver's is not.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

Plan = Mapping[str, Any]

_ALGORITHMS = ("sha1", "sha256", "sha512")
_SVIX = "whsec_"
_MESSAGE_ID = "{svix-id}"
_TIMESTAMP = "{timestamp}"


def check(given: Plan) -> Plan:
    """Return a plan, without its nulls, if deliveries can be signed by it.

    Raises:
        ValueError: they cannot.
    """
    plan = {name: value for name, value in given.items() if value is not None}
    match plan.get("type"):
        case "bearer" if plan.get("token"):
            return plan
        case "oauth2" if plan.get("url") and plan.get("clientId") and plan.get("clientSecret"):
            return plan
        case "hmac" if plan.get("secretKey") and plan.get("algorithm", "sha256") in _ALGORITHMS:
            _check_format(plan)
            return plan
        case unknown:
            raise ValueError(
                "credential: the plan must be {'type': 'bearer', 'token': …}, {'type': 'oauth2', 'url': …, 'clientId': "
                "…, 'clientSecret': …} or {'type': 'hmac', 'secretKey': …, 'algorithm': 'sha256' | 'sha512' | "
                f"'sha1'}}; got one of type {unknown!r}"
            )


def _check_format(plan: Plan) -> None:
    if _TIMESTAMP in plan.get("payloadFormat", "") and not plan.get("includeTimestamp", True):
        raise ValueError("credential: payloadFormat has {timestamp}, but includeTimestamp is false: leave one out")
    _key(plan)


def proof(server: Mapping[str, Any], plan: Plan | None, body: bytes, *, url: str, message_id: str) -> dict[str, str]:
    """Return the header fields that sign a delivery.

    Args:
        server: A `Server` of the contract; `secret` and `headers` count here.
        plan: The authentication plan of its credential, if it names one: that of OAuth2 with an `access_token`.
        body: What is sent.
        url: Where.
        message_id: The id of this delivery, for plans that sign one.
    """
    fields: dict[str, str] = {}
    if server.get("secret"):
        fields["x-vapi-secret"] = server["secret"]
    if plan is not None:
        fields |= _of_plan(plan, body, url, message_id)
    # The headers of the server come last: they replace what was made here.
    given = {str(name).lower(): str(value) for name, value in (server.get("headers") or {}).items()}
    return {name.lower(): value for name, value in fields.items()} | given


def _of_plan(plan: Plan, body: bytes, url: str, message_id: str) -> dict[str, str]:
    if plan["type"] == "hmac":
        return _hmac(plan, body, url, message_id)
    return {"authorization": f"Bearer {plan['access_token']}"} if plan["type"] == "oauth2" else _bearer(plan)


def _bearer(plan: Plan) -> dict[str, str]:
    prefix = "Bearer " if plan.get("bearerPrefixEnabled", True) else ""
    return {plan.get("headerName", "Authorization"): prefix + plan["token"]}


def _hmac(plan: Plan, body: bytes, url: str, message_id: str) -> dict[str, str]:
    timestamp = str(int(time.time()))
    fields = {}
    timed = plan.get("includeTimestamp", True)
    if timed:
        fields[plan.get("timestampHeader", "x-timestamp")] = timestamp
    payload = plan.get("payloadFormat", "{timestamp}.{body}" if timed else "{body}")
    # A receiver cannot check an id that it is not told: without a name of its own the header is called as Svix does.
    if "messageIdHeader" in plan or _MESSAGE_ID in payload:
        fields[plan.get("messageIdHeader", "svix-id")] = message_id
    values = {_TIMESTAMP: timestamp, "{method}": "POST", "{url}": url, _MESSAGE_ID: message_id}
    signed = _filled(payload, values, body)
    digest = hmac.new(_key(plan), signed, getattr(hashlib, plan.get("algorithm", "sha256"))).digest()
    text = b64encode(digest).decode() if plan.get("signatureEncoding") == "base64" else digest.hex()
    fields[plan.get("signatureHeader", "x-signature")] = plan.get("signaturePrefix", "") + text
    return fields


def _key(plan: Plan) -> bytes:
    """Return the key of a plan: Base64, where it says so, in either alphabet, padded or not, with Svix's prefix or not.

    Raises:
        ValueError: it is no Base64.
    """
    secret = str(plan["secretKey"])
    if not plan.get("secretIsBase64"):
        return secret.encode()
    plain = secret.strip().removeprefix(_SVIX).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        raise ValueError("credential: secretKey is no Base64, though secretIsBase64 says so") from None


def _filled(template: str, values: Mapping[str, str], body: bytes) -> bytes:
    # Joined as bytes: a body need not be text in order to be signed.
    parts = template.split("{body}")
    for name, value in values.items():
        parts = [part.replace(name, value) for part in parts]
    return body.join(part.encode() for part in parts)
