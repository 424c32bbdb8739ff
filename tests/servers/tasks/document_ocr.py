"""Text in pictures read by RapidOCR, whose wheel brings its models: boxes, table, text."""

import logging
import threading

import gradio as gr
import numpy as np
from PIL import ImageDraw
from rapidocr import RapidOCR

ENGINE = RapidOCR()
logging.getLogger("RapidOCR").setLevel(logging.ERROR)
LOCK = threading.Lock()


def ocr(img, text_score, box_thresh, return_word_box):
    with LOCK:
        found = ENGINE(
            np.asarray(img.convert("RGB")),
            text_score=text_score,
            box_thresh=box_thresh,
            return_word_box=return_word_box,
        )
    if found.boxes is None:
        gr.Warning("No text found")
        return img, [], ""
    drawn = img.convert("RGB").copy()
    pencil = ImageDraw.Draw(drawn)
    for box in found.boxes:
        pencil.polygon([tuple(corner) for corner in box], outline="red")
    rows = [
        [i, text, round(float(s), 3)] for i, (text, s) in enumerate(zip(found.txts, found.scores))
    ]
    return drawn, rows, "\n".join(found.txts)


with gr.Blocks(title="Rapid OCR") as demo:
    gr.Markdown("# Rapid ⚡ OCR")
    with gr.Row():
        text_score = gr.Slider(0, 1.0, 0.5, step=0.1, label="text_score", info="Threshold of text")
        box_thresh = gr.Slider(0, 1.0, 0.5, step=0.1, label="box_thresh", info="Threshold of boxes")
        words = gr.Checkbox(label="return_word_box", value=False)
    with gr.Row():
        image = gr.Image(type="pil", label="Upload an image", sources=["upload", "clipboard"])
        boxes = gr.Image(label="Visualization", interactive=False)
    run = gr.Button("Run", variant="primary")
    table = gr.Dataframe(headers=["Index", "Text", "Score"], label="Rec result")
    plain = gr.Textbox(label="Recognized text", lines=6)
    run.click(ocr, [image, text_score, box_thresh, words], [boxes, table, plain])

if __name__ == "__main__":
    demo.launch()
