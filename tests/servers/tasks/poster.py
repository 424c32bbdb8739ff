"""Words set on a coloured sheet: the picture comes inside HTML, its facts as JSON."""

import base64
import html
import io
import re

import gradio as gr
from PIL import Image, ImageDraw, ImageFont

STYLES = {"Cyberpunk neon": (20, 10, 60), "Vintage paper": (230, 210, 170), "None": (255, 255, 255)}


def size_of(resolution):
    return tuple(int(side) for side in re.findall(r"\d+", resolution)[:2])


def create(text, style, resolution, quality):
    if not text:
        return "<p>Enter a prompt first</p>", {}
    width, height = size_of(resolution)
    back = STYLES[style]
    image = Image.new("RGB", (width, height), back)
    ink = "black" if sum(back) > 380 else "white"
    font = ImageFont.load_default()
    ImageDraw.Draw(image).text((width // 10, height // 2), text, fill=ink, font=font)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=int(quality))
    content = base64.b64encode(buffer.getvalue()).decode()
    tag = f'<img alt="{html.escape(text)}" src="data:image/jpeg;base64,{content}">'
    return f'<div class="poster">{tag}</div>', {"style": style, "bytes": buffer.tell()}


with gr.Blocks(title="Poster") as demo:
    gr.HTML("<h1>Poster</h1>")
    with gr.Row():
        text = gr.Textbox(label="Prompt", value="")
        style = gr.Dropdown(list(STYLES), value="None", label="Style preset")
        resolution = gr.Dropdown(
            ["512x512 (1:1)", "768x432 (16:9)", "432x768 (9:16)"],
            value="512x512 (1:1)",
            label="Resolution",
        )
        quality = gr.Slider(10, 95, value=80, step=5, label="JPEG quality")
    create_button = gr.Button("Create poster")
    picture = gr.HTML(label="Poster")
    facts = gr.JSON(label="Details")
    create_button.click(create, [text, style, resolution, quality], [picture, facts])

if __name__ == "__main__":
    demo.queue().launch()
