"""``openai-js``: a module with OpenAI's client for JavaScript, through a gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from anyspace.capture._call import Call, FileHere
from anyspace.capture._literals import javascript_object, javascript_value
from anyspace.capture._openai import openai_call

__all__ = ["render"]

_PICTURE: Final = 'writeFileSync("result.png", Buffer.from(answer.data[0].b64_json, "base64"));'
_SOUND: Final = 'writeFileSync("result.mp3", Buffer.from(await answer.arrayBuffer()));'
_EXTRA_WORDS: Final[Mapping[str, Any]] = {"response_format": "b64_json", "output_format": "png"}
# By task: the method, what we add to its arguments, what is done with the answer.
_METHODS: Final[Mapping[str, tuple[str, Mapping[str, Any], str]]] = {
    "text-to-image": ("images.generate", _EXTRA_WORDS, _PICTURE),
    "image-to-image": ("images.edit", _EXTRA_WORDS, _PICTURE),
    "text-to-speech": ("audio.speech.create", {}, _SOUND),
    "automatic-speech-recognition": (
        "audio.transcriptions.create",
        {},
        "console.log(answer.text);",
    ),
    "chat-completion": (
        "chat.completions.create",
        {},
        "console.log(answer.choices[0].message.content);",
    ),
    "feature-extraction": ("embeddings.create", {}, "console.log(answer.data[0].embedding);"),
}


def render(call: Call) -> str:
    """Write the call with the ``OpenAI`` class; what only the Space has stands among the rest.

    Raises:
        UsageError: OpenAI's API has no route for it.
    """
    asked = openai_call(call)
    method, more, last = _METHODS[asked.task]
    arguments = {"model": asked.gateway.model, **asked.arguments, **more, **asked.extra}
    body = javascript_object(arguments, _file)
    names = [name for name in ("createReadStream", "writeFileSync") if name in body + last]
    imports = f'import {{ {", ".join(names)} }} from "node:fs";\n' if names else ""
    return f"""\
{imports}import OpenAI from "openai";

const client = new OpenAI({{
  baseURL: {javascript_value(asked.gateway.openai, _file)},
  apiKey: process.env.ANYSPACE_KEY ?? "none",
}});
const answer = await client.{method}({body});
{last}
"""


def _file(file: FileHere) -> str:
    return f"createReadStream({javascript_value(file.address, _file)})"
