"""``openai-python``: a script with OpenAI's client for Python, through a gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from anyspace.capture._call import Call, FileHere
from anyspace.capture._literals import keywords, python_value
from anyspace.capture._openai import openai_call
from anyspace.capture.exports._python import called

__all__ = ["render"]

_PICTURE: Final = 'Path("result.png").write_bytes(base64.b64decode(answer.data[0].b64_json))'
_EXTRA_WORDS: Final[Mapping[str, Any]] = {"response_format": "b64_json", "output_format": "png"}
# By task: the method, what we add to its arguments, what is done with the answer.
_METHODS: Final[Mapping[str, tuple[str, Mapping[str, Any], str]]] = {
    "text-to-image": ("images.generate", _EXTRA_WORDS, _PICTURE),
    "image-to-image": ("images.edit", _EXTRA_WORDS, _PICTURE),
    "text-to-speech": ("audio.speech.create", {}, 'answer.write_to_file("result.mp3")'),
    "automatic-speech-recognition": ("audio.transcriptions.create", {}, "print(answer.text)"),
    "chat-completion": ("chat.completions.create", {}, "print(answer.choices[0].message.content)"),
    "feature-extraction": ("embeddings.create", {}, "print(answer.data[0].embedding)"),
}


def render(call: Call) -> str:
    """Write the call with ``openai.OpenAI``.

    Raises:
        UsageError: OpenAI's API has no route for it.
    """
    asked = openai_call(call)
    method, more, last = _METHODS[asked.task]
    arguments = {"model": asked.gateway.model, **asked.arguments, **more}
    if asked.extra:
        arguments["extra_body"] = asked.extra
    lines = keywords(arguments, _file)
    picture = last == _PICTURE
    return f"""\
{"import base64" if picture else ""}
import os
{"from pathlib import Path" if picture else ""}

from openai import OpenAI

client = OpenAI(
    base_url={python_value(asked.gateway.openai, _file)},
    api_key=os.environ.get("ANYSPACE_KEY", "none"),
)
answer = client.{method}(
{called(lines, 4)}
)
{last}
""".lstrip("\n").replace("\n\n\nfrom openai", "\n\nfrom openai")


def _file(file: FileHere) -> str:
    return f'open({python_value(file.address, _file)}, "rb")'
