"""What the sandbox signs, the SDK's verifiers accept: the two were written apart."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs

import anyio
import pytest
from hypothesis import given, strategies as st

from tests.sandbox.world import Server, World
from vapi_async import webhooks
from vapi_async.sandbox.deliveries.signing import check, proof
from vapi_async.webhooks import Webhooks, bearer, from_plan, oauth2, shared_secret

URL = "https://me.example/hook"


async def status(hooks: Webhooks, server: dict[str, Any], plan: dict[str, Any] | None = None) -> int:
    world = World({"url": URL, **server})
    world.deliveries.connect(URL, hooks)
    if plan is not None:
        world.deliveries.credential("cred", plan)
    await world.dial()
    await world.clock.advance(0)
    return world.deliveries[0].status


async def test_a_secret_goes_as_it_is() -> None:
    assert await status(Webhooks(verify=shared_secret("s3cret")), {"secret": "s3cret"}) == 200
    assert await status(Webhooks(verify=shared_secret("s3cret")), {"secret": "other"}) == 401
    assert await status(Webhooks(verify=shared_secret("s3cret")), {}) == 401


@pytest.mark.parametrize(
    ("plan", "verifier"),
    [
        ({}, bearer("t0ken")),
        ({"headerName": "X-Own"}, bearer("t0ken", header="X-Own")),
        ({"headerName": "X-Vapi-Secret", "bearerPrefixEnabled": False}, shared_secret("t0ken")),
    ],
)
async def test_a_bearer_token(plan: dict[str, Any], verifier: Any) -> None:
    full = {"type": "bearer", "token": "t0ken", **plan}
    assert await status(Webhooks(verify=verifier), {"credentialId": "cred"}, full) == 200
    assert await status(Webhooks(verify=verifier), {"credentialId": "cred"}, full | {"token": "other"}) == 401


async def test_own_headers_go_before_the_credential() -> None:
    server = {"credentialId": "cred", "headers": {"Authorization": "Bearer own"}}
    plan = {"type": "bearer", "token": "t0ken"}
    assert await status(Webhooks(verify=bearer("own")), server, plan) == 200


KEY = b"\xfb\xff\xfek3y-of-a-length"
CODED = b64encode(KEY).decode()

HMAC_PLANS = st.fixed_dictionaries(
    {"type": st.just("hmac"), "secretKey": st.just("k3y"), "algorithm": st.sampled_from(["sha1", "sha256", "sha512"])},
    optional={
        "signatureHeader": st.just("x-own-signature"),
        "timestampHeader": st.just("x-own-time"),
        "signaturePrefix": st.just("sha256="),
        "signatureEncoding": st.sampled_from(["hex", "base64"]),
        "messageIdHeader": st.just("x-own-id"),
        "payloadFormat": st.sampled_from(
            [
                "{timestamp}.{body}",
                "{timestamp}:{method}:{url}:{body}",
                "{body}.{timestamp}",
                "{svix-id}.{timestamp}.{body}",
                "{body}{body}",
                None,
            ]
        ),
    },
)
SECRETS = [
    None,
    CODED,
    CODED.rstrip("="),
    CODED.replace("+", "-").replace("/", "_"),
    CODED.replace("+", "-").replace("/", "_").rstrip("="),
    f"whsec_{CODED}",
]


@given(HMAC_PLANS, st.sampled_from(SECRETS), st.booleans())
def test_hmac_signatures_with_every_setting(plan: dict[str, Any], coded: str | None, timed: bool) -> None:
    if coded is not None:
        plan = plan | {"secretIsBase64": True, "secretKey": coded}
    if not timed:
        plan = plan | {"includeTimestamp": False}
        if "{timestamp}" in (plan.get("payloadFormat") or ""):
            plan["payloadFormat"] = "{body}"

    async def main() -> None:
        hooks = Webhooks(verify=from_plan(plan), public_url=URL)
        assert await status(hooks, {"credentialId": "cred"}, plan) == 200
        other = plan | {"secretKey": b64encode(b"other").decode()}
        assert await status(hooks, {"credentialId": "cred"}, other) == 401

    anyio.run(main)


async def test_a_signature_without_a_time() -> None:
    plan = {
        "type": "hmac",
        "secretKey": "k3y",
        "algorithm": "sha256",
        "includeTimestamp": False,
        "payloadFormat": "{body}",
    }
    assert await status(Webhooks(verify=from_plan(plan)), {"credentialId": "cred"}, plan) == 200


async def test_a_signature_with_a_message_id() -> None:
    plan = {
        "type": "hmac",
        "secretKey": "k3y",
        "algorithm": "sha256",
        "messageIdHeader": "svix-id",
        "payloadFormat": "{svix-id}.{timestamp}.{body}",
    }
    assert await status(Webhooks(verify=from_plan(plan)), {"credentialId": "cred"}, plan) == 200


async def test_a_plan_may_be_a_model() -> None:
    from vapi_async.models import BearerAuthenticationPlan

    world = World()
    world.deliveries.credential("cred", BearerAuthenticationPlan(token="t0ken"))
    record = await world.deliveries.send({"url": URL, "credentialId": "cred"}, {"type": "hang"}, call_id=None)
    assert record.headers["authorization"] == "Bearer t0ken"


class TokenServer:
    """An ASGI application that gives out tokens, another each time."""

    def __init__(self, status: int = 200, **more: Any) -> None:
        self.status = status
        self.more = more
        self.forms: list[dict[str, list[str]]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.forms.append(parse_qs((await receive())["body"].decode()))
        answer = {"access_token": f"token-{len(self.forms)}", "token_type": "Bearer", **self.more}
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


OAUTH2 = {"type": "oauth2", "url": "https://auth.example/token", "clientId": "me", "clientSecret": "s", "scope": "a b"}


async def test_a_token_is_asked_for_and_kept_until_it_runs_out() -> None:
    world, tokens = World({"url": URL, "credentialId": "cred"}), TokenServer(expires_in=60)
    world.deliveries.connect("https://auth.example", tokens)
    world.deliveries.connect(URL, Server())
    world.deliveries.credential("cred", OAUTH2)

    async def sent() -> str | None:
        record = await world.deliveries.send({"url": URL, "credentialId": "cred"}, {"type": "hang"}, call_id=None)
        return record.headers.get("authorization")

    assert [await sent(), await sent()] == ["Bearer token-1"] * 2
    await world.clock.advance(60)
    assert await sent() == "Bearer token-2"
    assert tokens.forms[0] == {
        "grant_type": ["client_credentials"], "client_id": ["me"], "client_secret": ["s"], "scope": ["a b"],
    }  # fmt: skip
    assert [delivery.type for delivery in world.deliveries] == ["oauth2-token", "hang", "hang", "oauth2-token", "hang"]


@pytest.mark.parametrize("tokens", [TokenServer(401), TokenServer(access_token=5)])
async def test_without_a_token_it_is_sent_nevertheless(tokens: TokenServer) -> None:
    world = World()
    world.deliveries.connect("https://auth.example", tokens)
    world.deliveries.credential("cred", OAUTH2)
    record = await world.deliveries.send({"url": URL, "credentialId": "cred"}, {"type": "hang"}, call_id=None)
    assert "authorization" not in record.headers


async def test_an_oauth2_token_is_checked_by_the_verifier() -> None:
    world = World({"url": URL, "credentialId": "cred"})
    world.deliveries.connect("https://auth.example", TokenServer())
    world.deliveries.connect(URL, Webhooks(verify=oauth2(lambda token: token == "token-1")))
    world.deliveries.credential("cred", OAUTH2)
    await world.dial()
    await world.clock.advance(0)
    assert world.deliveries.of("status-update")[0].status == 200


async def test_an_id_that_is_signed_is_told() -> None:
    plan = {"type": "hmac", "secretKey": "k", "algorithm": "sha256", "payloadFormat": "{svix-id}.{body}"}
    assert await status(Webhooks(verify=from_plan(plan)), {"credentialId": "cred"}, plan) == 200


@pytest.mark.parametrize(
    "plan",
    [
        {"includeTimestamp": False, "payloadFormat": "{timestamp}.{body}"},
        {"secretIsBase64": True, "secretKey": "no Base64!"},
    ],
)
def test_a_plan_that_contradicts_itself(plan: dict[str, Any]) -> None:
    full = {"type": "hmac", "secretKey": "k", "algorithm": "sha256", **plan}
    with pytest.raises(ValueError, match="credential:"):
        World().deliveries.credential("cred", full)
    with pytest.raises(ValueError, match=r"\{timestamp\}|Base64"):
        from_plan(full)


@pytest.mark.parametrize(
    "plan",
    [
        {},
        {"type": "bearer"},
        {"type": "oauth2", "url": "https://x"},
        {"type": "hmac", "secretKey": "k", "algorithm": "md5"},
    ],
)
def test_what_is_no_plan_is_refused(plan: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="credential: the plan must be"):
        World().deliveries.credential("cred", plan)


def test_the_verifiers_are_those_of_the_package() -> None:
    assert webhooks.shared_secret is shared_secret


@pytest.mark.parametrize(
    ("plan", "names"),
    [
        ({}, {"x-signature", "x-timestamp"}),
        ({"includeTimestamp": False}, {"x-signature"}),
        ({"timestampHeader": "X-Sent", "signatureHeader": "X-Proof"}, {"x-proof", "x-sent"}),
        ({"messageIdHeader": "X-Id"}, {"x-signature", "x-timestamp", "x-id"}),
        ({"payloadFormat": "{svix-id}.{body}"}, {"x-signature", "x-timestamp", "svix-id"}),
    ],
)
def test_no_more_is_sent_than_a_plan_says(plan: dict[str, Any], names: set[str]) -> None:
    fields = proof({}, {"type": "hmac", "secretKey": "k", **plan}, b"{}", url=URL, message_id="m1")
    assert fields.keys() == names
    assert {fields[name] for name in names & {"x-id", "svix-id"}} <= {"m1"}


@pytest.mark.parametrize(
    ("plan", "part"),
    [
        ({"type": "bearer", "token": "t"}, "token"),
        *((OAUTH2, part) for part in ("url", "clientId", "clientSecret")),
        ({"type": "hmac", "secretKey": "k", "algorithm": "sha512"}, "secretKey"),
    ],
)
@pytest.mark.parametrize("without", [None, ""])
def test_a_plan_that_lacks_a_part_signs_nothing(plan: dict[str, Any], part: str, without: str | None) -> None:
    assert check(plan) == plan
    with pytest.raises(ValueError, match=f"credential: the plan must be .* got one of type '{plan['type']}'"):
        check({**plan, part: without})
