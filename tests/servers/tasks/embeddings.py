"""A text as a vector of its letters' triples, and how near two texts are."""

import hashlib

import gradio as gr
import numpy as np


def embed(text, normalize=True, dimensions=64):
    size = int(dimensions)
    vector = np.zeros(size)
    padded = f"  {text.lower()}  "
    for i in range(len(padded) - 2):
        digest = hashlib.md5(padded[i : i + 3].encode()).digest()
        vector[int.from_bytes(digest[:4], "big") % size] += 1
    if normalize:
        vector /= np.linalg.norm(vector) or 1
    return vector.tolist()


def similarity(first, second):
    return float(np.dot(embed(first), embed(second)))


with gr.Blocks(title="Text embeddings") as demo:
    with gr.Tab("Embed"):
        text = gr.Textbox(label="Sentence")
        normalize = gr.Checkbox(True, label="Normalize")
        size = gr.Slider(16, 256, value=64, step=16, label="Dimensions")
        vector = gr.JSON(label="Embedding")
        gr.Button("Embed").click(embed, [text, normalize, size], vector, api_name="embed")
    with gr.Tab("Compare"):
        first, second = gr.Textbox(label="Sentence 1"), gr.Textbox(label="Sentence 2")
        score = gr.Number(label="Cosine similarity")
        gr.Button("Compare").click(similarity, [first, second], score, api_name="similarity")

if __name__ == "__main__":
    demo.queue().launch()
