"""Pictures of shapes, described and asked about, by numpy: two tabs as in the usual demo."""

import gradio as gr
import numpy as np

COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 170, 60),
    "blue": (40, 70, 220),
    "yellow": (240, 210, 40),
    "black": (10, 10, 10),
    "white": (255, 255, 255),
}
NAMES, VALUES = list(COLOURS), np.array(list(COLOURS.values()))


def look(image):
    """The background's colour, and the colour of every patch that is not background."""
    small = np.asarray(image.convert("RGB").resize((96, 96), 0)).astype(int)
    names = ((small[:, :, None] - VALUES) ** 2).sum(-1).argmin(-1)
    background = names[0, 0]
    found, left = [], {tuple(at) for at in np.argwhere(names != background)}
    while left:
        y, x = start = left.pop()
        patch, size = [start], 0
        while patch:
            y, x = patch.pop()
            size += 1
            for at in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if at in left and names[at] == names[start]:
                    left.remove(at)
                    patch.append(at)
        if size > 20:
            found.append(NAMES[names[start]])
    return NAMES[background], found


def caption(image, min_length, max_length):
    background, found = look(image)
    parts = [f"{found.count(name)} {name}" for name in NAMES if name in found]
    return f"a {background} picture with {' and '.join(parts) or 'nothing'} on it"


def answer(image, question):
    background, found = look(image)
    words = question.lower()
    if "background" in words:
        return background
    named = [name for name in NAMES if name in words]
    if "how many" in words:
        return str(sum(1 for name in found if not named or name in named))
    if words.startswith(("is there", "are there")):
        return "yes" if any(name in found for name in named) else "no"
    return ", ".join(sorted(set(found)))


with gr.Blocks(title="Look and tell") as demo:
    gr.Markdown("# Look and tell")
    with gr.Tab("Image Captioning"):
        picture = gr.Image(type="pil", label="Image")
        with gr.Row():
            shortest = gr.Slider(1, 50, value=5, step=1, label="Min length")
            longest = gr.Slider(5, 100, value=20, step=1, label="Max length")
        told = gr.Textbox(label="Caption")
        gr.Button("Caption it!").click(
            caption, [picture, shortest, longest], told, api_name="caption"
        )
    with gr.Tab("Visual Question Answering"):
        subject = gr.Image(type="pil", label="Image")
        question = gr.Textbox(label="Question", value="How many shapes are there?")
        reply = gr.Textbox(label="Answer")
        gr.Button("Ask").click(answer, [subject, question], reply, api_name="answer_question")

if __name__ == "__main__":
    demo.queue().launch()
