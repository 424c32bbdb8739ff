"""What the two pages share: their look, their seeds, and the pace of their progress bar."""

from __future__ import annotations

import random
import time
from typing import Any, Final

import gradio as gr

from anyspace.demo._facts import Demo
from anyspace.demo._passes import OnPass

__all__ = [
    "CSS",
    "MAX_SEED",
    "Pacer",
    "chosen_seed",
    "examples",
    "header",
    "prompt_row",
    "size_sliders",
    "theme",
]

MAX_SEED: Final = 2**31 - 1

_EXAMPLES: Final = (
    "a red fox in snow",
    "a ship on the sea at sunset",
    "a cat under the moon in a forest",
    "a starry night over a cabin by a mountain lake",
    "a rabbit under a cherry tree in spring",
)

CSS: Final = """
.gradio-container { max-width: 760px !important; margin: 0 auto !important; }
footer { display: none !important; }
"""

# A bar that only flashes tells nothing; one that dawdles keeps everybody waiting.
_PACE: Final = 0.15
_LONGEST: Final = 0.6


class Pacer:
    """Shows how far a picture is, and holds each step long enough to be seen.

    Args:
        pace: Seconds per step. None takes the demo's own time, which is short
            whatever the number of steps.
    """

    def __init__(self, pace: float | None = None) -> None:
        self._pace = pace

    def follow(self, progress: Any, before: int = 0, total: int = 0) -> OnPass:
        """Return a callback for a painter that reports its passes to a progress bar.

        Args:
            progress: Gradio's progress bar.
            before: How many steps were done before this picture.
            total: How many there are in all; 0 means this picture's own.
        """

        def on_pass(number: int, passes: int) -> None:
            steps = total or passes
            progress((before + number, steps), desc="Painting", unit="steps")
            time.sleep(min(_PACE, _LONGEST / steps) if self._pace is None else self._pace)

        return on_pass


def chosen_seed(seed: float, randomize: bool) -> int:
    """Return the seed to use: the given one, or a fresh one."""
    return random.randint(0, MAX_SEED) if randomize else int(seed)


def header(demo: Demo) -> str:
    """Return the page's heading, which says openly what this is."""
    return (
        f"# {demo.title}\n"
        f"The page, the endpoint `{demo.endpoint}`, its parameters and its outputs are shaped like "
        f"[{demo.shaped_like}](https://huggingface.co/spaces/{demo.shaped_like}). "
        f"**There is no model behind it**: every picture is painted by procedure, "
        "from the prompt's words and the seed, on this machine."
    )


def prompt_row() -> tuple[Any, Any]:
    """Add a line for the prompt and a button, and return both."""
    with gr.Row():
        prompt = gr.Text(
            label="Prompt",
            show_label=False,
            max_lines=1,
            placeholder="Enter your prompt",
            container=False,
        )
        button = gr.Button("Run", variant="primary", scale=0)
    return prompt, button


def size_sliders(minimum: int, step: int) -> list[Any]:
    """Add the sliders for width and height, side by side."""
    with gr.Row():
        return [
            gr.Slider(label=label, minimum=minimum, maximum=2048, step=step, value=1024)
            for label in ("Width", "Height")
        ]


def examples(app: Any, prompt: Any) -> None:
    """Add examples to click on, and another idea in the empty box on each visit.

    These are the page's own two events, so they take the first two `fn_index`.
    """
    gr.Examples(examples=[*_EXAMPLES], inputs=[prompt])
    app.load(_suggest, outputs=[prompt], api_visibility="private", queue=False)


def _suggest() -> Any:
    return gr.update(placeholder=f"Try: {random.choice(_EXAMPLES)}")


def theme() -> Any:
    """Return a theme whose fonts are the visitor's own: nothing is fetched for them."""
    fonts = {"font": ["system-ui", "sans-serif"], "font_mono": ["ui-monospace", "monospace"]}
    return gr.themes.Soft(primary_hue="indigo", neutral_hue="slate", **fonts)
