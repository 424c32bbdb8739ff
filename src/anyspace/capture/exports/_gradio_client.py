"""``gradio-client``: a script with Gradio's own client for Python."""

from __future__ import annotations

from anyspace.capture._call import Call, FileHere
from anyspace.capture._literals import keywords, python_value
from anyspace.capture.exports._python import called, target_of

__all__ = ["render"]


def render(call: Call) -> str:
    """Write the call with `gradio_client.Client`, which saves the result's files itself."""
    imports = "from gradio_client import Client"
    if _has_file(call):
        imports += ", handle_file"
    address = python_value(call.address, _file)
    if call.token:
        imports = f"import os\n\n{imports}"
        address += ', token=os.environ.get("HF_TOKEN")'
    return f"""\
{imports}

client = Client({address})
result = client.predict(
{called(_arguments(call), 4)}
)
print({call.place.python("result", single=call.single)})
"""


def _arguments(call: Call) -> list[str]:
    target = target_of(call)
    if call.named:
        return [*keywords(call.arguments, _file, "api_name", "fn_index", "self"), target]
    return [*(python_value(value, _file) for value in call.values()), target]


def _file(file: FileHere) -> str:
    return f"handle_file({python_value(file.address, _file)})"


def _has_file(call: Call) -> bool:
    return any("handle_file(" in line for line in _arguments(call))
