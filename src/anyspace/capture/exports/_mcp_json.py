"""``mcp-json``: the Space as a server of tools, for programs that speak MCP."""

from __future__ import annotations

from typing import Any

import msgspec

from anyspace._errors import UsageError
from anyspace.capture._call import Call

__all__ = ["render"]


def render(call: Call) -> str:
    """Write the entry for an MCP client's configuration.

    Raises:
        UsageError: The app has no MCP server.
    """
    if call.gateway is not None:
        raise UsageError("the gateway has no MCP server; export mcp-json without --via")
    if not call.app.mcp_server:
        raise UsageError(
            f"{call.source} has no MCP server: only Gradio 5.28 and later have one, where the "
            "app's author switched it on with launch(mcp_server=True)"
        )
    server: dict[str, Any] = {"url": f"{call.root}{call.api}/mcp/"}
    if call.token:
        server["headers"] = {"Authorization": "Bearer ${HF_TOKEN}"}
    document = {"mcpServers": {call.nickname: server}}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
