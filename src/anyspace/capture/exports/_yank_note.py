"""``yank-note``: the request code of a picture adapter of Yank Note's AI Copilot.

The extension runs it as the body of an asynchronous function of ``data`` and ``env``:
``data.state`` has what its panel was given (`width`, `height`, `apiToken`, and the prompt
as `instruction`), ``env.gradio`` is @gradio/client, ``env.updateStatus`` shows a line.
What it returns is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from anyspace.capture._call import Call, FileHere
from anyspace.capture._literals import javascript_key, javascript_value
from anyspace.capture.exports._javascript import file_text
from anyspace.recipes import bind

__all__ = ["render"]

# What the panel knows, by field of the task.
_PANEL: Final[Mapping[str, str]] = {"prompt": "instruction", "width": "width", "height": "height"}
_TASK: Final = "text-to-image"


def render(call: Call) -> str:
    """Write the request code: connect, submit, read to the first data, return its address.

    Raises:
        BindingError: The endpoint makes no pictures of prompts.
    """
    binding = bind(call.app, _TASK, endpoint=call.endpoint.name)
    panel = {
        bound.parameter: _PANEL[bound.field] for bound in binding.bound if bound.field in _PANEL
    }
    used = [name for name in _PANEL.values() if name in panel.values()]
    target = javascript_value(call.endpoint.api_name or call.endpoint.fn_index, file_text)
    return f"""\
// Yank Note, AI Copilot, text to image, custom adapter "Gradio": Build Request Code
const {{ {", ".join([*used, "apiToken"])} }} = data.state

const app = await env.gradio.Client.connect(
  {javascript_value(call.address, file_text)},
  {{ token: apiToken || undefined, hf_token: apiToken || undefined }}
)
const job = app.submit({target}, {_data(call, panel)}, undefined, undefined, true)

let url
for await (const message of job) {{
  if (message.type === 'data') {{
    url = message{_optional(call.place.javascript(".data"))}
    break
  }}
  if (message.stage === 'error') {{
    throw new Error(message.message || 'the Space failed')
  }}
  if (message.type === 'status') {{
    const steps = message.progress_data?.map(
      step => `${{step.desc || step.unit}}: ${{step.index}}/${{step.length}}`
    )
    env.updateStatus(steps?.join('\\n') || message.stage || '')
  }}
}}

if (!url) {{
  throw new Error('the Space returned no picture')
}}
return {{ url, method: 'GET' }}
"""


def _data(call: Call, panel: Mapping[str, str]) -> str:
    if not call.named:
        values = [
            panel.get(parameter.name) or javascript_value(value, file_text)
            for parameter, value in zip(call.endpoint.parameters, call.values(), strict=True)
        ]
        return f"[{', '.join(values)}]"
    given: dict[str, Any] = {**call.arguments, **panel}
    names = [p.name for p in call.endpoint.parameters if p.name in given]
    lines = "".join(
        f"  {javascript_key(name)}: {panel.get(name) or javascript_value(given[name], _no_file)},\n"
        for name in names
    )
    return f"{{\n{lines}}}"


def _no_file(file: FileHere) -> str:
    return file_text(file).replace("handle_file", "env.gradio.handle_file", 1)


def _optional(path: str) -> str:
    return path.replace("[", "?.[").replace("].", "]?.")
