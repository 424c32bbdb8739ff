"""Shapes drawn by Pillow as a sentence says: pictures in a gallery, previews on the way."""

import random

import gradio as gr
from PIL import Image, ImageDraw

MAX_SEED = 2**32 - 1
COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 170, 60),
    "blue": (40, 70, 220),
    "yellow": (240, 210, 40),
    "black": (20, 20, 20),
}
SHAPES = ("circle", "square", "triangle")
ASPECTS = {"Square (1:1)": (512, 512), "Wide (16:9)": (640, 360), "Tall (9:16)": (360, 640)}


def draw(prompt, size, seed, part=1.0):
    words = prompt.lower().replace(",", " ").split()
    colour = next((COLOURS[w] for w in words if w in COLOURS), (128, 128, 128))
    shape = next((s for s in SHAPES for w in words if w.startswith(s)), "circle")
    rng = random.Random(seed)
    radius = int(min(size) * rng.uniform(0.2, 0.3) * part)
    x = rng.randint(radius, size[0] - radius)
    y = rng.randint(radius, size[1] - radius)
    image = Image.new("RGB", size, "white")
    pencil = ImageDraw.Draw(image)
    box = [x - radius, y - radius, x + radius, y + radius]
    if shape == "circle":
        pencil.ellipse(box, fill=colour)
    elif shape == "square":
        pencil.rectangle(box, fill=colour)
    else:
        pencil.polygon([(x, box[1]), (box[0], box[3]), (box[2], box[3])], fill=colour)
    return image


def generate(prompt, negative, aspect, number, seed, random_seed, steps):
    if not prompt:
        raise gr.Error("Prompt cannot be empty!")
    if random_seed:
        seed = random.randint(0, MAX_SEED)
    seed, size = int(seed), ASPECTS[aspect]
    for step in range(1, int(steps) + 1):
        images = [draw(prompt, size, seed + i, step / int(steps)) for i in range(int(number))]
        yield [(image, f"seed {seed + i}") for i, image in enumerate(images)], seed, f"step {step}"


def surprise():
    return f"a {random.choice(list(COLOURS))} {random.choice(SHAPES)}"


with gr.Blocks(title="Shapes") as demo:
    gr.Markdown("# Shapes\nText to picture, the honest way.")
    with gr.Row():
        prompt = gr.Textbox(label="Your prompt", placeholder="a red circle", lines=2)
        dice = gr.Button("Surprise me")
        run = gr.Button("Generate", variant="primary")
    gallery = gr.Gallery(label="Images", columns=2)
    status = gr.Textbox(label="Status", interactive=False)
    with gr.Accordion("More options", open=False):
        negative = gr.Textbox(label="Negative prompt", value="ugly, blurry")
        aspect = gr.Radio(list(ASPECTS), value="Square (1:1)", label="Aspect ratio")
        number = gr.Slider(1, 4, value=2, step=1, label="Number of images")
        seed = gr.Number(label="Seed", value=0, precision=0)
        random_seed = gr.Checkbox(label="🎲 Random seed", value=True)
        steps = gr.Slider(1, 10, value=3, step=1, label="Sampling steps")
    dice.click(surprise, None, prompt)
    run.click(
        generate,
        [prompt, negative, aspect, number, seed, random_seed, steps],
        [gallery, seed, status],
    )

if __name__ == "__main__":
    demo.queue().launch()
