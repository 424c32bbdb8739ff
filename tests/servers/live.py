"""A Gradio app whose endpoints are about time: streams in, streams out, sessions that end.

Runs on Gradio 3.50 to 6.x: ``python live.py PORT``. Sound is only sent as bytes, which up
to 4.44 needs no ffmpeg; from 5.0 on every streamed sound does, and every film.
"""

import argparse
import io
import subprocess
import tempfile
import wave

import gradio as gr
import numpy as np

VERSION = tuple(int(part) for part in gr.__version__.split(".")[:2])
ENDED: list[str] = []


def second_of_sound(pitch):
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        t = np.arange(8000) / 8000
        sound.writeframes((np.sin(t * pitch * 6.28) * 9000).astype(np.int16).tobytes())
    return buffer.getvalue()


def speak(count):
    for i in range(int(count)):
        yield second_of_sound(300 + 100 * i)


def second_of_film(number):
    path = f"{tempfile.mkdtemp()}/{number}.mp4"
    picture = f"testsrc=size=64x48:rate=10:duration=1:decimals={number % 3}"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture, "-c:v", "libx264"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", path], check=True)
    return path


def show(count):
    for i in range(int(count)):
        yield second_of_film(i)


def hear(sound, heard):
    heard = (heard or 0) + 1
    return heard, f"piece {heard}: {sound[0] if sound else 'nothing'}"


def see(picture):
    return 255 - picture


def remember(text, before):
    before = [*(before or []), text]
    return before, " ".join(before)


def forget():
    ENDED.append("session")


def ended():
    return len(ENDED)


def whoami(text, request: gr.Request):
    return f"{text} {request.session_hash}"


def build():
    with gr.Blocks() as demo:
        count = gr.Number(label="Count")
        speech = gr.Audio(label="Speech", streaming=True)
        count.submit(speak, count, speech, api_name="speak")
        if VERSION >= (5, 0):
            film = gr.Video(label="Film", streaming=True)
            count.submit(show, count, film, api_name="show")
        text = gr.Textbox(label="Text")
        said = gr.Textbox(label="Said")
        state = gr.State()
        text.submit(remember, [text, state], [state, said], api_name="remember")
        text.change(whoami, text, said, api_name="whoami")
        number = gr.Number(label="Number")
        gr.Button().click(ended, None, number, api_name="ended")
        if VERSION >= (4, 0):
            sound = gr.Audio(label="Sound", sources=["microphone"], streaming=True)
            note = gr.Textbox(label="Note")
            heard = gr.State()
            limit = {"time_limit": 30} if VERSION >= (5, 0) else {}  # 5.0.2 needs one
            sound.stream(hear, [sound, heard], [heard, note], api_name="hear", **limit)
        if VERSION >= (4, 25):
            demo.unload(forget)
        if VERSION >= (6, 21):
            wants_token(demo)
    return demo


def wants_token(demo):
    def act(text, token: gr.OAuthToken | None):
        return f"{text} {token.token if token else 'nobody'}"

    text = gr.Textbox(label="Text")
    text.submit(act, text, gr.Textbox(label="Acted"), api_name="act")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    options = parser.parse_args()
    build().queue().launch(server_port=options.port, server_name="127.0.0.1", quiet=True)
