"""A chat program built by hand: one function shows what the user said, the next one answers."""

import gradio as gr
from small_talk import answer, pieces, text_of

VERSION = tuple(int(part) for part in gr.__version__.split(".")[:2])
MESSAGES = VERSION >= (5, 0)
KIND = {"type": "messages"} if (5, 0) <= VERSION < (6, 0) else {}


def user(user_message, history):
    history = history or []
    if MESSAGES:
        return "", [*history, {"role": "user", "content": user_message}]
    return "", [*history, [user_message, None]]


def bot(history, style, max_length):
    if not history:
        raise gr.Error("Say something first")
    if MESSAGES:
        message, before = text_of(history[-1]["content"]), history[:-1]
        for piece in pieces(answer(message, before, style), max_length):
            yield [*history, {"role": "assistant", "content": piece}]
    else:
        message, before = history[-1][0], history[:-1]
        for piece in pieces(answer(message, before, style), max_length):
            yield [*before, [message, piece]]


def undo(history):
    return history[: -2 if MESSAGES else -1]


with gr.Blocks(title="Small talk") as demo:
    gr.Markdown("<h1>Small talk</h1>")
    chatbot = gr.Chatbot(label="Small talk", height=400, **KIND)
    msg = gr.Textbox(label="Your message", placeholder="Type here and press Enter")
    with gr.Accordion("Parameters", open=False):
        style = gr.Textbox(label="System prompt", value="Be kind.")
        length = gr.Slider(1, 512, value=256, step=1, label="Maximum length")
    with gr.Row():
        send = gr.Button("Send", variant="primary")
        back = gr.Button("Undo")
        clear = gr.Button("Clear")
    for event in (msg.submit, send.click):
        event(user, [msg, chatbot], [msg, chatbot], queue=False).then(
            bot, [chatbot, style, length], chatbot
        )
    back.click(undo, chatbot, chatbot, queue=False)
    clear.click(lambda: None, None, chatbot, queue=False)

if __name__ == "__main__":
    demo.queue().launch()
