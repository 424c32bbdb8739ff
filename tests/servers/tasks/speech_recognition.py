"""Speech recognised by PocketSphinx, whose wheel brings its model: a tab for each source."""

import threading
import wave

import gradio as gr
import numpy as np
from pocketsphinx import Decoder

RATE = 16000
DECODER = Decoder(samprate=RATE, loglevel="FATAL")
LOCK = threading.Lock()


def read(path):
    with wave.open(path) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
        samples = samples.reshape(-1, sound.getnchannels()).mean(axis=1)
        return resample(samples, sound.getframerate())


def resample(samples, rate):
    """Cut off what the new rate cannot hold, then take its samples, with silence around them."""
    k = np.arange(-40, 41)
    cut = min(0.45, 7000 / rate)
    low_pass = 2 * cut * np.sinc(2 * cut * k) * np.hamming(len(k))
    samples = np.convolve(samples, low_pass, "same")
    count = int(len(samples) * RATE / rate)
    samples = np.interp(np.arange(count) * rate / RATE, np.arange(len(samples)), samples)
    return np.pad(samples, RATE // 4).astype(np.int16)


def transcribe(inputs, task):
    if inputs is None:
        raise gr.Error("No audio file submitted! Please upload or record an audio file.")
    if task == "translate":
        gr.Warning("This model only knows English.")
    with LOCK:
        DECODER.start_utt()
        DECODER.process_raw(read(inputs).tobytes(), full_utt=True)
        DECODER.end_utt()
        found = DECODER.hyp()
    return found.hypstr if found else ""


def youtube(url, task):
    raise gr.Error("Videos cannot be downloaded here.")


def tasks():
    return gr.Radio(["transcribe", "translate"], label="Task", value="transcribe")


microphone = gr.Interface(
    transcribe,
    [gr.Audio(sources=["microphone", "upload"], type="filepath"), tasks()],
    gr.Text(label="Transcription"),
    title="Sphinx: Transcribe Audio",
    flagging_mode="never",
)
file = gr.Interface(
    transcribe,
    [gr.Audio(sources=["upload"], type="filepath", label="Audio file"), tasks()],
    gr.Text(label="Transcription"),
    title="Sphinx: Transcribe Audio",
    flagging_mode="never",
    api_name="predict_1",
)
video = gr.Interface(
    youtube,
    [
        gr.Textbox(lines=1, placeholder="Paste the URL to a YouTube video here", label="URL"),
        tasks(),
    ],
    [gr.HTML(), gr.Text(label="Transcription")],
    title="Sphinx: Transcribe YouTube",
    flagging_mode="never",
    api_name="predict_2",
)
with gr.Blocks() as demo:
    gr.TabbedInterface([microphone, file, video], ["Microphone", "Audio file", "YouTube"])

if __name__ == "__main__":
    demo.launch()
