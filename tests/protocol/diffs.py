"""The server's side of the edits, written anew from what servers were seen to send.

Every Gradio compares two lists place by place, so a list only ever grows or shrinks
at its end. They number the deletions in two ways, and both are off:

* ``"4"`` (4.19.2, 4.21.0 and 4.44.1): each with the place it had before any
  deletion, so the second of two points behind the list when it comes.
* ``"5"`` (5.50.0, 6.31.0): each less by the number of deletions before it. Those of
  lists further inside are counted, and lowered, too: ``[[1, 2], [3, 4]]`` to
  ``[[1], [3]]`` deletes the places ``[0, 1]`` and ``[1, 0]``.
"""

from __future__ import annotations

from typing import Any, Literal

__all__ = ["NUMBERINGS", "Numbering", "diff"]

Numbering = Literal["4", "5"]
NUMBERINGS: tuple[Numbering, ...] = ("4", "5")


def diff(old: Any, new: Any, numbering: Numbering) -> list[list[Any]]:
    """What the server sends so that `old` becomes `new`."""
    if old == new:
        return []
    if type(old) is type(new):
        if isinstance(old, str) and new.startswith(old):
            return [["append", [], new.removeprefix(old)]]
        if isinstance(old, dict):
            return _diff_mappings(old, new, numbering)
        if isinstance(old, list):
            edits = _diff_lists(old, new, numbering)
            return _lowered(edits) if numbering == "5" else edits
    return [["replace", [], new]]


def _diff_lists(old: list[Any], new: list[Any], numbering: Numbering) -> list[list[Any]]:
    edits = []
    for i, (before, after) in enumerate(zip(old, new, strict=False)):
        edits += _below(i, diff(before, after, numbering))
    edits += [["delete", [i], None] for i in range(len(new), len(old))]
    edits += [["add", [i], new[i]] for i in range(len(old), len(new))]
    return edits


def _lowered(edits: list[list[Any]]) -> list[list[Any]]:
    """Renumber the deletions of a list, and by mistake those further inside."""
    seen = 0
    lowered = []
    for operation, path, value in edits:
        if operation == "delete" and isinstance(path[-1], int):
            path = [*path[:-1], path[-1] - seen]
            seen += 1
        lowered.append([operation, path, value])
    return lowered


def _diff_mappings(
    old: dict[str, Any], new: dict[str, Any], numbering: Numbering
) -> list[list[Any]]:
    edits = []
    for key, before in old.items():
        if key in new:
            edits += _below(key, diff(before, new[key], numbering))
        else:
            edits.append(["delete", [key], None])
    edits += [["add", [key], new[key]] for key in new if key not in old]
    return edits


def _below(step: int | str, edits: list[list[Any]]) -> list[list[Any]]:
    return [[operation, [step, *path], value] for operation, path, value in edits]
