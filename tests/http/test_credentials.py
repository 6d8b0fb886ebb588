"""Token providers: asked when needed, together, and once."""

from __future__ import annotations

import anyio
import httpx
import pytest

from tests.http.conftest import Runner
from tests.http.stub import Stub
from vapi_async import AsyncVapi, AuthenticationError, ConfigurationError, RequestEvent


class Provider:
    """Gives token-1, token-2 and so on."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        return f"token-{self.asked}"


class Gatekeeper(Stub):
    """Accepts one token only."""

    def __init__(self, accepted: str) -> None:
        super().__init__()
        self.accepted = accepted

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200 if request.headers["authorization"] == f"Bearer {self.accepted}" else 401, json={})


async def test_a_provider_is_asked_on_the_first_request_only() -> None:
    provider = Provider()
    stub = Stub()
    async with stub.client(token=provider) as vapi:
        assert provider.asked == 0
        await vapi.request("GET", "/x")
        await vapi.with_options(retry=0).request("GET", "/x")
    assert provider.asked == 1
    assert stub.last.headers["authorization"] == "Bearer token-1"


async def test_a_provider_may_be_async() -> None:
    async def provider() -> str:
        await anyio.lowlevel.checkpoint()
        return "later"

    stub = Stub()
    async with stub.client(token=provider) as vapi:
        await vapi.request("GET", "/x")
    assert stub.last.headers["authorization"] == "Bearer later"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("retry", [0, 2])
async def test_a_rejected_token_is_renewed_once(method: str, retry: int) -> None:
    provider = Provider()
    door = Gatekeeper("token-2")
    async with door.client(token=provider, retry=retry) as vapi:
        response = await vapi.detailed(vapi.request, method, "/x")
    assert (provider.asked, len(door.requests), response.attempts) == (2, 2, 2)


async def test_a_second_rejection_is_raised() -> None:
    provider = Provider()
    door = Gatekeeper("never")
    async with door.client(token=provider) as vapi:
        with pytest.raises(AuthenticationError, match="2 attempts") as caught:
            await vapi.request("POST", "/x")
    assert (provider.asked, len(door.requests)) == (2, 2)
    assert not caught.value.may_have_been_processed
    assert "token-" not in str(caught.value)


async def test_the_same_token_again_is_not_tried() -> None:
    door = Gatekeeper("never")
    async with door.client(token=lambda: "same") as vapi:
        with pytest.raises(AuthenticationError, match="1 attempt"):
            await vapi.request("GET", "/x")
    assert len(door.requests) == 1


async def test_a_fixed_token_is_not_tried_again() -> None:
    door = Gatekeeper("never")
    async with door.client() as vapi:
        with pytest.raises(AuthenticationError):
            await vapi.request("GET", "/x")
    assert len(door.requests) == 1


def test_concurrent_tasks_share_one_renewal(run: Runner) -> None:
    provider = Provider()
    door = Gatekeeper("token-2")

    async def main() -> None:
        async with door.client(token=provider) as vapi, anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(vapi.request, "GET", "/x")

    run(main)
    assert provider.asked == 2
    assert len(door.requests) <= 100


def test_a_renewal_that_fails_is_shared_too(run: Runner) -> None:
    asked = 0

    async def provider() -> str:
        nonlocal asked
        asked += 1
        await anyio.lowlevel.checkpoint()
        if asked > 1:
            raise OSError("no token today")
        return "old"

    failures: list[type[BaseException]] = []

    async def one(vapi: AsyncVapi) -> None:
        try:
            await vapi.request("GET", "/x")
        except (OSError, AuthenticationError) as error:
            failures.append(type(error))

    async def main() -> None:
        async with Gatekeeper("new").client(token=provider) as vapi, anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(one, vapi)

    run(main)
    assert len(failures) == 20
    assert failures.count(OSError) == asked - 1 == 1


def test_a_cancelled_renewal_is_taken_over(run: Runner) -> None:
    """The task that asks is cancelled while it waits: another one asks."""
    asked = 0
    first_asks = anyio.Event

    async def main() -> None:
        asking = first_asks()

        async def provider() -> str:
            nonlocal asked
            asked += 1
            if asked == 1:
                asking.set()
                await anyio.sleep_forever()
            return "good"

        async with Gatekeeper("good").client(token=provider) as vapi, anyio.create_task_group() as group:
            scope = anyio.CancelScope()

            async def doomed() -> None:
                with scope:
                    await vapi.request("GET", "/x")

            group.start_soon(doomed)
            await asking.wait()
            group.start_soon(vapi.request, "GET", "/x")
            await anyio.lowlevel.checkpoint()
            scope.cancel()

    run(main)
    assert asked == 2


@pytest.mark.parametrize("token", ["", "a b", None, 5])
async def test_a_provider_that_gives_no_token(token: object) -> None:
    async with Stub().client(token=lambda: token) as vapi:
        with pytest.raises(ConfigurationError, match="token"):
            await vapi.request("GET", "/x")


async def test_the_token_that_was_rejected_is_the_one_that_was_sent() -> None:
    """The token is renewed by another task while a hook looks at this one's request."""
    provider = Provider()
    door = Gatekeeper("token-2")

    async def hook(event: RequestEvent) -> None:
        if event.attempt == 1:
            vapi._session.shared.credentials.bearer = "Bearer token-2"

    async with door.client(token=provider) as vapi:
        vapi._session.shared.credentials.bearer = "Bearer token-1"
        door.accepted = "token-1"
        with_hook = vapi.with_options(on_request=hook)
        provider.asked = 2
        with pytest.raises(AuthenticationError):
            await with_hook.request("GET", "/x")
    assert [request.headers["authorization"] for request in door.requests] == ["Bearer token-2", "Bearer token-3"]


def test_a_first_ask_that_fails_is_shared(run: Runner) -> None:
    asked = 0
    failures: list[Exception] = []

    async def provider() -> str:
        nonlocal asked
        asked += 1
        await anyio.lowlevel.checkpoint()
        raise OSError("no token today")

    async def one(vapi: AsyncVapi) -> None:
        try:
            await vapi.request("GET", "/x")
        except OSError as error:
            failures.append(error)

    async def main() -> None:
        async with Stub().client(token=provider) as vapi:
            async with anyio.create_task_group() as group:
                for _ in range(20):
                    group.start_soon(one, vapi)
            assert (asked, len(failures)) == (1, 20)
            await one(vapi)

    run(main)
    assert asked == 2


def test_a_provider_that_gives_a_rejected_token_is_asked_once_per_rejection(run: Runner) -> None:
    asked = 0
    rejected = 0

    def provider() -> str:
        nonlocal asked
        asked += 1
        return "same"

    async def answer(request: httpx.Request) -> httpx.Response:
        # Answers trickle in: most come after the first one had the provider asked again.
        for _ in range(int(request.url.path[1:])):
            await anyio.lowlevel.checkpoint()
        return httpx.Response(401)

    async def one(vapi: AsyncVapi, number: int) -> None:
        nonlocal rejected
        try:
            await vapi.request("GET", f"/{number}")
        except AuthenticationError:
            rejected += 1

    async def main() -> None:
        transport = httpx.MockTransport(answer)
        async with httpx.AsyncClient(transport=transport) as http, AsyncVapi(provider, http_client=http) as vapi:
            async with anyio.create_task_group() as group:
                for number in range(77):
                    group.start_soon(one, vapi, number * 5)
            assert (asked, rejected) == (2, 77)
            await one(vapi, 0)
            assert asked == 3

    run(main)
