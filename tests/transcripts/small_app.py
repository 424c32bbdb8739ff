"""A Gradio app for what the kitchen of `tests/servers` has not: ``python small_app.py PORT``.

Hidden errors, pieces of a ``.stream()`` event, and outputs that grow and shrink.
Run it with ``GRADIO_HEARTBEAT_INTERVAL=0.3`` to see heartbeats (6.x).
"""

import sys
import time

import gradio as gr


def fail():
    raise ValueError("nobody sees this")


def wait(seconds):
    time.sleep(seconds)
    return seconds


def table():
    """Rows come and go, so that edits of all four kinds are sent."""
    yield [["a", 1]]
    yield [["a", 1], ["b", 2]]
    yield [["a", 1], ["b", 2], ["c", 3]]
    yield [["A", 1]]


def talk():
    said = []
    for i in range(3):
        said = [*said, {"role": "user", "content": f"word {i}"}]
        yield said
    yield said[:1]


def marked():
    yield [("a", "x"), ("b", "y"), ("c", "z")]
    yield [("a", "x")]
    yield [("ab", "x"), ("d", "y")]


def hear(sound):
    return "heard"


def build():
    with gr.Blocks(title="Small") as app:
        button = gr.Button("Run")
        text = gr.Textbox(label="Text")
        button.click(fail, None, text, api_name="fail")
        button.click(
            wait, gr.Number(1, label="Seconds"), gr.Number(label="Waited"), api_name="wait"
        )
        button.click(table, None, gr.Dataframe(label="Table"), api_name="table")
        if gr.__version__ >= "4.44":
            extra = {} if gr.__version__ >= "6" else {"type": "messages"}
            button.click(talk, None, gr.Chatbot(label="Talk", **extra), api_name="talk")
        button.click(marked, None, gr.HighlightedText(label="Marked"), api_name="marked")
        if gr.__version__ >= "5":
            sound = gr.Audio(streaming=True, label="Sound")
            sound.stream(hear, sound, text, stream_every=0.5, time_limit=1, api_name="hear")
    return app


if __name__ == "__main__":
    build().launch(
        server_name="127.0.0.1", server_port=int(sys.argv[1]), quiet=True, show_error=False
    )
