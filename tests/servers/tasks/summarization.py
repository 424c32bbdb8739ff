"""The sentences of an article whose words come up most often in it, in their order."""

import re
from collections import Counter

import gradio as gr

COMMON = set(
    "a an and are as at be but by for from in is it its of on or that the to was with".split()
)


def words(text):
    return [word for word in re.findall(r"\w+", text.lower()) if word not in COMMON]


def summarize(article, max_length, min_length):
    """Take the best sentences while they stay below so many words."""
    sentences = re.split(r"(?<=[.!?])\s+", article.strip())
    counts = Counter(words(article))
    weight = [sum(counts[w] for w in words(s)) / (len(words(s)) or 1) for s in sentences]
    chosen, length = set(), 0
    for i in sorted(range(len(sentences)), key=lambda i: -weight[i]):
        if length + len(sentences[i].split()) <= max_length or not chosen:
            chosen.add(i)
            length += len(sentences[i].split())
    return " ".join(sentences[i] for i in sorted(chosen))


demo = gr.Interface(
    summarize,
    [
        gr.Textbox(lines=12, label="Article", placeholder="Paste a long text here"),
        gr.Slider(5, 200, value=60, step=1, label="Max length"),
        gr.Slider(1, 100, value=5, step=1, label="Min length"),
    ],
    gr.Textbox(label="Summary"),
    title="Extractive summarizer",
    examples=[["Foxes are red. Foxes live in holes. It rained. Many foxes hunt at night.", 20, 5]],
    cache_examples=False,
)

if __name__ == "__main__":
    demo.launch()
