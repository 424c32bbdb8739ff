"""The HTTP server in front of Spaces: OpenAI's API, and Gradio's own.

`create_app` makes the ASGI application of `GatewaySettings`, which `read_settings` reads;
`serve` runs it, told by `Said` where its settings come from, on the port that `listen` takes.
Needs the extra ``anyspace[gateway]``.
"""

from anyspace.gateway._app import create_app
from anyspace.gateway._server import Said, listen
from anyspace.gateway._settings import MODEL_NAME, GatewaySettings, read_settings
from anyspace.gateway._workers import serve

__all__ = [
    "MODEL_NAME",
    "GatewaySettings",
    "Said",
    "create_app",
    "listen",
    "read_settings",
    "serve",
]
