"""A real Gradio app: ``python -m benchmarks.real PORT``."""

from __future__ import annotations

import sys

import gradio as gr


def echo(text: str) -> str:
    """Return the text."""
    return text


def main() -> None:
    """Serve until killed."""
    with gr.Blocks() as app:
        text, shown = gr.Textbox(), gr.Textbox()
        gr.Button().click(echo, text, shown, api_name="echo", concurrency_limit=None)
    app.launch(server_port=int(sys.argv[1]), quiet=True)


if __name__ == "__main__":
    main()
