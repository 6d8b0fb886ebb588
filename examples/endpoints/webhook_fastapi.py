"""Webhooks in FastAPI: only what is signed with the right key is taken.

    python -m examples.endpoints.webhook_fastapi          a call of the sandbox tells the app, and so does a forger
    python -m examples.endpoints.webhook_fastapi --live   a real call does

The real one needs VAPI_API_KEY, VAPI_PHONE_NUMBER_ID, VAPI_CALL_TO; VAPI_SERVER_URL, where a tunnel leads to port 8000
of this machine; VAPI_CREDENTIAL_ID, an HMAC credential made in the dashboard with its settings as they come; and its
secret, VAPI_WEBHOOK_SECRET.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
from fastapi import FastAPI

from examples.kit import DIALLING, Settings, run
from vapi_async.webhooks import Webhooks, hmac_signature

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async.sandbox import Sandbox

PLAN = """\
This serves {VAPI_SERVER_URL} on port 8000, calls {VAPI_CALL_TO} from phone number {VAPI_PHONE_NUMBER_ID}, which costs
money, and prints what arrives until the call ends. The call stays in your call log."""
SETTINGS = {
    **DIALLING,
    "VAPI_SERVER_URL": "https://my.app",
    "VAPI_CREDENTIAL_ID": "33333333-4444-4555-8666-777777777777",
    "VAPI_WEBHOOK_SECRET": "a-secret",
}


def create_app(secret: str) -> FastAPI:
    """Make the app; `secret` is the one of the credential that the server URL has at Vapi."""
    app = FastAPI()
    hooks = Webhooks(verify=hmac_signature(secret))

    @hooks.on("status-update")
    async def changed(message: Any) -> None:
        print(f"handled  the call is {message.status}")

    @hooks.on("end-of-call-report")
    async def report(message: Any) -> None:
        print(f"handled  it ended: {message.ended_reason}")

    app.router.routes.append(hooks.route("/vapi"))
    return app


async def forge(secret: str) -> None:
    """Send something that is not from Vapi, to an app like the one that is served."""
    body = {"message": {"type": "status-update", "status": "ended"}}
    transport = httpx.ASGITransport(create_app(secret))
    async with httpx.AsyncClient(transport=transport, base_url="https://my.app") as forger:
        for name, headers in {"unsigned": {}, "forged": {"x-signature": "0" * 64, "x-timestamp": "0"}}.items():
            answer = await forger.post("/vapi", json=body, headers=headers)
            print(f"{name:<8} -> {answer.status_code} {answer.reason_phrase}")


async def webhooks(vapi: AsyncVapi, settings: Settings) -> None:
    """Let forgers try, then place a call whose messages come to the app."""
    await forge(settings["VAPI_WEBHOOK_SECRET"])
    call = await vapi.calls.create(
        assistant={
            "firstMessage": "Hello! This call tests webhooks. Goodbye!",
            "model": {"provider": "openai", "model": "gpt-4o"},
            "endCallPhrases": ["goodbye"],
            "maxDurationSeconds": 60,
            "server": {"url": f"{settings['VAPI_SERVER_URL']}/vapi", "credentialId": settings["VAPI_CREDENTIAL_ID"]},
        },
        phone_number_id=settings["VAPI_PHONE_NUMBER_ID"],
        customer={"number": settings["VAPI_CALL_TO"]},
    )
    await vapi.calls.wait(call, until=lambda call: call.analysis, timeout=180)  # it follows the end of the call


def app_of(settings: Settings) -> FastAPI:
    """The app that is served."""
    return create_app(settings["VAPI_WEBHOOK_SECRET"])


def offline_credential(sandbox: Sandbox) -> None:
    """The credential that the dashboard would have."""
    plan = {"type": "hmac", "secretKey": SETTINGS["VAPI_WEBHOOK_SECRET"], "algorithm": "sha256"}
    sandbox.deliveries.credential(SETTINGS["VAPI_CREDENTIAL_ID"], plan)


if __name__ == "__main__":
    run(webhooks, plan=PLAN, settings=SETTINGS, prepare=offline_credential, app=app_of)
