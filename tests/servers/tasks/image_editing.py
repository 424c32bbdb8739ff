"""Pictures changed as an instruction says, by Pillow: seed, guidance and steps as everywhere."""

import random

import gradio as gr
from PIL import ImageFilter, ImageOps

MAX_SEED = 2**31 - 1
COLOURS = {"red": (220, 40, 40), "green": (40, 180, 60), "blue": (50, 80, 220)}


def speckle(image, seed):
    """A grain that differs by seed, as every diffusion model leaves one."""
    rng = random.Random(seed)
    pixels = image.load()
    for _ in range(image.width * image.height // 50):
        pixels[rng.randrange(image.width), rng.randrange(image.height)] = (255, 255, 255)
    return image


def edit(image, instruction):
    words = instruction.lower()
    if "gr" in words and ("gray" in words or "grey" in words):
        return ImageOps.grayscale(image).convert("RGB")
    if "invert" in words or "negative" in words:
        return ImageOps.invert(image)
    if "mirror" in words or "flip" in words:
        return ImageOps.mirror(image)
    if "blur" in words:
        return image.filter(ImageFilter.GaussianBlur(4))
    for name, colour in COLOURS.items():
        if name in words:
            return ImageOps.colorize(ImageOps.grayscale(image), "black", colour)
    raise gr.Error(f"I do not know how to: {instruction}")


def infer(
    input_image,
    prompt,
    seed=0,
    randomize_seed=True,
    guidance_scale=2.5,
    steps=28,
    progress=gr.Progress(track_tqdm=True),
):
    if input_image is None:
        raise gr.Error("Please upload an image")
    if randomize_seed:
        seed = random.randint(0, MAX_SEED)
    result = edit(input_image.convert("RGB"), prompt)
    return speckle(result, seed), seed, gr.update(visible=True)


def reuse(image):
    return image


with gr.Blocks(title="Tiny Kontext") as demo:
    gr.Markdown("# Tiny Kontext\nEdit a picture with words.")
    with gr.Row():
        with gr.Column():
            source = gr.Image(label="Upload the image for editing", type="pil")
            with gr.Row():
                prompt = gr.Text(
                    label="Prompt",
                    show_label=False,
                    max_lines=1,
                    placeholder="Enter your prompt for editing (e.g., 'Make it gray')",
                    container=False,
                )
                run = gr.Button("Run")
            with gr.Accordion("Advanced Settings", open=False):
                seed = gr.Slider(0, MAX_SEED, value=0, step=1, label="Seed")
                randomize = gr.Checkbox(label="Randomize seed", value=True)
                guidance = gr.Slider(1, 10, value=2.5, step=0.1, label="Guidance Scale")
                steps = gr.Slider(1, 30, value=28, step=1, label="Steps")
        with gr.Column():
            result = gr.Image(label="Result", interactive=False)
            again = gr.Button("Reuse this image", visible=False)
    inputs = [source, prompt, seed, randomize, guidance, steps]
    run.click(infer, inputs, [result, seed, again], api_name="infer")
    prompt.submit(infer, inputs, [result, seed, again])
    again.click(reuse, result, source)

if __name__ == "__main__":
    demo.queue().launch()
