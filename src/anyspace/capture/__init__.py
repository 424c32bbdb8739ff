"""What goes over the wire, in words and as code for any tool.

`Trace` watches a client. `read_capture` finds the calls in what somebody copied from a
browser, and `explain_call` says which argument is which. `compose` makes a `Call` of an
endpoint and arguments, `export` writes it for a tool.
"""

from anyspace.capture._call import Call, FileHere, Gateway
from anyspace.capture._captured import Captured
from anyspace.capture._compose import Target, compose, compose_task
from anyspace.capture._exchange import Exchange, Message
from anyspace.capture._har import read_har
from anyspace.capture._meaning import explain_message
from anyspace.capture._paste import Capture, read_capture
from anyspace.capture._place import Place, path_to_file
from anyspace.capture._resolve import Explained, Given, best_call, explain_call
from anyspace.capture._trace import Line, Trace
from anyspace.capture.exports import EXPORTS, Export, export

__all__ = [
    "EXPORTS",
    "Call",
    "Capture",
    "Captured",
    "Exchange",
    "Explained",
    "Export",
    "FileHere",
    "Gateway",
    "Given",
    "Line",
    "Message",
    "Place",
    "Target",
    "Trace",
    "best_call",
    "compose",
    "compose_task",
    "explain_call",
    "explain_message",
    "export",
    "path_to_file",
    "read_capture",
    "read_har",
]
