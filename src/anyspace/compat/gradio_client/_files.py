"""Files among the arguments, marked as gradio_client marks them."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any, Final, TypeGuard

__all__ = [
    "file",
    "handle_file",
    "is_file_obj",
    "is_file_obj_with_meta",
    "is_file_obj_with_url",
    "is_http_url_like",
]

_MARK: Final = "gradio.FileData"


def handle_file(filepath_or_url: str | os.PathLike[str]) -> dict[str, Any]:
    """Mark a local path or a URL as a file, so that it is sent as one.

    Raises:
        ValueError: There is no such file, and it is no URL.

    Example:
        >>> client.predict(handle_file("fox.png"), api_name="/describe")
    """
    given = str(filepath_or_url)
    marked: dict[str, Any] = {"path": given, "meta": {"_type": _MARK}}
    if is_http_url_like(given):
        return {**marked, "orig_name": given.rpartition("/")[2], "url": given}
    if not Path(given).exists():
        raise ValueError(f"File {given} does not exist on local filesystem and is not a valid URL.")
    return {**marked, "orig_name": Path(given).name}


def file(filepath_or_url: str | os.PathLike[str]) -> dict[str, Any]:
    """Mark a file by the older name of `handle_file`."""
    warnings.warn(
        "file() is deprecated: call handle_file() instead", DeprecationWarning, stacklevel=2
    )
    return handle_file(filepath_or_url)


def is_http_url_like(possible_url: object) -> bool:
    """Tell whether it is text that begins like a web address."""
    return isinstance(possible_url, str) and possible_url.startswith(("http://", "https://"))


def is_file_obj(d: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether it is a mapping with a path: a file in Gradio up to 4.20, or any JSON."""
    return isinstance(d, dict) and isinstance(d.get("path"), str)


def is_file_obj_with_meta(d: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether it is a mapping that is marked as a file."""
    if not is_file_obj(d):
        return False
    meta = d.get("meta")
    return isinstance(meta, dict) and meta.get("_type") == _MARK


def is_file_obj_with_url(d: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether it is a mapping that is marked as a file and says where it is."""
    return is_file_obj_with_meta(d) and isinstance(d.get("url"), str)
