"""The second Space: what Midjourney's Space looks like on the wire, with brushwork inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import gradio as gr
from PIL import Image

from anyspace.demo._brushwork import PASSES, STYLES, paint_brushwork
from anyspace.demo._facts import DEMOS
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

__all__ = ["build_midjourney"]

_PICTURES: Final = 2
_STYLE: Final = "2560 x 1440"
_NEGATIVE: Final = (
    "(deformed, distorted, disfigured:1.3), poorly drawn, bad anatomy, wrong anatomy, "
    "extra limb, missing limb, floating limbs, blurry, mutated, ugly, text, watermark"
)


def build_midjourney(pacer: Pacer) -> Any:
    """Return the app."""
    demo = DEMOS["midjourney"]
    with gr.Blocks(title=demo.title) as app:
        gr.Markdown(header(demo))
        prompt, button = prompt_row()
        result = gr.Gallery(label="Result", columns=_PICTURES, show_label=False)
        with gr.Accordion("Advanced options", open=False):
            use_negative, negative = _negative_prompt()
            seed, settings = _settings()
        style = gr.Radio(label="Image Style", choices=[*STYLES], value=_STYLE)
        examples(app, prompt)
        # Left public and nameless, as many Spaces leave theirs: it shows up as /lambda.
        use_negative.change(
            lambda x: gr.update(visible=x), inputs=[use_negative], outputs=[negative]
        )
        gr.on(
            triggers=[prompt.submit, negative.submit, button.click],
            fn=_painter(pacer),
            inputs=[prompt, negative, use_negative, style, seed, *settings],
            outputs=[result, seed],
            api_name=demo.endpoint.removeprefix("/"),
            show_progress_on=result,
        )
    return app


def _negative_prompt() -> tuple[Any, Any]:
    """Add the negative prompt and the switch that shows and hides it."""
    return (
        gr.Checkbox(label="Use negative prompt", value=True),
        gr.Text(label="Negative prompt", lines=2, max_lines=4, value=_NEGATIVE),
    )


def _settings() -> tuple[Any, list[Any]]:
    """Add the other settings; return the seed, and the rest in the order of `run`."""
    with gr.Row():
        seed = gr.Slider(label="Seed", minimum=0, maximum=MAX_SEED, step=1, value=0)
        randomize_seed = gr.Checkbox(label="Randomize seed", value=True)
    sides = size_sliders(minimum=512, step=8)
    guidance = gr.Slider(label="Guidance Scale", minimum=0.1, maximum=20, step=0.1, value=6)
    return seed, [*sides, guidance, randomize_seed]


def _painter(pacer: Pacer) -> Callable[..., tuple[list[Image.Image], int]]:
    bar = gr.Progress()

    # The names of the arguments are the names of the endpoint's parameters.
    def run(
        prompt: str,
        negative_prompt: str = _NEGATIVE,
        use_negative_prompt: bool = True,
        style: str = _STYLE,
        seed: float = 0,
        width: float = 1024,
        height: float = 1024,
        guidance_scale: float = 6.0,
        randomize_seed: bool = True,
        progress: Any = bar,
    ) -> tuple[list[Image.Image], int]:
        """Paint two pictures in brush strokes from the prompt's words."""
        chosen = chosen_seed(seed, randomize_seed)
        unwanted = negative_prompt if use_negative_prompt else None
        scene = read_scene(prompt or "", unwanted or "")
        pictures = [
            paint_brushwork(
                scene,
                f"{chosen}/{number}",
                (int(width), int(height)),
                style=STYLES[style],
                guidance=guidance_scale,
                on_pass=pacer.follow(progress, number * PASSES, _PICTURES * PASSES),
            )
            for number in range(_PICTURES)
        ]
        return pictures, chosen

    return run
