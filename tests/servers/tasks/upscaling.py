"""Pictures made larger by Pillow: one call, a before-and-after slider where Gradio has one."""

import gradio as gr
from PIL import Image, ImageFilter

METHODS = {
    "Lanczos": Image.LANCZOS,
    "Bicubic": Image.BICUBIC,
    "Nearest (pixel art)": Image.NEAREST,
}


def upscale_image(input_image, model_choice, scale, sharpen, progress=gr.Progress()):
    if input_image is None:
        raise gr.Error("Please upload an image first")
    progress(0.1, desc="Upscaling")
    size = tuple(round(side * float(scale)) for side in input_image.size)
    output = input_image.convert("RGB").resize(size, METHODS[model_choice])
    progress(0.8, desc="Sharpening")
    if sharpen:
        output = output.filter(ImageFilter.UnsharpMask(radius=2, percent=int(sharpen)))
    words = f"{input_image.width}x{input_image.height} → {size[0]}x{size[1]}"
    return ((input_image, output) if hasattr(gr, "ImageSlider") else output), words


def describe(image):
    return f"{image.width}x{image.height}" if image else ""


with gr.Blocks(title="Upscaler") as demo:
    gr.Markdown("## Image Upscaler")
    with gr.Row():
        with gr.Column():
            source = gr.Image(type="pil", label="Input Image")
            info = gr.Textbox(label="Original size", interactive=False)
            model = gr.Dropdown(list(METHODS), value="Lanczos", label="Upscaling model")
            scale = gr.Radio([2, 3, 4], value=2, label="Upscale factor")
            sharpen = gr.Slider(0, 200, value=0, step=10, label="Sharpening")
            button = gr.Button("Upscale", variant="primary")
        with gr.Column():
            if hasattr(gr, "ImageSlider"):
                result = gr.ImageSlider(label="Before / After", type="pil")
            else:
                result = gr.Image(label="Upscaled", type="pil")
            size = gr.Textbox(label="Resolution")
    source.change(describe, source, info)
    button.click(upscale_image, [source, model, scale, sharpen], [result, size])

if __name__ == "__main__":
    demo.queue().launch()
