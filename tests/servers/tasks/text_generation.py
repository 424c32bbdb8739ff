"""A sentence carried on word by word, each one as it followed the last in a little text."""

import random

import gradio as gr

TEXT = """
the fox ran through the snow and the snow lay on the hill . the hill was white and the fox was
red . a bird sat in the tree and the tree stood on the hill . the fox saw the bird and the bird
saw the fox . the bird flew over the hill and the fox ran home .
""".split()
FOLLOWS = {}
for one, two in zip(TEXT, TEXT[1:]):
    FOLLOWS.setdefault(one, []).append(two)


def complete(prompt, max_new_tokens=30, do_sample=True, temperature=0.7, top_k=5, seed=0):
    words = prompt.split()
    if not words:
        raise gr.Error("Write how it begins")
    rng = random.Random(int(seed))
    for _ in range(int(max_new_tokens)):
        after = FOLLOWS.get(words[-1].lower(), FOLLOWS["."])
        ranked = sorted(set(after), key=lambda word: (-after.count(word), word))[: int(top_k)]
        words.append(rng.choice(ranked) if do_sample and temperature > 0.05 else ranked[0])
        yield " ".join(words)


with gr.Blocks(title="Carry on") as demo:
    gr.Markdown("## Carry on\nA model of sixty parameters.")
    with gr.Row():
        with gr.Column():
            prompt = gr.Textbox(label="Prompt", lines=4, placeholder="the fox")
            max_new = gr.Slider(1, 200, value=30, step=1, label="Max new tokens")
            sample = gr.Checkbox(value=True, label="Do sample")
            temperature = gr.Slider(0, 2, value=0.7, step=0.05, label="Temperature")
            top_k = gr.Slider(1, 50, value=5, step=1, label="Top-k")
            seed = gr.Number(0, label="Seed", precision=0)
        with gr.Column():
            output = gr.Textbox(label="Completion", lines=10)
            go = gr.Button("Submit")
            stop = gr.Button("Stop")
    event = go.click(complete, [prompt, max_new, sample, temperature, top_k, seed], output)
    stop.click(None, None, None, cancels=[event])

if __name__ == "__main__":
    demo.queue().launch()
