"""Short films of OpenCV's frames, from text or from a picture, shaped like LTX's Space."""

import os
import random
import tempfile

import cv2
import gradio as gr
import numpy as np

MAX_SEED = np.iinfo(np.int32).max
FPS = 12
COLOURS = {"red": (220, 30, 30), "green": (30, 170, 60), "blue": (40, 70, 220)}


def save(frames):
    path = os.path.join(tempfile.mkdtemp(), "output.mp4")
    height, width = frames[0].shape[:2]
    film = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"mp4v"), FPS, (width, height))
    for frame in frames:
        film.write(np.ascontiguousarray(frame[:, :, ::-1]))
    film.release()
    return path


def bounce(prompt, width, height, count, seed):
    """A ball of the prompt's colour that falls and jumps from left to right."""
    colour = next((c for name, c in COLOURS.items() if name in prompt.lower()), (90, 90, 90))
    shift = random.Random(seed).uniform(0, 3)
    for i in range(count):
        frame = np.full((height, width, 3), 255, np.uint8)
        x = int((i + 1) / (count + 1) * width)
        y = int(height * (0.8 - 0.5 * abs(np.sin(i / 4 + shift))))
        yield cv2.circle(frame, (x, y), height // 8, colour, -1)


def zoom(image, width, height, count):
    """The picture, nearer and nearer."""
    image = cv2.resize(image[:, :, :3], (width, height), interpolation=cv2.INTER_AREA)
    for i in range(count):
        near = 1 + 0.5 * i / max(1, count - 1)
        move = cv2.getRotationMatrix2D((width / 2, height / 2), 0, near)
        yield cv2.warpAffine(image, move, (width, height))


def generate(
    prompt,
    negative_prompt,
    input_image_filepath,
    height_ui,
    width_ui,
    mode,
    duration_ui,
    seed_ui,
    randomize_seed,
    progress=gr.Progress(),
):
    if randomize_seed:
        seed_ui = random.randint(0, MAX_SEED)
    count = int(duration_ui * FPS)
    if mode == "image-to-video":
        if not input_image_filepath:
            raise gr.Error("input_image_filepath is required for image-to-video mode")
        picture = cv2.imread(input_image_filepath)[:, :, ::-1]
        frames = zoom(picture, int(width_ui), int(height_ui), count)
    else:
        frames = bounce(prompt, int(width_ui), int(height_ui), count, int(seed_ui))
    return save(list(progress.tqdm(frames, total=count))), int(seed_ui)


def text_mode():
    return "text-to-video"


def image_mode():
    return "image-to-video"


with gr.Blocks(title="Small films") as demo:
    gr.Markdown("# Small films")
    with gr.Row():
        with gr.Column():
            with gr.Tab("image-to-video") as image_tab:
                no_image = gr.Textbox(label="", visible=False, value=None)
                image = gr.Image(label="Input Image", type="filepath", sources=["upload"])
                i2v_prompt = gr.Textbox(label="Prompt", value="The camera moves in", lines=3)
                i2v_button = gr.Button("Generate Image-to-Video", variant="primary")
            with gr.Tab("text-to-video") as text_tab:
                t2v_prompt = gr.Textbox(label="Prompt", value="a red ball jumps", lines=3)
                t2v_button = gr.Button("Generate Text-to-Video", variant="primary")
            duration = gr.Slider(
                label="Video Duration (seconds)", minimum=0.5, maximum=5, value=2, step=0.5
            )
        with gr.Column():
            film = gr.Video(label="Generated Video", interactive=False)
    with gr.Accordion("Advanced settings", open=False):
        mode = gr.Dropdown(
            ["image-to-video", "text-to-video"], label="task", value="image-to-video", visible=False
        )
        negative = gr.Textbox(label="Negative Prompt", value="worst quality, jittery", lines=2)
        with gr.Row():
            seed = gr.Number(label="Seed", value=42, precision=0, minimum=0, maximum=int(MAX_SEED))
            randomize = gr.Checkbox(label="Randomize Seed", value=True)
        with gr.Row():
            height = gr.Slider(label="Height", value=256, step=32, minimum=64, maximum=512)
            width = gr.Slider(label="Width", value=320, step=32, minimum=64, maximum=512)
    image_tab.select(image_mode, None, mode)
    text_tab.select(text_mode, None, mode)
    shared = [height, width, mode, duration, seed, randomize]
    t2v_button.click(
        generate, [t2v_prompt, negative, no_image, *shared], [film, seed], api_name="text_to_video"
    )
    i2v_button.click(
        generate, [i2v_prompt, negative, image, *shared], [film, seed], api_name="image_to_video"
    )

if __name__ == "__main__":
    demo.queue().launch()
