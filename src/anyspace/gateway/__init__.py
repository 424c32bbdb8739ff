"""The HTTP server in front of Spaces: OpenAI's API, and Gradio's own.

`create_app` makes the ASGI application of `GatewaySettings`, which `read_settings` reads.
Needs the extra ``anyspace[gateway]``.
"""

from anyspace.gateway._app import create_app
from anyspace.gateway._settings import GatewaySettings, read_settings

__all__ = ["GatewaySettings", "create_app", "read_settings"]
