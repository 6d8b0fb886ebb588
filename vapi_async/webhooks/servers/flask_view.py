"""`Webhooks` as a view of Flask; the handlers of events run when the response is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Response

    from vapi_async.webhooks.servers.endpoint import HandlesDeliveries


def flask_view(hooks: HandlesDeliveries, max_body: int) -> Callable[[], Response]:
    """Return the view; the arguments are those of `Webhooks`."""
    from flask import Response, request

    def vapi() -> Response:
        # Not get_data(), which reads a body of any length.
        body = request.stream.read(max_body + 1)
        answer = hooks.handle_sync(body, request.headers, method=request.method, url=request.url)
        response = Response(answer.body, answer.status, answer.headers, content_type=answer.media_type)
        response.call_on_close(answer.after)
        return response

    return vapi
