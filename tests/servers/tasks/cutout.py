"""A subject cut out by numpy, in Spanish: the mask comes first, the cut-out second, a note last."""

import gradio as gr
import numpy as np
from PIL import Image, ImageFilter


def recortar(imagen, sensibilidad, suavizar):
    """What differs from the colours of the picture's edge is the subject."""
    if imagen is None:
        raise gr.Error("Falta la imagen")
    pixels = np.asarray(imagen.convert("RGB")).astype(float)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    away = np.abs(pixels - edge.mean(axis=0)) / (edge.std(axis=0) + 4)
    mask = Image.fromarray(((away.max(axis=-1) > 60 / sensibilidad) * 255).astype(np.uint8))
    mask = mask.filter(ImageFilter.MedianFilter(5))
    if suavizar:
        mask = mask.filter(ImageFilter.GaussianBlur(1))
    cut = imagen.convert("RGB").convert("RGBA")
    cut.putalpha(mask)
    share = np.asarray(mask).mean() / 255
    return mask, cut, f"{share:.0%} de la imagen"


with gr.Blocks(title="Recortes") as demo:
    gr.Markdown("# Quitar el fondo de una foto")
    with gr.Row():
        with gr.Column():
            imagen = gr.Image(label="Imagen de entrada", type="pil")
            sensibilidad = gr.Slider(1, 50, value=20, step=1, label="Sensibilidad")
            suavizar = gr.Checkbox(label="Suavizar los bordes", value=False)
            boton = gr.Button("Quitar fondo")
        with gr.Column():
            # A PNG keeps what is transparent; old versions write nothing else.
            png = {"format": "png"} if hasattr(gr, "MultimodalTextbox") else {}
            mascara = gr.Image(label="Máscara", type="pil", **png)
            resultado = gr.Image(label="Sin fondo", type="pil", image_mode="RGBA", **png)
            nota = gr.Textbox(label="Nota")
    boton.click(recortar, [imagen, sensibilidad, suavizar], [mascara, resultado, nota])

if __name__ == "__main__":
    demo.queue().launch()
