"""A chat program that takes text and files in one box, and says what the files are."""

import gradio as gr
from PIL import Image
from small_talk import answer, pieces

VERSION = tuple(int(part) for part in gr.__version__.split(".")[:2])
KIND = {"type": "messages"} if (4, 44) <= VERSION < (6, 0) else {}


def describe(path):
    try:
        with Image.open(path) as picture:
            return f"a picture of {picture.width} by {picture.height} pixels"
    except OSError:
        return "a file that is no picture"


def process(message, history, max_new_tokens):
    files = [f if isinstance(f, str) else f["path"] for f in message.get("files") or []]
    if files:
        reply = "I see " + " and ".join(map(describe, files)) + "."
    else:
        reply = answer(message.get("text") or "", history)
    yield from pieces(reply, max_new_tokens)


demo = gr.ChatInterface(
    process,
    title="Small talk with files",
    multimodal=True,
    textbox=gr.MultimodalTextbox(file_count="multiple", placeholder="Say something, add files"),
    additional_inputs=[
        gr.Slider(label="Max New Tokens", minimum=1, maximum=500, step=1, value=100),
    ],
    **KIND,
)

if __name__ == "__main__":
    demo.launch()
