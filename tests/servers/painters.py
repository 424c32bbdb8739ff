"""A page with the forms of both demo Spaces, and one that takes a picture.

Runs on Gradio 4.44 to 6.x: ``python painters.py PORT``. It draws nothing but one colour: it is
there for what goes over the wire when a person uses a page.
"""

import argparse
import zlib

import gradio as gr
from PIL import Image


def draw(prompt, width, height):
    return Image.new("RGB", (int(width), int(height)), zlib.crc32(prompt.encode()) % 0xFFFFFF)


def infer(
    prompt,
    seed=0,
    randomize_seed=True,
    width=1024,
    height=1024,
    num_inference_steps=4,
    progress=gr.Progress(),
):
    for step in range(int(num_inference_steps)):
        progress((step, int(num_inference_steps)), desc="Painting")
    return draw(prompt, width, height), 7 if randomize_seed else seed


def run(
    prompt,
    negative_prompt="blurry",
    use_negative_prompt=True,
    style="2560 x 1440",
    seed=0,
    width=1024,
    height=1024,
    guidance_scale=6.0,
    randomize_seed=True,
):
    yield [draw(prompt, width, height)], seed
    yield (
        [draw(prompt, width, height), draw(prompt[::-1], width, height)],
        7 if randomize_seed else seed,
    )


def invert(photo, strength=1.0):
    return Image.eval(photo, lambda value: 255 - value)


def count(visits):
    visits = (visits or 0) + 1
    return visits, f"visit {visits}"


def sizes(least):
    return [slider(side, least, 2048, 8, 1024) for side in ("Width", "Height")]


def slider(label, least, most, step, value):
    return gr.Slider(label=label, minimum=least, maximum=most, step=step, value=value)


def flux():
    prompt = gr.Textbox(label="Prompt", elem_id="flux-prompt")
    seed = slider("Seed", 0, 2**31 - 1, 1, 0)
    lot = gr.Checkbox(label="Randomize seed", value=True)
    settings = [seed, lot, *sizes(256), slider("Number of inference steps", 1, 50, 1, 4)]
    result = gr.Image(label="Result", elem_id="flux-result")
    button = gr.Button("Paint flux")
    button.click(infer, [prompt, *settings], [result, seed], api_name="infer")


def midjourney():
    prompt = gr.Textbox(label="Prompt", elem_id="mj-prompt")
    negative = gr.Textbox(label="Negative prompt", value="blurry")
    use = gr.Checkbox(label="Use negative prompt", value=True)
    use.change(lambda x: gr.update(visible=x), use, negative)
    styles = ["2560 x 1440", "Photo", "Anime"]
    style = gr.Radio(label="Image Style", choices=styles, value=styles[0])
    seed = slider("Seed", 0, 2**31 - 1, 1, 0)
    lot = gr.Checkbox(label="Randomize seed", value=True)
    rest = [*sizes(512), slider("Guidance Scale", 0.1, 20, 0.1, 6), lot]
    result = gr.Gallery(label="Result", elem_id="mj-result")
    button = gr.Button("Paint midjourney")
    inputs = [prompt, negative, use, style, seed, *rest]
    button.click(run, inputs, [result, seed], api_name="run")


def negative():
    photo = gr.Image(label="Photo", type="pil", elem_id="photo")
    strength = gr.Slider(label="Strength", minimum=0, maximum=1, value=1)
    result = gr.Image(label="Negative", elem_id="negative")
    gr.Button("Invert").click(invert, [photo, strength], result, api_name="invert")


def build():
    with gr.Blocks(title="Painters") as demo:
        visits, shown = gr.State(), gr.Textbox(label="Visits")
        demo.load(count, visits, [visits, shown], api_name=False)
        with gr.Tab("Flux"):
            flux()
        with gr.Tab("Midjourney"):
            midjourney()
        with gr.Tab("Negative"):
            negative()
    return demo


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    build().queue().launch(server_port=options.port, server_name="127.0.0.1", quiet=True)
