"""Exports: a call as code for another tool. One small file for each.

To add one, write a module with ``render(call) -> str`` and name it in `EXPORTS`. What a
call has is said at `anyspace.capture.Call`. Text that comes from the Space or the user goes
through `anyspace.capture._literals` (or ``shlex.quote``), never straight into code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from anyspace._errors import UsageError
from anyspace.capture._call import Call
from anyspace.capture.exports import (
    _async_python,
    _command,
    _curl,
    _gradio_client,
    _javascript,
    _langchain,
    _mcp_json,
    _n8n,
    _openai_js,
    _openai_python,
    _openapi,
    _python,
    _yank_note,
)

__all__ = ["EXPORTS", "Export", "export"]


class Export(NamedTuple):
    """One way to write a call.

    Attributes:
        render: Writes it; raises `UsageError` where it cannot be written so.
        language: What it is written in: ``python``, ``javascript``, ``sh`` or ``json``.
        about: What it is, in a few words.
    """

    render: Callable[[Call], str]
    language: str
    about: str


EXPORTS: Final[Mapping[str, Export]] = MappingProxyType(
    {
        "command": Export(_command.render, "sh", "the anyspace command"),
        "python": Export(_python.render, "python", "a script with anyspace"),
        "async-python": Export(
            _async_python.render, "python", "the same, watching the job while it runs"
        ),
        "gradio-client": Export(
            _gradio_client.render, "python", "a script with Gradio's client, gradio_client"
        ),
        "javascript": Export(
            _javascript.render, "javascript", "a module with Gradio's client, @gradio/client"
        ),
        "curl": Export(_curl.render, "sh", "a shell script with nothing but curl"),
        "openai-python": Export(
            _openai_python.render, "python", "a script with OpenAI's client, through a gateway"
        ),
        "openai-js": Export(
            _openai_js.render, "javascript", "a module with OpenAI's client, through a gateway"
        ),
        "yank-note": Export(
            _yank_note.render, "javascript", "the request code of a picture adapter of Yank Note"
        ),
        "mcp-json": Export(_mcp_json.render, "json", "the app's own MCP server, for MCP clients"),
        "openapi": Export(_openapi.render, "json", "an OpenAPI 3.1 document"),
        "langchain": Export(_langchain.render, "python", "a tool for LangChain's agents"),
        "n8n": Export(_n8n.render, "json", "a workflow to import into n8n"),
    }
)


def export(call: Call, name: str) -> str:
    """Write a call for a tool.

    Args:
        call: What is called, with its arguments.
        name: A key of `EXPORTS`.

    Raises:
        UsageError: There is no such export, or it has no form for this call.
    """
    found = EXPORTS.get(name)
    if found is None:
        raise UsageError(f"there is no export {name!r}; there are: {', '.join(EXPORTS)}")
    return found.render(call)
