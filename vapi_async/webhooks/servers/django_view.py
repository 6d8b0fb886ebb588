"""`Webhooks` as a view of Django, under ASGI and WSGI.

The handlers of events run when Django closes the response, which is after it was sent: under ASGI in the event loop of
the server, under WSGI in one of their own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from vapi_async.webhooks.sync import with_whole_body

if TYPE_CHECKING:
    from vapi_async.webhooks.answer import Answer
    from vapi_async.webhooks.servers.endpoint import HandlesDeliveries


def django_view(hooks: HandlesDeliveries, max_body: int) -> Callable[[Any], Awaitable[Any]]:
    """Return the view; the arguments are those of `Webhooks`."""
    from django.core.handlers.wsgi import WSGIRequest  # type: ignore[import-untyped]

    async def vapi(request: Any) -> Any:
        # Not request.body, which refuses what is longer than DATA_UPLOAD_MAX_MEMORY_SIZE: reports may well be.
        body = request.read(max_body + 1)
        answer = await hooks.handle(body, request.headers, method=request.method, url=request.build_absolute_uri())
        # WSGI has no loop in which audio could be made while it is sent.
        return _response(await with_whole_body(answer) if isinstance(request, WSGIRequest) else answer)

    from django.views.decorators.csrf import csrf_exempt  # type: ignore[import-untyped]

    view: Callable[[Any], Awaitable[Any]] = csrf_exempt(vapi)
    return view


def _response(answer: Answer) -> Any:
    from asgiref.sync import async_to_sync
    from django.http import HttpResponse, StreamingHttpResponse  # type: ignore[import-untyped]

    make = HttpResponse if isinstance(answer.body, bytes) else StreamingHttpResponse
    response: Any = make(answer.body, status=answer.status, content_type=answer.media_type, headers=answer.headers)
    if answer.pending:
        close, run = response.close, async_to_sync(answer.after)

        def close_and_run() -> None:
            close()
            run()

        response.close = close_and_run
    return response
