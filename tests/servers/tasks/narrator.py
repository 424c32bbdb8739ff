"""Speech by the same engine, in Chinese and as plainly as a Space can be: one interface, a file."""

import os
import tempfile
import wave

import gradio as gr
from text_to_speech import generate_speech

声音 = {"女声": "f5", "男声": "edward"}
语言 = {"英语": "American English", "德语": "German", "法语": "French"}


def tts(文本, 音色, 语种, 语速):
    (rate, samples), _ = generate_speech(文本, 声音[音色], 1 + 语速 / 100, 语言[语种])
    path = os.path.join(tempfile.mkdtemp(), "speech.wav")
    with wave.open(path, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples.tobytes())
    return path, "合成完成"


demo = gr.Interface(
    tts,
    [
        gr.Textbox(label="输入文本", lines=4, placeholder="请输入要合成的文本"),
        gr.Radio(list(声音), value="女声", label="音色"),
        gr.Dropdown(list(语言), value="英语", label="语言"),
        gr.Slider(-50, 100, value=0, step=5, label="语速调节 (%)"),
    ],
    [gr.Audio(label="合成语音", type="filepath"), gr.Textbox(label="状态")],
    title="文本转语音",
    flagging_mode="never",
)

if __name__ == "__main__":
    demo.launch()
