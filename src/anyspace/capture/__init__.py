"""What goes over the wire, in words and as code for any tool.

`Trace` watches a client. `compose` makes a `Call` of an endpoint and arguments, `export`
writes it for a tool.
"""

from anyspace.capture._call import Call, FileHere, Gateway
from anyspace.capture._compose import Target, compose, compose_task
from anyspace.capture._exchange import Exchange, Message
from anyspace.capture._har import read_har
from anyspace.capture._place import Place, path_to_file
from anyspace.capture._trace import Line, Trace
from anyspace.capture.exports import EXPORTS, Export, export

__all__ = [
    "EXPORTS",
    "Call",
    "Exchange",
    "Export",
    "FileHere",
    "Gateway",
    "Line",
    "Message",
    "Place",
    "Target",
    "Trace",
    "compose",
    "compose_task",
    "export",
    "path_to_file",
    "read_har",
]
