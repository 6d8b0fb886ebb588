"""How the sandbox proves to a server who it is: the header fields of one delivery.

Independent of the verifiers of `vapi_async.webhooks`, so that each is a test of the other. The settings are those of
the contract (`HMACAuthenticationPlan`, `BearerAuthenticationPlan`), and `secret`, which the API still takes.

A signature carries the real time of day, even where the sandbox's clock is virtual: its receiver's is not.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

Plan = Mapping[str, Any]

_ALGORITHMS = ("sha1", "sha256", "sha512")


def check(plan: Plan) -> Plan:
    """Return a plan if deliveries can be signed by it.

    Raises:
        ValueError: they cannot.
    """
    match plan.get("type"):
        case "bearer" if plan.get("token"):
            return plan
        case "hmac" if plan.get("secretKey") and plan.get("algorithm", "sha256") in _ALGORITHMS:
            return plan
        case unknown:
            raise ValueError(
                "credential: the plan must be {'type': 'bearer', 'token': …} or {'type': 'hmac', 'secretKey': …, "
                f"'algorithm': 'sha256' | 'sha512' | 'sha1'}}; got one of type {unknown!r}"
            )


def proof(server: Mapping[str, Any], plan: Plan | None, body: bytes, *, url: str, message_id: str) -> dict[str, str]:
    """Return the header fields that sign a delivery.

    Args:
        server: A `Server` of the contract; `secret` and `headers` count here.
        plan: The authentication plan of its credential, if it names one.
        body: What is sent.
        url: Where.
        message_id: The id of this delivery, for plans that sign one.
    """
    fields: dict[str, str] = {}
    if server.get("secret"):
        fields["x-vapi-secret"] = server["secret"]
    if plan is not None:
        fields |= _bearer(plan) if plan["type"] == "bearer" else _hmac(plan, body, url, message_id)
    # The headers of the server come last: they replace what was made here.
    given = {str(name).lower(): str(value) for name, value in (server.get("headers") or {}).items()}
    return {name.lower(): value for name, value in fields.items()} | given


def _bearer(plan: Plan) -> dict[str, str]:
    prefix = "Bearer " if plan.get("bearerPrefixEnabled", True) else ""
    return {plan.get("headerName", "Authorization"): prefix + plan["token"]}


def _hmac(plan: Plan, body: bytes, url: str, message_id: str) -> dict[str, str]:
    timestamp = str(int(time.time()))
    fields = {}
    timed = plan.get("includeTimestamp", True)
    if timed:
        fields[plan.get("timestampHeader", "x-timestamp")] = timestamp
    if "messageIdHeader" in plan:
        fields[plan["messageIdHeader"]] = message_id
    payload = plan.get("payloadFormat", "{timestamp}.{body}" if timed else "{body}")
    signed = _filled(payload, {"timestamp": timestamp, "method": "POST", "url": url, "svix-id": message_id}, body)
    secret = plan["secretKey"]
    key = b64decode(secret) if plan.get("secretIsBase64") else secret.encode()
    digest = hmac.new(key, signed, getattr(hashlib, plan.get("algorithm", "sha256"))).digest()
    text = b64encode(digest).decode() if plan.get("signatureEncoding") == "base64" else digest.hex()
    fields[plan.get("signatureHeader", "x-signature")] = plan.get("signaturePrefix", "") + text
    return fields


def _filled(template: str, values: Mapping[str, str], body: bytes) -> bytes:
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    # Joined as bytes: a body need not be text in order to be signed.
    return body.join(part.encode() for part in template.split("{body}"))
