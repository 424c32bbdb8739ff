"""Fit a task to an app: which endpoint does it, and what goes where.

`bind` finds the endpoint (or the chain of them) and matches the task's fields to its
parameters, with reasons. `Binding.arguments` lays out a call, `Binding.read` finds the
result in what it returned.
"""

from anyspace.recipes._arguments import Arguments, Draw
from anyspace.recipes._binding import Alternative, Binding, Bound, Flow, Step
from anyspace.recipes._conversations import split_messages
from anyspace.recipes._engine import bind, rank
from anyspace.recipes._languages import language_of
from anyspace.recipes._outputs import Output, path_in
from anyspace.recipes._reading import find_text
from anyspace.recipes._results import (
    Answer,
    Link,
    find_files,
    find_images,
    find_media,
    read_answer,
)
from anyspace.recipes._swap import ArgumentChange, Effect, Swap, compare
from anyspace.recipes._task import Kind, Media
from anyspace.recipes._tasks import (
    field_for,
    field_kind,
    field_names,
    needed_fields,
    result_media,
    task_names,
)
from anyspace.recipes._values import empty_value

__all__ = [
    "Alternative",
    "Answer",
    "ArgumentChange",
    "Arguments",
    "Binding",
    "Bound",
    "Draw",
    "Effect",
    "Flow",
    "Kind",
    "Link",
    "Media",
    "Output",
    "Step",
    "Swap",
    "bind",
    "compare",
    "empty_value",
    "field_for",
    "field_kind",
    "field_names",
    "find_files",
    "find_images",
    "find_media",
    "find_text",
    "language_of",
    "needed_fields",
    "path_in",
    "rank",
    "read_answer",
    "result_media",
    "split_messages",
    "task_names",
]
