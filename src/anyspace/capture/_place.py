"""Where in an endpoint's answer the result is, and how each language says that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from anyspace.recipes import Media, Output, path_in
from anyspace.schema import Endpoint

__all__ = ["Place", "find_files_in", "path_to_file", "place_in", "place_of"]


class Place(msgspec.Struct, frozen=True):
    """Where the result is.

    Attributes:
        index: Which of the endpoint's outputs holds it.
        path: The keys and numbers that lead to it in that output's value.
        is_file: It is a file, so that its address is one step further.
    """

    index: int
    path: tuple[str | int, ...] = ()
    is_file: bool = False

    def javascript(self, data: str = "data") -> str:
        """Say it as JavaScript does.

        >>> Place(0, (0, "image"), is_file=True).javascript()
        'data[0][0].image.url'
        """
        return data + "".join(map(_javascript_step, self._steps()))

    def python(self, result: str, *, single: bool) -> str:
        """Say it as Python does, of what a client returned.

        Args:
            result: The variable.
            single: The endpoint has one output, which clients return as itself.

        >>> Place(0, (0, "image"), is_file=True).python("result", single=False)
        'result[0][0]["image"]'
        """
        steps = self.path if single else (self.index, *self.path)
        return result + "".join(map(_python_step, steps))

    def _steps(self) -> tuple[str | int, ...]:
        return (self.index, *self.path, *(("url",) if self.is_file else ()))


def place_of(endpoint: Endpoint, output: Output | None = None) -> Place:
    """Find the result by the endpoint's description: the first file, else the first output.

    Args:
        endpoint: What is called.
        output: Where a task's binding found it.
    """
    if output is not None:
        is_file = output.media not in (Media.TEXT, Media.DATA)
        return Place(output.index, output.path, is_file)
    for index, field in enumerate(endpoint.outputs):
        if field.gives_file:
            return Place(index, path_in(field, Media.IMAGE), is_file=True)
    return Place(0)


def place_in(data: Sequence[Any]) -> Place | None:
    """Find the first file in what came; None when there is none."""
    for index, value in enumerate(data):
        for path in find_files_in(value):
            return Place(index, path, is_file=True)
    return None


def path_to_file(data: Sequence[Any]) -> str | None:
    """Where the first file of a raw answer is, as JavaScript would say it.

    >>> path_to_file([[{"image": {"path": "/tmp/a", "meta": {"_type": "gradio.FileData"}}}]])
    'data[0][0].image.url'
    """
    place = place_in(data)
    return place.javascript() if place else None


def find_files_in(value: Any) -> Iterable[tuple[str | int, ...]]:
    """Yield the way to every file in a raw value, in order."""
    if is_raw_file(value):
        yield ()
        return
    steps: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    for step, item in steps:
        for path in find_files_in(item):
            yield (step, *path)


def is_raw_file(value: Any) -> bool:
    """Tell whether a raw value is a file: by its mark from 4.21 on, by its keys before."""
    if not isinstance(value, dict):
        return False
    meta = value.get("meta")
    if isinstance(meta, dict):
        return meta.get("_type") == "gradio.FileData"
    if "orig_name" in value and isinstance(value.get("path"), str):  # 4.0 to 4.20
        return True
    return value.get("is_file") is True and isinstance(value.get("name"), str)  # 3.x


def _javascript_step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]" if step >= 0 else f".at({step})"
    return f".{step}" if step.isidentifier() else f"[{msgspec.json.encode(step).decode()}]"


def _python_step(step: str | int) -> str:
    return f"[{msgspec.json.encode(step).decode()}]"
