"""What the sandbox signs, the SDK's verifiers accept: the two were written apart."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import anyio
import pytest
from hypothesis import given, strategies as st

from tests.sandbox.world import World
from vapi_async import webhooks
from vapi_async.webhooks import Webhooks, bearer, from_plan, shared_secret

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


HMAC_PLANS = st.fixed_dictionaries(
    {"type": st.just("hmac"), "secretKey": st.just("k3y"), "algorithm": st.sampled_from(["sha1", "sha256", "sha512"])},
    optional={
        "signatureHeader": st.just("x-own-signature"),
        "timestampHeader": st.just("x-own-time"),
        "signaturePrefix": st.just("sha256="),
        "signatureEncoding": st.sampled_from(["hex", "base64"]),
        "payloadFormat": st.sampled_from(
            ["{timestamp}.{body}", "{timestamp}:{method}:{url}:{body}", "{body}.{timestamp}"]
        ),
    },
)


@given(HMAC_PLANS, st.booleans())
def test_hmac_signatures_with_every_setting(plan: dict[str, Any], coded: bool) -> None:
    if coded:
        plan = plan | {"secretIsBase64": True, "secretKey": b64encode(b"k3y").decode()}

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
