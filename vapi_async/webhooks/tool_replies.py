"""The replies that tools make: to `tool-calls`, and to the `function-call` that came before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vapi_async._modeling.encoding import to_json

from .message_types import FUNCTION_CALL
from .replies import NO_RESULT
from .tools.invocations import invocations

if TYPE_CHECKING:
    from .incoming import Incoming
    from .tools.registry import Decrypts, Tools


async def run_tools(tools: Tools, incoming: Incoming, decrypt: Decrypts | None) -> bytes:
    """Return the reply to a message that asks for tools, once they have run.

    Args:
        tools: the tools.
        incoming: the message. Of a function-call the reply has a `result` only, so that is also what tells of an error.
        decrypt: decrypts arguments.
    """
    results = await tools.run(invocations(incoming.raw), incoming.message, decryptor=decrypt)
    if incoming.kind != FUNCTION_CALL:
        return to_json({"results": results})
    first = results[0] if results else {}
    return to_json({"result": first.get("result", first.get("error", NO_RESULT))})
