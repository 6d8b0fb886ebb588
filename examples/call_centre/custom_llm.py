"""A language model of your own: an endpoint that Vapi sends chat completions to, and that streams its answer.

    python -m examples.call_centre.custom_llm          offline
    python -m examples.call_centre.custom_llm --live   needs VAPI_API_KEY, VAPI_PHONE_NUMBER_ID, VAPI_CALL_TO,
                                                       VAPI_SERVER_URL (of a tunnel to port 8000), VAPI_SERVER_SECRET

Vapi sends what OpenAI's clients send to `{url}/chat/completions`, and with it `metadata`, `call`, `customer` and
`phoneNumber`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx

from examples.call_centre.tunnel import SERVER
from examples.kit import DIALLING, Settings, run
from vapi_async.sandbox import assistant, user
from vapi_async.webhooks import CompletionRequest, CustomLLM, bearer

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async.sandbox import Sandbox

PLAN = """\
This calls {VAPI_CALL_TO} from phone number {VAPI_PHONE_NUMBER_ID}, which costs money. What the assistant says comes
from {VAPI_SERVER_URL}. The call stays in your call log."""
SETTINGS = {**DIALLING, **SERVER}
QUESTION = "Which plan do I have?"
METADATA = {"plan": "gold"}


async def answer(request: CompletionRequest) -> AsyncIterator[str]:
    """Yield the answer in pieces, as soon as each is there. This is where your model goes.

    Args:
        request: What Vapi sent: `messages`, `tools`, `temperature`, and of the call `metadata`, `call`, `customer`.
    """
    said = next((m["content"] for m in reversed(request.messages) if m["role"] == "user"), "")
    name = (request.customer.name if request.customer else None) or "there"
    plan = request.metadata.get("plan")
    text = f"Hi {name}, you have the {plan} plan." if plan and "plan" in said.lower() else f"You said: {said}"
    for word in text.split(" "):
        yield f"{word} "


def custom_llm(secret: str) -> CustomLLM:
    """Make the ASGI app.

    Args:
        secret: The bearer token that Vapi sends.
    """
    return CustomLLM(answer, verify=bearer(secret))


async def rehearse(app: CustomLLM, secret: str, question: str = QUESTION) -> str:
    """Ask the endpoint as Vapi does, without Vapi, and return what it says."""
    body = {
        "model": "mine",
        "stream": True,
        "messages": [{"role": "user", "content": question}],
        "metadata": METADATA,
        "customer": {"number": "+15551234567", "name": "Ada"},
    }
    headers = {"authorization": f"Bearer {secret}"}
    said = ""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://llm.example") as http:
        reply = (await http.post("/chat/completions", json=body, headers=headers)).raise_for_status()
        for line in reply.text.splitlines():
            if line.startswith("data: {"):
                said += json.loads(line.removeprefix("data: "))["choices"][0]["delta"].get("content", "")
    return said.strip()


async def talk_to_it(vapi: AsyncVapi, settings: Settings) -> None:
    """Rehearse, and place a call in which it is the model."""
    secret = settings["VAPI_SERVER_SECRET"]
    print(f"rehearsal  {QUESTION} -> {await rehearse(custom_llm(secret), secret)}\n")

    model = {
        "provider": "custom-llm",
        "url": settings["VAPI_SERVER_URL"],  # without /chat/completions
        "model": "mine",
        "headers": {"Authorization": f"Bearer {secret}"},
        "metadataSendMode": "variable",  # sends `metadata`, `call` and `customer`
        "timeoutSeconds": 10,  # to the first word
    }
    call = await vapi.calls.create(
        name="Custom LLM",
        assistant={"firstMessage": "Hello!", "model": model, "metadata": METADATA, "maxDurationSeconds": 120},
        phone_number_id=settings["VAPI_PHONE_NUMBER_ID"],
        customer={"number": settings["VAPI_CALL_TO"], "name": "Ada"},
    )
    call = await vapi.calls.wait(call)
    print(call.artifact.transcript if call.artifact else call.ended_reason)


def app(settings: Settings) -> CustomLLM:
    """The app of this example's settings."""
    return custom_llm(settings["VAPI_SERVER_SECRET"])


async def offline_customer(sandbox: Sandbox) -> None:
    """A customer with a question. The sandbox asks no model, so its assistant says what the endpoint answers here."""
    sandbox.script([user(QUESTION), assistant(await rehearse(custom_llm("x"), "x"))])


if __name__ == "__main__":
    run(talk_to_it, plan=PLAN, settings=SETTINGS, prepare=offline_customer, app=app)
