"""Webhooks in Flask: only what is signed with the right key is taken.

    python -m examples.endpoints.webhook_flask          signs requests itself, and shows what becomes of them
    python -m examples.endpoints.webhook_flask --live   serves http://127.0.0.1:8000/vapi: needs VAPI_WEBHOOK_SECRET

The signature is that of an HMAC credential with its settings as they come: x-signature holds the hexadecimal
HMAC-SHA256 of "{x-timestamp}.{body}". In production a WSGI server runs the app: `gunicorn 'module:create_app("…")'`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
import time
from typing import Any

from flask import Flask

from vapi_async.webhooks import Webhooks, hmac_signature

PLAN = """\
This serves http://127.0.0.1:8000/vapi until Ctrl-C, and prints the calls that end. Let a tunnel lead there, and make it
the URL of a server whose credential has the secret. Nothing is sent to Vapi."""


def create_app(secret: str) -> Flask:
    """Make the app; `secret` is the one of the credential that the server URL has at Vapi."""
    app = Flask(__name__)
    hooks = Webhooks(verify=hmac_signature(secret))

    @hooks.on("end-of-call-report")
    def report(message: Any) -> None:
        print(f"handled  a call that ended: {message.ended_reason}")

    app.add_url_rule("/vapi", view_func=hooks.flask_view(), methods=["POST"])
    return app


def sign(body: bytes, secret: str, timestamp: int) -> dict[str, str]:
    """Make the header fields that Vapi would send with a body."""
    signature = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"x-timestamp": str(timestamp), "x-signature": signature}


def offline() -> None:
    """Send a report as forgers would, and then as Vapi does."""
    print("Offline: the app answers inside this process. With --live it is served.\n")
    client = create_app("a-secret").test_client()
    now = int(time.time())
    message = {"type": "end-of-call-report", "endedReason": "customer-ended-call", "artifact": {}, "analysis": {}}
    body = json.dumps({"message": message}).encode()
    changed = body.replace(b"customer", b"assistant")
    deliveries = {
        "unsigned": (body, {}),
        "wrong key": (body, sign(body, "another-secret", now)),
        "changed": (changed, sign(body, "a-secret", now)),
        "an hour old": (body, sign(body, "a-secret", now - 3600)),
        "signed": (body, sign(body, "a-secret", now)),
    }
    for name, (content, headers) in deliveries.items():
        with client.post("/vapi", data=content, headers=headers, content_type="application/json") as response:
            print(f"{name:<12} -> {response.status}")


def live() -> None:
    """Serve the app."""
    secret = os.environ.get("VAPI_WEBHOOK_SECRET")
    if not secret:
        sys.exit(f"--live needs VAPI_WEBHOOK_SECRET in the environment.\n{PLAN}")
    print(PLAN)
    create_app(secret).run(port=8000)


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--live"]):
        sys.exit(__doc__)
    live() if "--live" in sys.argv else offline()
