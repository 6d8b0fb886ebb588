"""The ASGI application of a sandbox: takes a request in, finds its operation, checks it, has it answered.

Routing goes by the contract's table, fixed segments before parameters. What is none of its paths, such as the live URLs
of calls, goes to a router of its own. In between stand the token, the validation, the journal and the faults on order.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextvars import ContextVar
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, TypeAlias

from vapi_async.responses import Headers
from vapi_async.sandbox.rest.field_rules import broken_rules
from vapi_async.sandbox.rest.http_values import Handler, HttpRequest, HttpResponse, QueryParams, Refusal
from vapi_async.sandbox.rest.references import dangling
from vapi_async.sandbox.rest.request_body import for_validation, read_body
from vapi_async.sandbox.rest.store import dumps
from vapi_async.sandbox.rest.unknown_properties import surplus

from .faults import ClientTimedOut, ConnectionDropped, Fault, Faults
from .journal import Journal, Record

if TYPE_CHECKING:
    from starlette.routing import BaseRoute, Router

    from vapi_async.sandbox.rest.contract import ContractOperation
    from vapi_async.sandbox.rest.crud import CrudHandlers
    from vapi_async.sandbox.rest.state import SandboxState

    from .custom_routes import CustomRoutes

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

#: How many seconds the client in this process waits for an answer; None: for ever, or it is elsewhere.
READ_TIMEOUT: ContextVar[float | None] = ContextVar("vapi_async.sandbox.patience", default=None)

#: Objects that are of one type for ever: the API refuses even to be told the same one again.
_TYPE_STAYS = ("/tool/{id}", "/structured-output/{id}", "/eval/{id}")
#: What the public key of an organisation is good for.
_PUBLIC = ("POST /call/web",)
_MOST_COMPLAINTS = 30
_SWITCH = (
    "unknown properties are refused, as Vapi does; the contract may be behind it: Sandbox(unknown='accept') takes them"
)
#: The note on an answer that is an example of its schema.
PLACEHOLDER = "the answer is a placeholder: an example of its schema"
#: What a public key, which programs in browsers have, is good for.
_PUBLIC = ("POST /call/web",)
_MAX_BODY = 100 * 1024 * 1024
_PIECE = 64


class SandboxApp:
    """The ASGI application.

    Args:
        state: the sandbox's state.
        crud: answers what nothing else answers.
        handlers: operation -> what answers it.
        routes: makes the routes that are no operations.
        custom: the routes of a test's own, which go before the contract's operations.
        settle: is called before each answer, for what happens with time and is looked at only then.
        token: the only one that is taken; None for any.
        public_token: the public key, for web calls alone; None for none.
        requests: where each request is recorded.
        faults: what goes wrong on order.
        max_body: the largest body, in bytes.
    """

    def __init__(
        self,
        state: SandboxState,
        crud: CrudHandlers,
        handlers: Mapping[str, Handler],
        routes: Callable[[], list[BaseRoute]],
        *,
        custom: CustomRoutes,
        settle: Callable[[], None],
        token: str | None,
        public_token: str | None = None,
        requests: Journal,
        faults: Faults,
        max_body: int = _MAX_BODY,
    ) -> None:
        self._state = state
        self._crud = crud
        self._handlers = handlers
        self._routes = routes
        self._custom = custom
        self._settle = settle
        self._token = token
        self._public_token = public_token
        self._requests = requests
        self._faults = faults
        self._max_body = max_body
        self._router: Router | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http" and (found := self._find(scope["method"], scope["path"])):
            await self._handle_operation(*found, scope, receive, send)
        else:
            await self._route(scope, receive, send)

    def _find(self, method: str, path: str) -> tuple[ContractOperation, dict[str, str]] | None:
        return self._custom.match(method, path) or self._state.contract.match(method, path)

    async def _handle_operation(
        self, operation: ContractOperation, params: dict[str, str], scope: Scope, receive: Receive, send: Send
    ) -> None:
        headers = Headers(scope["headers"])
        query = QueryParams(scope["query_string"].decode("latin-1"))
        request = HttpRequest(scope["method"], scope["path"], operation.key, params, query, headers)
        record = self._record(operation.key, request)
        # Before the request is looked at: a client that gives up meanwhile has changed nothing.
        if seconds := self._faults.delay(operation.key):
            await self._delay(seconds)
        fault = self._faults.take(operation.key)
        try:
            response = await self._respond(operation, request, record, fault, receive)
            record.status = response.status
            if fault is not None and fault.after_processing:
                response = _faulty_response(fault)
                record.status = response.status
            await self._send(response, fault, send)
        except ConnectionDropped as dropped:
            record.status = record.status if fault is not None and fault.after_processing else 0
            _close_connection(send)
            # What in-process transports turn into an error of theirs; on a port the connection is closed already.
            raise dropped from None

    async def _respond(
        self, operation: ContractOperation, request: HttpRequest, record: Record, fault: Fault | None, receive: Receive
    ) -> HttpResponse:
        # No byte of the body goes where no connection is: clients tell by that whether a request was sent.
        if fault is not None and fault.type == "connect":
            raise ConnectionDropped(before=True)
        try:
            # Before the body: who has no token is not told what is wrong with it.
            self._authorize(operation.key, request.headers)
            content = await self._read_content(receive)
            self._requests.weigh(record, len(content))
            # Once the body is read, as a real server would: the client has sent all of it when it fails.
            if fault is not None and fault.refuses:
                return _faulty_response(fault)
            record.body = await self._body(operation, content, request)
            if operation.key in self._custom.operations:
                return await self._custom.answer(record)
            request.body = {} if record.body is None and operation.body is not None else record.body
            self._settle()
            self._check(operation, request, record)
            handler = self._handlers.get(operation.key) or self._crud.handler(operation)
            answer = handler(request)
            response = await answer if isawaitable(answer) else answer
            if response.placeholder:
                record.notes.append(PLACEHOLDER)
        except Refusal as refusal:
            response = refusal.reply()
        return response

    async def _body(self, operation: ContractOperation, content: bytes, request: HttpRequest) -> Any:
        return await read_body(self._state.contract, operation, content, request.headers.get("content-type", ""))

    def _authorize(self, operation: str, headers: Headers) -> None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if self._public_token is not None and token == self._public_token:
            if operation in _PUBLIC:
                return
            raise Refusal(401, "Invalid Key: this is the public key, which is good for POST /call/web alone.")
        if scheme.lower() != "bearer" or not token.strip() or (self._token is not None and token != self._token):
            raise Refusal(401, "Invalid Key: no bearer token, or not the one of this sandbox.")

    def _check(self, operation: ContractOperation, request: HttpRequest, record: Record) -> None:
        contract = self._state.contract
        wrong = contract.validate_path(operation, request.params)
        wrong += contract.validate_query(operation, request.query)
        body = for_validation(request.body)
        variant = self._crud.variant(operation, request)
        wrong += contract.validate_request(operation, body, variant)
        if wrong:
            raise Refusal(400, wrong)
        self._check_surplus(operation, body, variant, record)
        record.notes += [f"{each} leads to nothing here" for each in dangling(self._state.store, request.body)]
        if broken := broken_rules(self._state.store, request):
            raise Refusal(400, broken)

    def _check_surplus(self, operation: ContractOperation, body: Any, variant: str, record: Record) -> None:
        if operation.body is None:
            return
        contract = self._state.contract
        found = surplus(contract, contract.body_of(operation, variant), body)
        fixed = "property type should not exist"
        changes_type = operation.method == "PATCH" and operation.path in _TYPE_STAYS and "type" in (body or {})
        if changes_type and fixed not in found.unknown:
            found.unknown.append(fixed)
        record.notes += [f"{new} is not in the contract, and taken nevertheless" for new in found.new]
        if not found.unknown:
            return
        record.notes.append(_SWITCH)
        if self._state.refuses_unknown:
            raise Refusal(400, found.unknown[:_MOST_COMPLAINTS], headers={"x-sandbox-hint": _SWITCH})

    async def _read_content(self, receive: Receive) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionDropped
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            if size > self._max_body:
                raise Refusal(413, f"The body is longer than {self._max_body} bytes.")
            if not message.get("more_body"):
                return b"".join(pieces)

    def _record(self, operation: str, request: HttpRequest) -> Record:
        headers = {name: value for name, value in request.headers.items() if name != "authorization"}
        record = Record(operation, request.method, request.path, request.params, dict(request.query), headers=headers)
        self._requests.append(record)
        return record

    async def pause(self, seconds: float) -> None:
        """Let time pass: on a virtual clock at once, and all that falls due in it happens; else by waiting."""
        await self._state.clock.advance(seconds)

    async def _delay(self, seconds: float) -> None:
        patience = READ_TIMEOUT.get()
        if patience is None or seconds <= patience:
            await self.pause(seconds)
            return
        await self.pause(patience)
        raise ClientTimedOut

    async def _send(self, response: HttpResponse, fault: Fault | None, send: Send) -> None:
        content = _content(response.body)
        if content is not None:
            await self._send_whole(response, content, fault, send)
            return
        await send(_response_start(response, None))
        async for piece in response.body:
            if fault is not None and fault.type == "slow":
                await self.pause(fault.seconds)
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            if fault is not None and fault.type in ("truncated", "malformed"):
                raise ConnectionDropped(started=True)
        await send({"type": "http.response.body", "body": b""})

    async def _send_whole(self, response: HttpResponse, content: bytes, fault: Fault | None, send: Send) -> None:
        fault_type = None if fault is None else fault.type
        if fault_type == "malformed":
            content = content[: len(content) // 2] + b"<"
        await send(_response_start(response, len(content)))
        if fault_type == "truncated":
            await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})
            raise ConnectionDropped(started=True)
        if fault_type == "slow" and fault is not None:
            for at in range(0, len(content), _PIECE):
                await self.pause(fault.seconds)
                await send({"type": "http.response.body", "body": content[at : at + _PIECE], "more_body": True})
            content = b""
        await send({"type": "http.response.body", "body": content})

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._router is None:
            from starlette.routing import Router

            self._router = Router(self._routes(), redirect_slashes=False, default=_no_route)
        try:
            await self._router(scope, receive, send)
        except Refusal as refusal:
            await self._send(refusal.reply(), None, send)


async def _no_route(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4404, "reason": "no such route"})
        return
    response = Refusal(404, f"Cannot {scope['method']} {scope['path']}").reply()
    content = dumps(response.body)
    await send(_response_start(response, len(content)))
    await send({"type": "http.response.body", "body": content})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _faulty_response(fault: Fault) -> HttpResponse:
    """Return the answer that a fault orders, or drop the connection."""
    if fault.type in ("connect", "drop"):
        raise ConnectionDropped(before=fault.type == "connect")
    refusal = Refusal(fault.status, "This request fails because a test ordered it.", body=fault.body)
    return HttpResponse(fault.status, refusal.body, dict(fault.headers))


def _content(body: Any) -> bytes | None:
    """Return a body as bytes; None for one that comes in pieces."""
    if body is None or isinstance(body, bytes):
        return body or b""
    return None if hasattr(body, "__aiter__") else dumps(body)


def _response_start(response: HttpResponse, length: int | None) -> Message:
    fields = {name.lower(): value for name, value in response.headers.items()}
    if response.body is not None:
        fields.setdefault("content-type", "application/json; charset=utf-8")
    if length is not None and response.status not in (204, 304):
        fields["content-length"] = str(length)
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()]
    return {"type": "http.response.start", "status": response.status, "headers": headers}


def _close_connection(send: Send) -> None:
    """Close the connection under the answer, where the server lets its application reach that, as uvicorn does."""
    # ASGI has no way to say this, so it is the server's own protocol object that is asked.
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.close()
