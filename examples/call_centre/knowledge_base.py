"""A knowledge base: a file is uploaded, a query tool searches it, an assistant has the tool.

python -m examples.call_centre.knowledge_base          offline
python -m examples.call_centre.knowledge_base --live   needs VAPI_API_KEY
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from examples.kit import Settings, run, until

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async.models import File
    from vapi_async.sandbox import Sandbox

PLAN = """\
This uploads a text of a few lines, has an assistant answer one question about it, which costs a little, and deletes the
file, the tool, the assistant and the chat."""

HANDBOOK = b"""\
# Opening hours
We are open from 9 to 17, from Monday to Friday.

# Returns
Goods can be returned within 30 days, unused.
"""
QUESTION = "How long do I have to return something?"
PROMPT = "You are the reception of a shop. For whatever customers want to know of it, use the tool search_handbook."


async def upload(vapi: AsyncVapi) -> File:
    """Upload the file, and wait until it was read. A path or a file object will do as well as bytes."""
    file = await vapi.files.create(file=("handbook.md", HANDBOOK))
    return await until(vapi, lambda: vapi.files.get(file.id), lambda file: file.status in ("done", "failed"))


def query_tool(file: File) -> dict[str, Any]:
    """Return the tool that searches a file."""
    handbook = {
        "provider": "google",
        "name": "handbook",
        "description": "Opening hours, and how to return goods",  # the model decides by this
        "fileIds": [file.id],
    }
    return {"type": "query", "function": {"name": "search_handbook"}, "knowledgeBases": [handbook]}


async def knowledge_base(vapi: AsyncVapi, settings: Settings) -> None:
    """Upload, make the tool and the assistant, and ask."""
    async with AsyncExitStack() as cleanup:  # deletes in turn, the last one first
        file = await upload(vapi)
        cleanup.push_async_callback(vapi.files.delete, file.id)
        print(f"file       {file.id}  {file.name}, {file.bytes_:.0f} bytes: {file.status}")

        tool = await vapi.tools.create(query_tool(file))
        cleanup.push_async_callback(vapi.tools.delete, tool.id)
        print(f"tool       {tool.id}  searches {tool.knowledge_bases[0].name}")

        messages = [{"role": "system", "content": PROMPT}]
        model = {"provider": "openai", "model": "gpt-4o", "messages": messages, "toolIds": [tool.id]}
        assistant = await vapi.assistants.create(name="Handbook", model=model)
        cleanup.push_async_callback(vapi.assistants.delete, assistant.id)

        chat = await vapi.chats.create(assistant_id=assistant.id, input=QUESTION)
        cleanup.push_async_callback(vapi.chats.delete, chat.id)
        print(f"asked      {QUESTION}\nanswered   {chat.output[-1].content}")


def offline_answer(sandbox: Sandbox) -> None:
    """What a model would make of the file."""
    sandbox.script_chat("You can return it within 30 days.")


if __name__ == "__main__":
    run(knowledge_base, plan=PLAN, prepare=offline_answer)
