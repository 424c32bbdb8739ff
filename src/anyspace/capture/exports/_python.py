"""``python``: a script with anyspace."""

from __future__ import annotations

from typing import Final

from anyspace.capture._call import Call, FileHere
from anyspace.capture._literals import keywords, python_value

__all__ = ["PICTURE_TASKS", "called", "file_text", "predict_lines", "render", "target_of"]

PICTURE_TASKS: Final = frozenset(
    "text-to-image image-to-image inpainting image-upscaling remove-background".split()
)


def render(call: Call) -> str:
    """Write the call with `anyspace.Client`, or with the task's function."""
    if call.task:
        return _task(call)
    return f"""\
import anyspace

with anyspace.Client({python_value(call.address, file_text)}) as space:
    result = space.predict(
{predict_lines(call, 8)}
    )
    print({_shown(call)})
"""


def _task(call: Call) -> str:
    function = call.task.replace("-", "_")
    words = keywords(call.fields, file_text, "model")
    lines = [*words, f"model={python_value(call.address, file_text)}"]
    last = 'result.save("result.png")' if call.task in PICTURE_TASKS else "print(result)"
    return f"""\
import anyspace

result = anyspace.{function}(
{called(lines, 4)}
)
{last}
"""


def predict_lines(call: Call, indent: int) -> str:
    """The arguments of ``predict``, a line for each."""
    if call.certain:
        words = keywords(call.arguments, file_text, "api_name", "fn_index", "self")
    else:
        words = [python_value(value, file_text) for value in call.values()]
    return called([*words, target_of(call)], indent)


def called(lines: list[str], indent: int) -> str:
    """Arguments, a line for each."""
    return "\n".join(f"{' ' * indent}{line}," for line in lines)


def file_text(file: FileHere) -> str:
    """A file among the arguments."""
    return f"anyspace.file({python_value(file.address, file_text)})"


def target_of(call: Call) -> str:
    """The argument that says which endpoint is called."""
    if not call.endpoint.api_name:
        return f"fn_index={call.endpoint.fn_index}"
    return f"api_name={python_value(call.endpoint.api_name, file_text)}"


def _shown(call: Call) -> str:
    result = call.place.python("result", single=call.single)
    return f'{result}.save("results/")' if call.place.is_file else result
