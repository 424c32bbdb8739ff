"""Notes of a scale played by numpy, shaped like the usual text-to-music Space."""

import random

import gradio as gr
import numpy as np

RATE = 22050
SCALE = [0, 2, 4, 5, 7, 9, 11, 12]
PITCHES = {"low": 110.0, "bass": 110.0, "high": 880.0, "flute": 880.0}


def play(prompt, duration, seed, cfg_scale=7.0, steps=50, randomize=False):
    if not prompt:
        raise gr.Error("Describe the sound first")
    if randomize:
        seed = random.randint(0, 2**31)
    rng = random.Random(int(seed))
    words = prompt.lower()
    root = next((pitch for word, pitch in PITCHES.items() if word in words), 440.0)
    length = int(RATE * duration)
    t = np.arange(length) / RATE
    if "one note" in words or "tone" in words:
        sound = np.sin(2 * np.pi * root * t)
    else:
        step = RATE // 4
        sound = np.concatenate(
            [
                np.sin(2 * np.pi * root * 2 ** (rng.choice(SCALE) / 12) * t[:step])
                * np.exp(-4 * t[:step])
                for _ in range(length // step + 1)
            ]
        )[:length]
    return (RATE, (sound * 20000).astype(np.int16)), int(seed)


with gr.Blocks(title="Small tunes") as demo:
    gr.Markdown("# Small tunes\nMake music from a description.")
    with gr.Row():
        with gr.Column():
            description = gr.Textbox(
                label="Describe your music", placeholder="a low tone, a happy flute"
            )
            seconds = gr.Slider(1, 30, value=5, step=1, label="Duration (seconds)")
            seed = gr.Number(value=1, label="Seed", precision=0)
            with gr.Accordion("Sampler Params", open=False):
                cfg = gr.Slider(1, 15, value=7, step=0.1, label="CFG Scale")
                steps = gr.Slider(10, 100, value=50, step=5, label="Steps")
                randomize = gr.Checkbox(label="Randomize seed", value=False)
            make = gr.Button("Compose", variant="primary")
        sound = gr.Audio(label="Generated Music", interactive=False)
    make.click(play, [description, seconds, seed, cfg, steps, randomize], [sound, seed])
    gr.Examples([["a low tone", 2, 1]], [description, seconds, seed])

if __name__ == "__main__":
    demo.queue().launch()
