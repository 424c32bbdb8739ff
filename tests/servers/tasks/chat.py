"""A chat program in the template most chat Spaces start from: an interface with more inputs."""

import gradio as gr
from small_talk import answer, pieces

VERSION = tuple(int(part) for part in gr.__version__.split(".")[:2])
# Pairs up to 4.x, messages from 5.0, which are the only form from 6.0.
KIND = {"type": "messages"} if (5, 0) <= VERSION < (6, 0) else {}


def respond(message, history, system_message, max_tokens, temperature, top_p):
    yield from pieces(answer(message, history, system_message), max_tokens)


demo = gr.ChatInterface(
    respond,
    additional_inputs=[
        gr.Textbox(value="You are a friendly Chatbot.", label="System message"),
        gr.Slider(minimum=1, maximum=2048, value=512, step=1, label="Max new tokens"),
        gr.Slider(minimum=0.1, maximum=4.0, value=0.7, step=0.1, label="Temperature"),
        gr.Slider(
            minimum=0.1, maximum=1.0, value=0.95, step=0.05, label="Top-p (nucleus sampling)"
        ),
    ],
    **KIND,
)

if __name__ == "__main__":
    demo.queue().launch()
