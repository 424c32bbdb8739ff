"""A picture's brightness as a relief in glTF: check, prepare, then generate from a state."""

import json
import os
import struct
import tempfile

import gradio as gr
import numpy as np
from PIL import Image, ImageOps

SIDE = 256


def check_input_image(input_image):
    if input_image is None:
        raise gr.Error("No image uploaded!")


def preprocess(input_image, do_remove_background, foreground_ratio):
    """Grey, square, the subject as large as wished: what `generate` wants."""
    grey = ImageOps.grayscale(input_image.convert("RGB"))
    if do_remove_background:
        corner = grey.getpixel((0, 0))
        grey = grey.point(lambda value: 0 if abs(value - corner) < 12 else value)
    inner = max(1, int(SIDE * foreground_ratio))
    square = Image.new("L", (SIDE, SIDE))
    square.paste(ImageOps.pad(grey, (inner, inner)), ((SIDE - inner) // 2,) * 2)
    return square, {"heights": (np.asarray(square) / 255).tolist()}


def generate(prepared, mc_resolution):
    """A grid of so many points a side over the heights, as binary glTF."""
    if not prepared:
        raise gr.Error("Prepare the image first")
    heights = np.asarray(prepared["heights"])
    count = int(mc_resolution)
    at = np.linspace(0, SIDE - 1, count).astype(int)
    z = heights[np.ix_(at, at)]
    y, x = np.mgrid[1 : -1 : count * 1j, -1 : 1 : count * 1j]
    points = np.stack([x, y, z], -1).reshape(-1, 3).astype("<f4")
    a = (np.arange(count - 1)[:, None] * count + np.arange(count - 1)).ravel()
    faces = np.stack([a, a + count, a + 1, a + 1, a + count, a + count + 1], -1).astype("<u4")
    path = os.path.join(tempfile.mkdtemp(), "mesh.glb")
    with open(path, "wb") as file:
        file.write(glb(points, faces))
    return path


def glb(points, faces):
    content = points.tobytes() + faces.tobytes()
    split = points.nbytes
    description = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "buffers": [{"byteLength": len(content)}],
        "bufferViews": [
            {"buffer": 0, "byteLength": split, "target": 34962},
            {"buffer": 0, "byteOffset": split, "byteLength": faces.nbytes, "target": 34963},
        ],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "count": len(points),
                "type": "VEC3",
                "min": points.min(0).tolist(),
                "max": points.max(0).tolist(),
            },
            {"bufferView": 1, "componentType": 5125, "count": faces.size, "type": "SCALAR"},
        ],
    }
    words = json.dumps(description).encode()
    words += b" " * (-len(words) % 4)
    chunks = struct.pack("<I4s", len(words), b"JSON") + words
    chunks += struct.pack("<I4s", len(content), b"BIN\0") + content
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


with gr.Blocks(title="Relief") as demo:
    gr.Markdown("# Relief\nA 3D model from a single picture.")
    prepared = gr.State()
    with gr.Row():
        with gr.Column():
            input_image = gr.Image(label="Input Image", image_mode="RGBA", type="pil")
            processed_image = gr.Image(label="Processed Image", interactive=False)
            remove = gr.Checkbox(label="Remove Background", value=True)
            ratio = gr.Slider(
                label="Foreground Ratio", minimum=0.5, maximum=1.0, value=0.85, step=0.05
            )
            resolution = gr.Slider(
                label="Marching Cubes Resolution", minimum=32, maximum=320, value=96, step=32
            )
            submit = gr.Button("Generate", elem_id="generate", variant="primary")
        with gr.Column():
            model = gr.Model3D(label="Output Model (GLB Format)", interactive=False)
    submit.click(check_input_image, [input_image]).success(
        preprocess, [input_image, remove, ratio], [processed_image, prepared]
    ).success(generate, [prepared, resolution], [model])

if __name__ == "__main__":
    demo.queue(max_size=1).launch()
