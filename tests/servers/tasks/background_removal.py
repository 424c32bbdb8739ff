"""The subject of a picture cut out by OpenCV's grabCut: a tab each for picture, URL, file."""

import os
import tempfile

import cv2
import gradio as gr
import numpy as np
from PIL import Image


def subject(image):
    """Where the subject is: what differs from a frame of a twelfth around the picture."""
    pixels = np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
    height, width = pixels.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    inside = (width // 12, height // 12, width - width // 6, height - height // 6)
    cv2.setRNGSeed(1)
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(pixels, mask, inside, background, foreground, 4, cv2.GC_INIT_WITH_RECT)
    return np.where((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)


def process(image):
    cut = image.convert("RGBA")
    cut.putalpha(Image.fromarray(subject(image)))
    return cut


def fn(image):
    if image is None:
        raise gr.Error("Upload an image")
    image = image.convert("RGB")
    return image, process(image)


def from_url(url):
    raise gr.Error("Pictures cannot be downloaded here")


def process_file(f):
    with Image.open(f) as image:
        cut = process(image)
    name = os.path.splitext(os.path.basename(f))[0]
    path = os.path.join(tempfile.mkdtemp(), name + ".png")
    cut.save(path)
    return path


slider1 = gr.ImageSlider(label="Processed Image", type="pil", format="png")
slider2 = gr.ImageSlider(label="Processed Image from URL", type="pil", format="png")
image_upload = gr.Image(label="Upload an image", type="pil")
image_file_upload = gr.Image(label="Upload an image", type="filepath")
url_input = gr.Textbox(label="Paste an image URL")
output_file = gr.File(label="Output PNG File")

tab1 = gr.Interface(
    fn, inputs=image_upload, outputs=slider1, api_name="image", flagging_mode="never"
)
tab2 = gr.Interface(
    from_url, inputs=url_input, outputs=slider2, api_name="text", flagging_mode="never"
)
tab3 = gr.Interface(
    process_file,
    inputs=image_file_upload,
    outputs=output_file,
    api_name="png",
    flagging_mode="never",
)
demo = gr.TabbedInterface(
    [tab1, tab2, tab3],
    ["Image Upload", "URL Input", "File Output"],
    title="GrabCut for background removal",
)

if __name__ == "__main__":
    demo.launch(show_error=True)
