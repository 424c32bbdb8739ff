"""Files among the data: how each style writes them, and how they are told from the rest.

From 4.0 a file is ``{"path", "url", "orig_name"…}``, from 4.21 with a mark in ``meta``;
3.x has ``{"name", "data", "is_file", "orig_name"}``, and plain base64 text for pictures
(Gradio's ``FileData``; 3.x ``gradio_client/serializing.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from anyspace.protocol._generations import FileStyle

__all__ = ["read_file", "read_gallery", "write_file"]

_MARK: Final = {"_type": "gradio.FileData"}
_UNMARKED_KEYS: Final = frozenset({"path", "url", "orig_name"})
_NAMED_KEYS: Final = frozenset({"name", "data", "is_file"})


def read_file(style: FileStyle, value: Any, *, declared: bool) -> Mapping[str, Any] | None:
    """Tell whether a value is a file, and say so in today's form.

    Args:
        style: How the app writes files.
        value: One value of an output, or one inside it.
        declared: The endpoint's description says that files stand in this output.

    Returns:
        ``{"path" or "url", "orig_name", …}``, None when it is no file. A file that
        came inside the data has a ``data:`` URL; one that the app still makes says
        ``"is_stream": true``.
    """
    if isinstance(value, str):
        inside = style is FileStyle.NAMED and declared and value.startswith("data:")
        return {"url": value} if inside else None
    if not isinstance(value, Mapping):
        return None
    meta = value.get("meta")
    if isinstance(meta, Mapping) and meta.get("_type") == _MARK["_type"]:
        return value
    if value.get("is_stream") is True and declared:
        return {**value, "path": value.get("path") or value.get("name")}
    if style is FileStyle.UNMARKED:
        return value if declared and value.keys() >= _UNMARKED_KEYS else None
    if style is FileStyle.NAMED and value.keys() >= _NAMED_KEYS:
        return _from_named(value)
    return None


def _from_named(value: Mapping[str, Any]) -> Mapping[str, Any]:
    name, size = value.get("orig_name"), value.get("size")
    if value["is_file"] or not isinstance(value["data"], str):
        return {"path": value["name"], "orig_name": name, "size": size}
    return {"url": value["data"], "orig_name": name or value["name"], "size": size}


def read_gallery(style: FileStyle, value: Any) -> Any:
    """Say a gallery's items in today's form: 3.x lists files, or pairs of file and caption."""
    if style is not FileStyle.NAMED or not isinstance(value, list):
        return value
    pairs = [item if isinstance(item, list) and len(item) == 2 else [item, None] for item in value]
    return [{"image": file, "caption": caption} for file, caption in pairs]


def write_file(
    style: FileStyle,
    path: str,
    *,
    name: str,
    mime_type: str,
    size: int | None,
    url: str | None = None,
) -> dict[str, Any]:
    """Write a file that lies on the server, or at a URL that the app fetches itself.

    Args:
        style: How the app wants files.
        path: Where the app has it, or the URL.
        name: What the user calls it.
        mime_type: ``""`` when unknown.
        size: Bytes, None when unknown.
        url: The URL once more, when it is one.
    """
    if style is FileStyle.NAMED:
        return {"name": path, "data": None, "is_file": True, "orig_name": name, "size": size}
    return {
        "path": path,
        "url": url,
        "orig_name": name,
        "mime_type": mime_type or None,
        "size": size,
        "meta": _MARK,  # known from 4.21, and harmless before
    }
