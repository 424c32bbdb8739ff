"""What programs import from ``gradio_client.data_classes``."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

__all__ = ["FileData", "ParameterInfo"]


class FileData(TypedDict):
    """A file as Gradio 3.x writes it; the name is older than today's ``FileData``."""

    name: str | None
    data: str | None
    size: NotRequired[int | None]
    is_file: NotRequired[bool]
    orig_name: NotRequired[str]
    mime_type: NotRequired[str]
    is_stream: NotRequired[bool]


class ParameterInfo(TypedDict):
    """One parameter or returned value of an endpoint in ``/info``."""

    label: str
    parameter_name: str
    parameter_has_default: NotRequired[bool]
    parameter_default: NotRequired[Any]
    type: dict[str, Any]
    python_type: dict[str, str]
    component: str
    example_input: Any
