"""Small descriptions of apps, written by hand, and the recorded ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from anyspace.schema import App, parse_app

__all__ = ["RECORDED", "described", "load", "recorded", "widget"]

RECORDED = ("gradio4", "gradio5", "gradio6")
_DATA = Path(__file__).parent / "data"


def load(name: str) -> tuple[bytes, bytes]:
    """The recorded ``/config`` and ``/info`` of the kitchen app."""
    return (_DATA / f"{name}_config.json").read_bytes(), (_DATA / f"{name}_info.json").read_bytes()


def recorded(name: str) -> App:
    """The kitchen app as one Gradio describes it."""
    return parse_app(*load(name))


def widget(id: int, type: str, *, skip_api: bool | None = None, **props: Any) -> dict[str, Any]:
    """One component of ``/config``; without `skip_api` as on Gradio 3 before its serializers."""
    part: dict[str, Any] = {"id": id, "type": type, "props": props}
    return part if skip_api is None else {**part, "skip_api": skip_api}


def described(
    components: list[dict[str, Any]],
    dependencies: list[dict[str, Any]],
    named: dict[str, Any] | None = None,
    unnamed: dict[str, Any] | None = None,
    **config: Any,
) -> App:
    """An app of these parts; without `named` and `unnamed` its ``/info`` cannot be read."""
    document = {"components": components, "dependencies": dependencies, **config}
    info = None
    if named is not None or unnamed is not None:
        info = json.dumps({"named_endpoints": named or {}, "unnamed_endpoints": unnamed or {}})
    return parse_app(json.dumps(document).encode(), info.encode() if info is not None else None)
