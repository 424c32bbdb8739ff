"""``javascript``: a module with Gradio's own client for JavaScript, ``@gradio/client``."""

from __future__ import annotations

from anyspace.capture._call import Call, FileHere
from anyspace.capture._literals import javascript_object, javascript_value

__all__ = ["data_of", "file_text", "render"]


def render(call: Call) -> str:
    """Write the call with `Client.predict` of @gradio/client, for Node and for browsers."""
    data = data_of(call)
    names = "Client, handle_file" if "handle_file(" in data else "Client"
    address = javascript_value(call.address, file_text)
    options = ", { token: process.env.HF_TOKEN }" if call.token else ""
    target = javascript_value(call.endpoint.api_name or call.endpoint.fn_index, file_text)
    return f"""\
import {{ {names} }} from "@gradio/client";

const app = await Client.connect({address}{options});
const {{ data }} = await app.predict({target}, {data});
console.log({call.place.javascript()});
app.close();
globalThis.process?.exit(); // close() may leave a connection open, which would keep Node waiting
"""


def data_of(call: Call, indent: str = "") -> str:
    """What is sent: an object by name, or a list for apps that do not know the names."""
    if call.named:
        return javascript_object(call.arguments, file_text, indent)
    return javascript_value(call.values(), file_text)


def file_text(file: FileHere) -> str:
    """A file among the arguments."""
    return f"handle_file({javascript_value(file.address, file_text)})"
