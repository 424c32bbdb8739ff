"""Fit a task to an app: which endpoint does it, and what goes where.

`bind` finds the endpoint and matches the task's fields to its parameters, with reasons.
`Binding.arguments` lays out a call; `find_images` digs the pictures out of its result.
"""

from anyspace.recipes._binding import Arguments, Binding, Bound
from anyspace.recipes._engine import bind, rank
from anyspace.recipes._outputs import find_files, find_images
from anyspace.recipes._tasks import field_names, task_names

__all__ = [
    "Arguments",
    "Binding",
    "Bound",
    "bind",
    "field_names",
    "find_files",
    "find_images",
    "rank",
    "task_names",
]
