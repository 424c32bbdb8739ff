"""Tasks: say what you want, and any Space that can do it does it.

`run_task` and `submit_task` do any task over a connected client and give everything
there is to know; the functions named after tasks are for scripts.
"""

from anyspace.tasks._done import Preview, Sent, TaskResult
from anyspace.tasks._run import OnUpdate, TaskRun, run_task, submit_task
from anyspace.tasks._text_to_image import async_text_to_image, text_to_image

__all__ = [
    "OnUpdate",
    "Preview",
    "Sent",
    "TaskResult",
    "TaskRun",
    "async_text_to_image",
    "run_task",
    "submit_task",
    "text_to_image",
]
