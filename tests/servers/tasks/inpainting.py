"""What was painted over in an image editor is filled from around it, by OpenCV."""

import cv2
import gradio as gr
import numpy as np


def remove_object(im, method, radius):
    if im is None or im["background"] is None:
        raise gr.Error("Upload an image and paint over what to remove")
    background = np.ascontiguousarray(im["background"][:, :, :3])
    mask = np.zeros(background.shape[:2], np.uint8)
    for layer in im["layers"]:
        mask = np.maximum(mask, layer[:, :, 3])
    mask = (mask > 0).astype(np.uint8) * 255
    if not mask.any():
        gr.Info("Nothing was painted over")
        return background, mask
    kind = cv2.INPAINT_TELEA if method == "Telea" else cv2.INPAINT_NS
    return cv2.inpaint(background, mask, float(radius), kind), mask


def reset():
    return None, None


with gr.Blocks(title="Eraser") as demo:
    gr.Markdown("# Magic eraser\nPaint over what should go away.")
    with gr.Row():
        editor = gr.ImageEditor(
            type="numpy",
            label="Image",
            brush=gr.Brush(colors=["#FFFFFF"], color_mode="fixed"),
            layers=False,
            sources=["upload"],
        )
        with gr.Column():
            cleaned = gr.Image(label="Cleaned", format="png")
            used = gr.Image(label="Mask", format="png")
    with gr.Accordion("Advanced", open=False):
        method = gr.Radio(["Telea", "Navier-Stokes"], value="Telea", label="Method")
        radius = gr.Slider(1, 20, value=3, step=1, label="Radius")
    with gr.Row():
        erase = gr.Button("Erase", variant="primary")
        clear = gr.Button("Clear")
    erase.click(remove_object, [editor, method, radius], [cleaned, used])
    clear.click(reset, None, [editor, cleaned])

if __name__ == "__main__":
    demo.launch()
