"""Running one demonstration Space inside this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from anyspace.demo._flux import build_flux
from anyspace.demo._midjourney import build_midjourney
from anyspace.demo._page import CSS, Pacer, theme

__all__ = ["BUILDERS", "serve"]

BUILDERS: Final[Mapping[str, Callable[[Pacer], Any]]] = MappingProxyType(
    {"flux": build_flux, "midjourney": build_midjourney}
)


def serve(name: str, port: int, pace: float | None = None) -> None:
    """Serve a demonstration Space on 127.0.0.1 until interrupted.

    Args:
        name: Which one: a key of `DEMOS`.
        port: Where.
        pace: Seconds per step of a picture; None takes the demo's own time.
    """
    app = BUILDERS[name](Pacer(pace))
    app.launch(
        server_name="127.0.0.1",
        server_port=port,
        share=False,
        ssr_mode=False,
        inbrowser=False,
        theme=theme(),
        css=CSS,
    )
