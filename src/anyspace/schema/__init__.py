"""What an app says about itself: endpoints, parameters, and which values are files.

`parse_app` merges ``/config`` and ``/info`` into one `App`; `fit_arguments` lays
out a caller's arguments for one of its endpoints and says what is wrong with them;
`render_app` writes both documents anew.
"""

from anyspace.schema._app import (
    App,
    Choice,
    Endpoint,
    OutputField,
    Parameter,
    Slot,
    Visibility,
)
from anyspace.schema._described import parse_info
from anyspace.schema._files import FileValue, definitions_of, holds_file, is_file_node, resolve
from anyspace.schema._fit import bind_names, fit_arguments
from anyspace.schema._parse import parse_app
from anyspace.schema._render import (
    Description,
    render_app,
    render_component,
    render_dependency,
)

__all__ = [
    "App",
    "Choice",
    "Description",
    "Endpoint",
    "FileValue",
    "OutputField",
    "Parameter",
    "Slot",
    "Visibility",
    "bind_names",
    "definitions_of",
    "fit_arguments",
    "holds_file",
    "is_file_node",
    "parse_app",
    "parse_info",
    "render_app",
    "render_component",
    "render_dependency",
    "resolve",
]
