"""An MCP tool: the assistant gets the tools of an MCP server when a call begins.

python -m examples.call_centre.mcp_tool          offline
python -m examples.call_centre.mcp_tool --live   needs VAPI_API_KEY, MCP_SERVER_URL, MCP_SERVER_TOKEN
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.kit import Settings, run

if TYPE_CHECKING:
    from vapi_async import AsyncVapi

PLAN = """\
This creates a tool for the MCP server {MCP_SERVER_URL} and an assistant with it, and deletes both again. Your token is
stored with the tool until then. It costs nothing."""
SETTINGS = {"MCP_SERVER_URL": "https://mcp.example.com/mcp", "MCP_SERVER_TOKEN": "mcp-token"}


async def mcp_tool(vapi: AsyncVapi, settings: Settings) -> None:
    """Create the tool once, and use it in an assistant by its id."""
    tool = await vapi.tools.create(
        {
            "type": "mcp",
            "server": {
                "url": settings["MCP_SERVER_URL"],
                "headers": {"Authorization": f"Bearer {settings['MCP_SERVER_TOKEN']}"},
            },
            "metadata": {"protocol": "shttp"},  # streamable HTTP; "sse" is the older one
        }
    )
    print(f"tool       {tool.id}  {tool.type} at {tool.server.url}, by {tool.metadata.protocol}")
    try:
        model = {"provider": "openai", "model": "gpt-4o", "toolIds": [tool.id]}
        assistant = await vapi.assistants.create(name="With MCP", model=model)
        print(f"assistant  {assistant.id}  with the tools of {', '.join(assistant.model.tool_ids)}")
        await vapi.assistants.delete(assistant.id)
    finally:
        await vapi.tools.delete(tool.id)


if __name__ == "__main__":
    run(mcp_tool, plan=PLAN, settings=SETTINGS)
