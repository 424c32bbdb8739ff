"""Edits: how sse_v2 and later send what changed instead of the whole value.

Per output the server sends a list of ``[operation, path, value]``: ``replace``,
``append`` (to a string), ``add`` (into a list, or a key) and ``delete``. A path is
a list of keys and list indices; an empty one means the value itself
(``gradio/utils.py: diff``).

Lists are compared place by place, so one only ever loses its end, and the number of
deletions says how much of it. Their indices say it wrongly: up to 4.44 the second one
points behind the shortened list, and from 5 on deletions in other lists are counted
too (transcripts/sse_v3/gradio4_table.sse, gradio5_table.sse).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from anyspace._errors import RemoteProtocolError

__all__ = ["apply_edits", "make_edits"]


def apply_edits(value: Any, edits: Sequence[Any]) -> Any:
    """Return the edited value; `value` itself is never changed.

    The values on the way to an edit are copied, the rest is shared, so an output
    that was handed out earlier stays as it was.

    Raises:
        RemoteProtocolError: An edit has the wrong form or does not fit the value.
    """
    root = [value]
    copied: set[int] = set()  # containers made during this call may be changed in place
    try:
        for operation, path, new in edits:
            _apply(root, [0, *path], operation, new, copied)
    except (IndexError, KeyError, OverflowError, TypeError, ValueError) as exc:
        raise RemoteProtocolError(f"the app sent edits that do not fit ({exc}): {edits!r}") from exc
    return root[0]


def _apply(root: list[Any], path: list[Any], operation: str, new: Any, copied: set[int]) -> None:
    holder: Any = root
    for step in path[:-1]:
        child = holder[step]
        if id(child) not in copied:
            child = child.copy() if isinstance(child, list | dict) else child
            holder[step] = child
            copied.add(id(child))
        holder = child
    if not isinstance(holder, list | dict):
        raise TypeError("the path leads into a plain value")
    last = path[-1]
    if operation == "replace":
        holder[last] = new
    elif operation == "append":
        if not isinstance(holder[last], str):
            raise TypeError("only text can be appended to")
        holder[last] += new
    elif operation == "add":
        if isinstance(holder, list):
            holder.insert(last, new)
        else:
            holder[last] = new
    elif operation == "delete":
        if isinstance(holder, list) and isinstance(last, int):
            holder.pop()  # wherever it points, see above
        else:
            del holder[last]
    else:
        raise ValueError(f"unknown operation {operation!r}")


def make_edits(old: Any, new: Any) -> list[list[Any]]:
    """Say what leads from one value to another, as a server does.

    A list that became shorter loses its last place again and again, so that every client
    takes the deletions as they are meant, however it reads their indices.
    """
    edits: list[list[Any]] = []
    _compare(old, new, [], edits)
    return edits


def _compare(old: Any, new: Any, path: list[Any], edits: list[list[Any]]) -> None:
    if old is new:  # edits share what they leave as it was
        return
    if type(old) is not type(new) or (new and not old):  # 1 and True are the same to Python only
        edits.append(["replace", path, new])
    elif isinstance(new, dict):
        _compare_mappings(old, new, path, edits)
    elif isinstance(new, list):
        _compare_lists(old, new, path, edits)
    elif old != new:
        grown = isinstance(new, str) and new.startswith(old)
        edits.append(["append", path, new[len(old) :]] if grown else ["replace", path, new])


def _compare_mappings(
    old: dict[str, Any], new: dict[str, Any], path: list[Any], edits: list[list[Any]]
) -> None:
    for key, value in old.items():
        if key in new:
            _compare(value, new[key], [*path, key], edits)
        else:
            edits.append(["delete", [*path, key], None])
    edits += [["add", [*path, key], new[key]] for key in new if key not in old]


def _compare_lists(old: list[Any], new: list[Any], path: list[Any], edits: list[list[Any]]) -> None:
    for place, (before, after) in enumerate(zip(old, new, strict=False)):
        _compare(before, after, [*path, place], edits)
    edits += [["delete", [*path, i], None] for i in range(len(old) - 1, len(new) - 1, -1)]
    edits += [["add", [*path, i], new[i]] for i in range(len(old), len(new))]
