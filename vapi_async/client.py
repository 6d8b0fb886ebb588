"""`Client`: what every client is but for its resources, which the generated packages add.

A client is a thin face of its session, which sends the requests; `with_options` makes a copy of both. Making a client
does no I/O and loads no HTTP library; the connections are made on the first request, for the event loop that it runs
on.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, overload

from vapi_async._lazy import exported_by

from ._http.base_url import resolve_base_url
from ._http.client_arguments import ELSEWHERE
from ._http.clock import SystemClock
from ._http.credentials import Credentials
from ._http.hooks import Hooks
from ._http.options import DEFAULT_TIMEOUT, MAX_RESPONSE_BYTES, Options, merge_headers, timeouts
from ._http.retry import RetryPolicy
from ._http.secret import Secret
from ._http.session import COLLECTED, Session
from ._http.shared_state import SharedState, check_transport
from ._modeling.keyword_hints import hinted
from ._modeling.unset import UNSET, Unset
from ._operations.missing_attributes import Attributes
from ._version import __version__
from .errors import ConfigurationError

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

    from ._extensions.calls.live import Live
    from ._http.credentials import TokenProvider
    from ._http.hooks import RequestHook, ResponseHook, RetryHook
    from ._http.own_auth import AuthProvider
    from ._http.transport.httpx_wire import HttpClient, HttpTimeout
    from ._lists import Pager
    from ._lists.windows import Window
    from ._modeling.json_codec import JsonLoads
    from ._operations.operation import Tracer, Walk
    from .responses import Response

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")
ClientT = TypeVar("ClientT", bound="Client")  # and not Self, in the place of which jedi has the base class

_NOTHING: Mapping[str, Any] = {}


@exported_by("vapi_async")
class Client(Attributes):
    """The base of all clients.

    Args:
        token: the API's private key or a JWT; or a callable, sync or async, that returns one: it is asked on the first
            request, and again when the API rejects what it gave. Default: VAPI_API_KEY of the environment.
        base_url: where the API is; https, unless it is this machine. Default: VAPI_BASE_URL of the environment.
        region: "us" or "eu", in place of base_url. Default: "us".
        allow_http: hosts that base_url may lead to without TLS, for a sandbox in another container: ("sandbox",).
            Default: VAPI_ALLOW_HTTP of the environment, names with commas between them.
        timeout: seconds for each phase of a request (connecting: 10 at most), None for no limit, or an httpx.Timeout.
            Default 60.
        retry: how often a failed request is sent again where that is safe, or a RetryPolicy. Default 2.
        headers: header fields for every request.
        user_agent: is added to the user-agent header, such as "my-sdk/1.2".
        max_concurrency: how many requests may be under way at once, on one event loop; a stream counts until it is
            closed. Default: 100, streams not counted once they began; no limit with an http_client.
        http_client: an httpx.AsyncClient to borrow the connections and event hooks of; it is neither closed nor
            changed, and its auth, cookies, headers, redirects, timeout and base_url do not apply.
        transport: what the client's own connections are made with: "httpx", or "aiohttp" (asyncio only; the extra
            `[aiohttp]`), which takes less of the processor's time.
        on_request: called with a RequestEvent before each attempt; sync or async, as the other hooks.
        on_response: called with the Response after each answer.
        on_retry: called with a RetryEvent before the wait for another attempt.
        strict: raise a DecodeError for answers that do not match the contract.
        max_response_bytes: how large an answer may be that is read into memory, decompressed; beyond it is a
            ResponseTooLarge. Downloads to disk and in pieces have no limit. Default 268,435,456 (256 MiB).
        auth: header fields in the place of the token, such as {"x-api-key": ...}; or a callable, sync or async, that
            is given each attempt as a RequestEvent and returns its fields; or None, for requests without a token.
            They go where a token would go, and nowhere else.
        json_loads: the parser of answers: a function of bytes, such as `orjson.loads` or `msgspec.json.decode`, for
            those who accept its limits. Default: `json.loads`, which loses nothing.
        clock: time and waiting, for tests.

    Raises:
        ConfigurationError: there is no token, or one of the arguments cannot be used.
    """

    @hinted(ELSEWHERE)
    def __init__(
        self,
        token: str | TokenProvider | None = None,
        *,
        base_url: str | None = None,
        region: str | None = None,
        allow_http: Iterable[str] | None = None,
        timeout: float | HttpTimeout | None = DEFAULT_TIMEOUT,
        retry: RetryPolicy | int = 2,
        headers: Mapping[str, str] = _NOTHING,
        user_agent: str | None = None,
        max_concurrency: int | None = None,
        http_client: HttpClient | None = None,
        transport: str = "httpx",
        on_request: RequestHook | None = None,
        on_response: ResponseHook | None = None,
        on_retry: RetryHook | None = None,
        strict: bool = False,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        auth: Mapping[str, str] | AuthProvider | Unset | None = UNSET,
        json_loads: JsonLoads = json.loads,
        clock: SystemClock | None = None,
    ) -> None:
        token = Secret(token) if isinstance(token, str) else token  # as an error's frame has it from here on
        address = resolve_base_url(base_url, region, allow_http)
        check_transport(transport, http_client)
        shared = SharedState(
            address, _credentials(token, auth), http_client, max_concurrency, clock or SystemClock(), transport
        )
        agent = f"vapi-async/{__version__}" + (f" {user_agent}" if user_agent else "")
        # What `accept-encoding` names, `content_coding` understands.
        defaults = {"accept": "application/json", "accept-encoding": "gzip, deflate", "user-agent": agent}
        options = Options(
            timeouts=timeouts(timeout),
            retry=RetryPolicy.of(retry),
            headers=merge_headers(merge_headers({}, defaults), headers),
            hooks=Hooks().plus(on_request, on_response, on_retry),
            strict=strict,
            max_response_bytes=max_response_bytes,
            json_loads=json_loads,
        )
        self._session = Session(shared, options)
        if "VAPI_LOG" in os.environ:
            from ._http.attempt_log import switch_on

            switch_on()

    @property
    def base_url(self) -> str:
        """Where the requests go, without a slash at its end."""
        return self._session.base_url

    def __repr__(self) -> str:
        session = self.__dict__.get("_session")  # none yet in the traceback of a client that cannot be made
        return f"<{type(self).__name__} {session.base_url if session else 'not made yet'}>"

    async def __aenter__(self: ClientT) -> ClientT:
        self._session.shared.check_open()
        return self

    async def __aexit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; the client and its copies cannot be used any more. A borrowed http_client stays open.

        Used on several event loops, a client is closed on each of them.
        """
        await self._session.aclose()

    @hinted({"max_retries": "retry=", "default_headers": "headers="})
    def with_options(
        self: ClientT,
        *,
        timeout: float | HttpTimeout | Unset | None = UNSET,
        retry: RetryPolicy | int | Unset = UNSET,
        headers: Mapping[str, str | None] = _NOTHING,
        extra_headers: Mapping[str, str | None] = _NOTHING,
        extra_query: Mapping[str, Any] = _NOTHING,
        extra_body: Mapping[str, Any] = _NOTHING,
        on_request: RequestHook | None = None,
        on_response: ResponseHook | None = None,
        on_retry: RetryHook | None = None,
        strict: bool | Unset = UNSET,
        max_response_bytes: int | Unset = UNSET,
        json_loads: JsonLoads | Unset = UNSET,
    ) -> ClientT:
        """Return a copy with other settings; it shares token, connections, retry budget and caps with this client.

        Closing either closes both.

        Args:
            timeout: seconds for each phase of a request, None for no limit, or an httpx.Timeout.
            retry: how often a failed request is sent again where that is safe, or a RetryPolicy.
            headers: header fields to add to those of this client; None takes one out.
            extra_headers: the same, under the name that single calls have for it.
            extra_query: query parameters of every request, by wire name.
            extra_body: members of every JSON object that is sent, by wire name.
            on_request: called after the request hooks that this client has.
            on_response: called after its response hooks.
            on_retry: called after its retry hooks.
            strict: raise a DecodeError for answers that do not match the contract.
            max_response_bytes: how large an answer may be that is read into memory.
            json_loads: the parser of answers.
        """
        other = self._anew()  # without resources, which send through the session that they were made with
        options = self._session.options.updated(
            timeout=timeout,
            retry=retry,
            headers={**headers, **extra_headers},
            extra_query=extra_query,
            extra_body=extra_body,
            on_request=on_request,
            on_response=on_response,
            on_retry=on_retry,
            strict=strict,
            max_response_bytes=max_response_bytes,
            json_loads=json_loads,
        )
        other._session = Session(self._session.shared, options)
        for name, value in vars(self).items():
            if isinstance(value, Attributes) and vars(value).get("_client") is self:
                setattr(other, name, value._of(other))  # a resource that a derived client made for itself
        return other

    async def detailed(self, method: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> Response[T]:
        """Call a method and return the whole answer, not only the value: `await vapi.detailed(vapi.calls.get, id)`.

        Args:
            method: a method of this client or its resources. Of one that sends several requests, the answer is the
                last one's.
            args: its arguments.
            kwargs: its keyword arguments.

        Raises:
            TypeError: the method sent no request.
        """
        answers: list[Response[Any]] = []
        outer = COLLECTED.get()
        before = COLLECTED.set(answers)
        try:
            value = await method(*args, **kwargs)
        finally:
            COLLECTED.reset(before)
            if outer is not None:
                outer.extend(answers)
        if not answers:
            raise TypeError(f"{method!r} sent no request, so there is no answer to tell of")
        answer = copy(answers[-1])
        answer.parsed = value
        return answer

    def map(
        self,
        method: Callable[[Item], Awaitable[T]],
        items: Iterable[Item] | AsyncIterable[Item],
        concurrency: int = 10,
    ) -> AbstractAsyncContextManager[AsyncIterator[tuple[Item, T | Exception]]]:
        """Call a method with every item, several at a time; outcomes come in the order of completion.

        What it sends waits out rate limits, up to ten minutes in which nothing at all gets through.

            async with vapi.map(vapi.assistants.delete, ids) as results:
                async for id, outcome in results: ...

        Args:
            method: takes one item.
            items: the items; a pager will do.
            concurrency: how many calls may be under way.
        """
        from ._http.patience import patiently
        from ._lists.concurrent_map import map_concurrently

        return map_concurrently(patiently(method), items, concurrency)

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] = ...,
        json: Any = ...,
        headers: Mapping[str, str | None] = ...,
        returns: None = None,
    ) -> Any: ...

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] = ...,
        json: Any = ...,
        headers: Mapping[str, str | None] = ...,
        returns: type[T] | Callable[[Any], T],
    ) -> T: ...

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] = _NOTHING,
        json: Any = UNSET,
        headers: Mapping[str, str | None] = _NOTHING,
        returns: Any = None,
    ) -> Any:
        """Send a request that the contract does not know, and return the answer: decoded JSON, or what `returns` says.

        Args:
            method: the HTTP method.
            path: the path below the base URL, with or without a query; or an absolute URL of the same origin.
            query: query parameters.
            json: the body: a model, or JSON values.
            headers: header fields.
            returns: a model class, `list[Model]`, `dict[str, Model]`, or a function of the decoded JSON.

        Raises:
            TypeError: `returns` is none of these.
            ValueError: the URL is of another origin, which must not get the token.
            RequestError: the request failed.
        """
        from ._operations.raw_request import prepare_raw

        prepared = prepare_raw(
            self._session,
            method,
            path,
            query=query,
            json=json,
            headers=headers,
            returns=returns,
            reconcile=self._reconcilable(),
        )
        return await self._session.perform(prepared)

    @overload
    def paginate(
        self,
        path: str,
        item: None = None,
        *,
        query: Mapping[str, Any] = ...,
        headers: Mapping[str, str | None] = ...,
        walk: Walk = ...,
        created: Window | Unset = ...,
        updated: Window | Unset = ...,
        max_items: int | None = ...,
        resume: Mapping[str, Any] | None = ...,
    ) -> Pager[Any]: ...

    @overload
    def paginate(
        self,
        path: str,
        item: type[T] | Callable[[Any], T],
        *,
        query: Mapping[str, Any] = ...,
        headers: Mapping[str, str | None] = ...,
        walk: Walk = ...,
        created: Window | Unset = ...,
        updated: Window | Unset = ...,
        max_items: int | None = ...,
        resume: Mapping[str, Any] | None = ...,
    ) -> Pager[T]: ...

    def paginate(
        self,
        path: str,
        item: Any = None,
        *,
        query: Mapping[str, Any] = _NOTHING,
        headers: Mapping[str, str | None] = _NOTHING,
        walk: Walk = "page",
        created: Window | Unset = UNSET,
        updated: Window | Unset = UNSET,
        max_items: int | None = None,
        resume: Mapping[str, Any] | None = None,
    ) -> Pager[Any]:
        """Return the pager of a list that the contract does not know; nothing is sent until it is used.

            async for reminder in vapi.paginate("/reminder", Reminder): ...

        Args:
            path: the path below the base URL, filled in.
            item: what each item is made into: a model class, or a function of its decoded JSON.
            query: query parameters, such as {"limit": 50}.
            headers: header fields.
            walk: how to get beyond the first page: by page numbers ("page"), by windows of createdAt ("created"), as
                the API's own lists are, or not at all ("single").
            created: the window for createdAt.
            updated: the window for updatedAt.
            max_items: the total of items, over all pages; None for all.
            resume: a `position` of such a pager to go on from.

        Raises:
            TypeError: an argument has the wrong type.
            ValueError: an argument cannot be.
        """
        from ._operations.raw_list import raw_pager

        wanted = {"created": created, "updated": updated, "max_items": max_items, "resume": resume}
        return raw_pager(self._session, path, item=item, query=query, headers=headers, walk=walk, wanted=wanted)

    def live(self, target: Any, *, public_key: str | None = None, allow_hosts: Iterable[str] = ()) -> Live:
        """Return the live call to speak into, steer and listen to; nothing is sent until it is used.

            await vapi.live(call).say("One moment, please.")

        Args:
            target: the Call, its monitor, or a webhook message of it; models of any generated package, or JSON.
            public_key: is sent, for assistants whose monitorPlan asks for it. The client's token never is.
            allow_hosts: hosts to contact beside those of Vapi: "my.proxy.example", "127.0.0.1:8080", ".example.com".

        Raises:
            TypeError: `target` is something else.
            ValueError: `public_key` is the private token.
            ConfigurationError: an entry of `allow_hosts` is no host.
        """
        from ._extensions.calls.live import Live

        return Live(self._session, target, public_key, allow_hosts)

    def _reconcilable(self) -> Mapping[str, Tracer]:
        """Return "METHOD path" -> the `reconcile` mark of that operation, for `request`, which knows no operations."""
        return {}


def _credentials(
    token: str | TokenProvider | None, auth: Mapping[str, str] | AuthProvider | Unset | None
) -> Credentials:
    if isinstance(auth, Unset):
        return Credentials(token)
    from ._http.own_auth import OwnAuth

    if token is not None:
        raise ConfigurationError("give token= or auth=, not both: auth stands in the place of the token")
    return OwnAuth(auth)
