"""One endpoint, as ``Client.endpoints`` lists it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Endpoint"]


class Endpoint:
    """What the app's configuration says about one of its functions.

    Attributes:
        fn_index: Its number on the wire.
        dependency: The app's own words.
        api_name: Its name with a slash; None when it has none, False when it is private.
        backend_fn: It runs on the server.
        is_valid: It can be called.
        api_visibility: ``"public"``, ``"undocumented"`` or ``"private"``.
        parameters_info: What ``/info`` says about its parameters, None when nothing.
    """

    def __init__(
        self, fn_index: int, dependency: Mapping[str, Any], info: Mapping[str, Any], src: str
    ) -> None:
        self.fn_index = fn_index
        self.dependency = dependency
        name = dependency.get("api_name")
        self.api_name: str | bool | None = f"/{name}" if isinstance(name, str) else name
        self.backend_fn = dependency.get("backend_fn")
        self.api_visibility = dependency.get("api_visibility") or _older_visibility(dependency)
        self.is_valid = self.api_visibility != "private"
        described = info["named_endpoints"].get(self.api_name)
        self.parameters_info = described["parameters"] if described else None
        self._src = src

    def __repr__(self) -> str:
        return f"Endpoint src: {self._src}, api_name: {self.api_name}, fn_index: {self.fn_index}"


def _older_visibility(dependency: Mapping[str, Any]) -> str:
    """Up to Gradio 5 two fields said it."""
    if dependency.get("api_name") is False:
        return "private"
    return "undocumented" if dependency.get("show_api") is False else "public"
