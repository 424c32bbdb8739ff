"""The first Space: what FLUX.1-schnell looks like on the wire, with a landscape painter inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from PIL import Image

from anyspace.demo._facts import DEMOS
from anyspace.demo._landscape import paint_landscape
from anyspace.demo._page import (
    MAX_SEED,
    Pacer,
    chosen_seed,
    examples,
    header,
    prompt_row,
    size_sliders,
)
from anyspace.demo._scene import read_scene

__all__ = ["build_flux"]


def build_flux(pacer: Pacer) -> Any:
    """Return the app."""
    demo = DEMOS["flux"]
    with gr.Blocks(title=demo.title) as app:
        gr.Markdown(header(demo))
        prompt, button = prompt_row()
        result = gr.Image(label="Result", show_label=False)
        settings = _settings()
        examples(app, prompt)
        gr.on(
            triggers=[button.click, prompt.submit],
            fn=_painter(pacer),
            inputs=[prompt, *settings],
            outputs=[result, settings[0]],
            api_name=demo.endpoint.removeprefix("/"),
            show_progress_on=result,
        )
    return app


def _settings() -> list[Any]:
    """Add the advanced settings; return them in the order in which `infer` takes them."""
    with gr.Accordion("Advanced Settings", open=False):
        seed = gr.Slider(label="Seed", minimum=0, maximum=MAX_SEED, step=1, value=0)
        randomize_seed = gr.Checkbox(label="Randomize seed", value=True)
        sides = size_sliders(minimum=256, step=32)
        steps = gr.Slider(label="Number of inference steps", minimum=1, maximum=50, step=1, value=4)
    return [seed, randomize_seed, *sides, steps]


def _painter(pacer: Pacer) -> Callable[..., tuple[Image.Image, int]]:
    bar = gr.Progress()

    # The names of the arguments are the names of the endpoint's parameters.
    def infer(
        prompt: str,
        seed: float = 0,
        randomize_seed: bool = True,
        width: float = 1024,
        height: float = 1024,
        num_inference_steps: float = 4,
        progress: Any = bar,
    ) -> tuple[Image.Image, int]:
        """Paint a landscape from the prompt's words."""
        chosen = chosen_seed(seed, randomize_seed)
        picture = paint_landscape(
            read_scene(prompt or ""),
            chosen,
            (int(width), int(height)),
            steps=int(num_inference_steps),
            on_pass=pacer.follow(progress),
        )
        return picture, chosen

    return infer
