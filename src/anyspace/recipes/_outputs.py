"""Which output is the result, and where its files are.

Apps return pictures bare, in galleries (with captions), in pairs (an image slider's
before and after), beside seeds, logs and previews. `choose_output` reads this from the
description; `find_files` and `find_images` dig the files out of the values themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from anyspace.recipes._binding import Binding
from anyspace.recipes._task import Outcome
from anyspace.recipes._words import speaks
from anyspace.schema import FileValue, OutputField, Parameter

__all__ = ["Chosen", "choose_output", "find_files", "find_images"]

_UNNAMED: Final = 0.9  # its label says neither that it is the result nor that it is not
_BESIDE: Final = 0.45  # its label says that it is something else
_ECHO: Final = 0.8  # it is one of the inputs, given back
_SOME_FILE: Final = 0.3  # a widget that is not known, but a file can come out of it
_FILE_WIDGETS: Final = frozenset(("file", "downloadbutton"))

# Files come and go in these, and none of them is the result.
_CONVERSATIONS: Final = frozenset(("chatbot", "multimodaltextbox"))

_PICTURE_ENDINGS: Final = frozenset(
    "png jpg jpeg webp gif bmp tif tiff avif heic jfif ico svg".split()
)


_GOOD: Final = "named like a result"


class Chosen(NamedTuple):
    """The output that holds the result, how surely (0 to 1), and why.

    `aside` is the type of an output that comes first and is not for this task at all.
    """

    output: int
    score: float
    reason: str
    aside: str = ""


def choose_output(
    outputs: Sequence[OutputField], parameters: Sequence[Parameter], outcome: Outcome
) -> Chosen | None:
    """Find the output that holds the result; None when none can."""
    inputs = {(parameter.label, parameter.component) for parameter in parameters}
    best: Chosen | None = None
    aside = ""
    for index, output in enumerate(outputs):
        if output.component in outcome.foreign:
            aside = aside or output.component
            continue
        score, words = _judge(output, outcome)
        if aside and output.component in _FILE_WIDGETS:
            continue  # a film to download
        if score and words != _GOOD and (output.label, output.component) in inputs:
            score, words = score * _ECHO, "also an input"
        if score > (best.score if best else 0.0):
            shown = f'"{output.label}"' if output.label else "without a label"
            reason = f"output {index} {shown} is {_article(output.component)}, {words}"
            best = Chosen(index, score, reason, aside)
    return best


def _judge(output: OutputField, outcome: Outcome) -> tuple[float, str]:
    score = outcome.components.get(output.component, 0.0)
    if not score and output.gives_file and output.component not in _CONVERSATIONS:
        score = _SOME_FILE
    if not score:
        return 0.0, ""
    if speaks(output.label, outcome.bad):
        return score * _BESIDE, "named like something beside the result"
    if speaks(output.label, outcome.good):
        return score, _GOOD
    return score * _UNNAMED, "the likeliest there is"


def _article(component: str) -> str:
    return f"{'an' if component[:1] in 'aeiou' else 'a'} {component}"


# --- values -------------------------------------------------------------------------


def find_files(value: Any) -> list[FileValue]:
    """Collect the files of a result in order, however deep they are.

    A gallery's items (``{"image": file, "caption": "…"}`` or ``(file, "…")``), an image
    slider's pair and plain lists all count; everything that is no file is passed over.
    """
    if isinstance(value, FileValue):
        return [value]
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [file for item in value for file in find_files(item)]
    return []


def find_images(output: Binding | int, data: Sequence[Any]) -> list[FileValue]:
    """Collect the pictures of a result, from the output that should hold them.

    When that one is empty the other outputs are asked in order: some apps fill a
    second widget, depending on a setting.

    Args:
        output: The binding that was run, or the number of its output.
        data: What the endpoint returned: one value for each output.
    """
    index = output if isinstance(output, int) else output.output
    first = [data[index]] if 0 <= index < len(data) else []
    for value in (*first, *data):
        images = [file for file in find_files(value) if _is_picture(file)]
        if images:
            return images
    return []


def _is_picture(file: FileValue) -> bool:
    kind = (file.mime_type or "").lower()
    if kind and kind != "application/octet-stream":
        return kind.startswith("image/")
    ending = file.name.rpartition(".")[2].lower() if "." in file.name else ""
    return not ending or ending in _PICTURE_ENDINGS
