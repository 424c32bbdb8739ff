"""Sound cleaned by numpy of what is quiet in its spectrum: what remains, what was taken."""

import wave

import gradio as gr
import numpy as np

BLOCK = 1024


def spectra(samples):
    padded = np.pad(samples, (BLOCK, 2 * BLOCK))
    window = np.hanning(BLOCK)
    starts = range(0, len(padded) - BLOCK, BLOCK // 2)
    return np.array([np.fft.rfft(padded[i : i + BLOCK] * window) for i in starts])


def together(blocks, length):
    sound = np.zeros(len(blocks) * BLOCK // 2 + BLOCK)
    for i, block in enumerate(np.fft.irfft(blocks, BLOCK)):
        sound[i * BLOCK // 2 : i * BLOCK // 2 + BLOCK] += block
    return sound[BLOCK : BLOCK + length]


def enhance(audio_file, strength, mono):
    if audio_file is None:
        raise gr.Error("Please upload an audio file")
    with wave.open(audio_file) as sound:
        rate, channels = sound.getframerate(), sound.getnchannels()
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
    samples = samples.reshape(-1, channels).mean(axis=1)
    blocks = spectra(samples)
    floor = np.abs(blocks).max() * strength / 100
    kept = together(np.where(np.abs(blocks) >= floor, blocks, 0), len(samples))

    def clip(x):
        return (rate, np.clip(x, -32768, 32767).astype(np.int16))

    return clip(kept), clip(samples - kept)


demo = gr.Interface(
    enhance,
    [
        gr.Audio(type="filepath", label="Noisy audio"),
        gr.Slider(0, 20, value=2, step=0.5, label="Noise reduction strength (%)"),
        gr.Checkbox(value=True, label="Mono"),
    ],
    [gr.Audio(label="Enhanced audio"), gr.Audio(label="Removed noise")],
    title="Spectral gate",
    description="Removes whatever is quieter than a part of the loudest.",
)

if __name__ == "__main__":
    demo.launch()
