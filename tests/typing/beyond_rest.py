"""What must type-check beside the operations: webhooks, live calls, streamed chats, downloads. Read, never run.

A line that has to be an error carries an ignore comment of each checker; both report one that ignores nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

from vapi_async import (
    AsyncVapi,
    ChatStream,
    DecodeError,
    Download,
    Live,
    NotFoundError,
    Pager,
    Partial,
    Recording,
    RequestError,
    RequestEvent,
    after,
    create_body,
    update_body,
)
from vapi_async._extensions.files.download import SavedFile
from vapi_async.models import (
    Artifact,
    Call,
    CreateChatDTO,
    CreateChatResponse,
    CreateChatResponseResponse,
    CreateChatStreamResponse,
    File,
    ServerMessageEndOfCallReport,
    ServerMessageMessage,
    UpdateAssistantDTO,
)
from vapi_async.webhooks import Answer, Decryptor, ToolContext, Webhooks, bearer, hmac_signature, parse, shared_secret


async def live_calls(vapi: AsyncVapi, call: Call) -> None:
    """Live calls and what waits for them."""
    live = vapi.live(call, public_key="p", allow_hosts=["example.com"])
    assert_type(live, Live)
    await live.say("hello", end_call_after_spoken=True)
    await live.transfer("+15551234567")
    async with live.listen() as frames:
        async for frame in frames:
            assert_type(frame, bytes | dict[str, Any] | str)
    assert_type(await vapi.calls.wait("id"), Call)
    assert_type(await vapi.calls.wait(call, until=lambda seen: seen.ended_at, timeout=None), Call)
    await vapi.calls.end(call)
    await live.say(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def chats(vapi: AsyncVapi) -> None:
    """Streams take what `create` takes."""
    stream = vapi.chats.stream(input="hello", assistant_id="a")
    assert_type(stream, ChatStream[CreateChatResponse | CreateChatResponseResponse])
    async with stream:
        async for delta in stream:
            assert_type(delta, str)
        assert_type(await stream.text(), str)
        async for event in stream.events():
            if isinstance(event, CreateChatStreamResponse):
                assert_type(event.delta, str)
    vapi.chats.stream_response(input=[{"role": "user", "content": "hello"}], session_id="s")
    vapi.chats.stream({"input": "hello"}, extra_query={"a": 1})
    vapi.chats.stream(input="a", assistant=CreateChatDTO(input="a"))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    vapi.chats.stream(assistant_id="a")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    vapi.chats.stream(input="a", strea=True)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]


async def what_comes_back_goes_in_again(vapi: AsyncVapi, event: RequestEvent, error: RequestError) -> None:
    """What streams, errors, downloads, hooks and helpers give fits where the next call takes it."""
    async with vapi.chats.stream(input="hello") as stream:
        await vapi.chats.create(input="go on", previous_chat_id=stream.id, session_id=stream.session_id)
        vapi.chats.stream(input="go on", previous_chat_id=stream.id)
        vapi.chats.stream_response(input="go on", session_id=stream.session_id)
        AsyncVapi(headers=stream.response.headers)
    if isinstance(error.partial, Partial):
        await vapi.chats.create(input="go on", previous_chat_id=error.partial.id, session_id=error.partial.session_id)
    if isinstance(error.partial, Recording):
        await vapi.files.create(file=error.partial.path)
    saved = await vapi.calls.mono_recording("id").to("call.wav")
    await vapi.files.create(file=saved.path, purpose=(await vapi.files.get("id")).purpose)
    AsyncVapi(base_url=vapi.base_url, headers=event.headers, auth=lambda attempt: attempt.headers)
    await vapi.calls.get("id", extra_headers=event.headers)
    await vapi.assistants.create(create_body(await vapi.assistants.get("id")))
    await vapi.tools.update("id", update_body(await vapi.tools.get("id")))
    for name in UpdateAssistantDTO.from_dict({}), await vapi.assistants.get("id"):
        UpdateAssistantDTO(name=name.name, model=name.model, voice=name.voice)
    page = await vapi.calls.list()
    async with vapi.map(vapi.calls.wait, page) as waited:
        async for call, _ in waited:
            vapi.live(call)
    async for call in vapi.calls.list(resume=vapi.calls.list().position, created=after(page[0].created_at)):
        await vapi.calls.delete(call.id)
    await vapi.calls.end(await vapi.calls.create({}))


async def beyond_the_contract(vapi: AsyncVapi) -> None:
    """Requests and lists that the contract lacks have the types that they are given."""
    assert_type(await vapi.request("GET", "/x"), Any)
    assert_type(await vapi.request("GET", "/x", returns=Call), Call)
    assert_type(await vapi.request("GET", "/x", returns=list[Call]), list[Call])
    assert_type(await vapi.request("GET", "/x", returns=len), int)
    assert_type(vapi.paginate("/x"), Pager[Any])
    assert_type(vapi.paginate("/x", Call, walk="created", max_items=3), Pager[Call])
    async for call in vapi.paginate("/x", Call, query={"limit": 50}):
        assert_type(call, Call)
    AsyncVapi(auth={"x-api-key": "k"})
    AsyncVapi(auth=lambda event: {"authorization": event.method})
    AsyncVapi(auth=None)
    AsyncVapi(auth="k")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    vapi.paginate("/x", walk="all")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]


async def files(vapi: AsyncVapi, artifact: Artifact) -> None:
    """Downloads are awaited, saved or read in pieces."""
    download = vapi.calls.mono_recording("id")
    assert_type(download, Download)
    assert_type(await download, bytes)
    assert_type(await download.to(Path("a.wav"), progress=lambda received, total: None), SavedFile)
    async with download as pieces:
        async for piece in pieces:
            assert_type(piece, bytes)
    assert_type(artifact.link("pcap"), str | None)
    assert_type(await vapi.files.create(file=b"a", metadata={"a": 1}), File)
    artifact.link("recording")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def webhooks() -> None:
    """Handlers and tools keep their own types."""
    hooks = Webhooks(verify=[shared_secret("a"), bearer("b"), hmac_signature("c")], decrypt=Decryptor("pem"))
    assert_type(parse(b"{}"), ServerMessageMessage)

    @hooks.on("end-of-call-report")
    async def report(message: ServerMessageEndOfCallReport) -> None: ...

    @hooks.tool("get_weather", timeout=5)
    async def get_weather(city: str, context: ToolContext) -> str:
        return city + context.invocation.name

    assert_type(await hooks.handle(b"", {}), Answer)
    assert_type(hooks.tool_definitions("https://example.com"), list[dict[str, Any]])
    hooks.tool("other", timout=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def failures(vapi: AsyncVapi, error: RequestError) -> None:
    """Facts of errors are given by name, and a misspelt one is seen."""
    assert_type(NotFoundError("text", status_code=404, attempts=1).status_code, int)
    assert_type(error.attempts, int)
    await error.reconcile(vapi)
    NotFoundError("text", statuscode=404)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    DecodeError("text", raw="text")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await error.reconcile("client")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
