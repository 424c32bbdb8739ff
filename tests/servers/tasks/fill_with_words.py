"""What was painted over becomes what a prompt says, by Pillow: the mask as each version has it."""

import random

import gradio as gr
from PIL import Image, ImageFilter

VERSION = tuple(int(part) for part in gr.__version__.split(".")[:2])
COLOURS = {"grass": (60, 160, 50), "sky": (120, 180, 240), "brick": (170, 70, 50)}


def split(edited):
    """The picture and the mask: of a sketch before 4.0, of an editor with layers since."""
    if "mask" in edited:
        return edited["image"].convert("RGB"), edited["mask"].convert("L")
    mask = Image.new("L", edited["background"].size)
    for layer in edited["layers"]:
        mask.paste(255, mask=layer.convert("RGBA").getchannel("A").point(lambda a: 255 * (a > 0)))
    return edited["background"].convert("RGB"), mask


def process(edited, prompt, negative_prompt, seed, randomize_seed, strength, steps):
    if not edited:
        raise gr.Error("Please upload an image and draw a mask")
    if randomize_seed:
        seed = random.randint(0, 2**31 - 1)
    image, mask = split(edited)
    colour = next((c for name, c in COLOURS.items() if name in prompt.lower()), (128, 128, 128))
    noise = Image.effect_noise(image.size, 8).convert("RGB")
    paint = Image.blend(Image.new("RGB", image.size, colour), noise, 0.1)
    paint = Image.blend(image, paint, float(strength))
    return Image.composite(paint, image, mask.filter(ImageFilter.MaxFilter(3))), int(seed)


def canvas():
    if VERSION < (4, 0):
        return gr.Image(source="upload", tool="sketch", type="pil", label="Base image")
    if VERSION < (5, 0):
        return gr.ImageEditor(type="pil", label="Base image", sources=["upload"])
    return gr.ImageMask(type="pil", label="Base image", layers=False, sources=["upload"])


with gr.Blocks(title="Fill") as demo:
    gr.Markdown("# Fill\nPaint over a part, say what should be there.")
    with gr.Row():
        with gr.Column():
            edited = canvas()
            prompt = gr.Textbox(label="Prompt", placeholder="What should be there?")
            negative = gr.Textbox(label="Negative prompt", value="blurry, distorted")
            with gr.Accordion("Advanced settings", open=False):
                seed = gr.Slider(0, 2**31 - 1, value=0, step=1, label="Seed")
                randomize = gr.Checkbox(True, label="Randomize seed")
                strength = gr.Slider(0, 1, value=1, step=0.01, label="Strength")
                steps = gr.Slider(1, 50, value=20, step=1, label="Number of inference steps")
        result = gr.Image(label="Result", type="pil")
    run = gr.Button("Inpaint!")
    run.click(process, [edited, prompt, negative, seed, randomize, strength, steps], [result, seed])

if __name__ == "__main__":
    demo.queue().launch()
