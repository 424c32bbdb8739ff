"""Speech made by eSpeak NG, whose wheel brings its voices, shaped like the usual speech Space."""

import ctypes
import threading

import espeakng_loader
import gradio as gr
import numpy as np

LANGUAGES = {
    "American English": "en-us",
    "British English": "en",
    "German": "de",
    "French": "fr",
    "Spanish": "es",
}
VOICES = [
    ("🚺 Emma", "f5"),
    ("🚺 Nora", "f2"),
    ("🚹 Edward", "edward"),
    ("🚹 Max", "max"),
]
WORDS_A_MINUTE = 160
SYNCHRONOUS, RATE_PARAMETER, UTF8 = 2, 1, 1  # as in speak_lib.h
CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)

ENGINE = ctypes.CDLL(espeakng_loader.get_library_path())
ENGINE.espeak_TextToPhonemes.restype = ctypes.c_char_p
SAMPLE_RATE = ENGINE.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
LOCK = threading.Lock()  # the library has one voice for the whole process
PIECES = []


@CALLBACK
def keep(samples, count, _events):
    if samples and count > 0:
        PIECES.append(np.ctypeslib.as_array(samples, (count,)).copy())
    return 0


ENGINE.espeak_SetSynthCallback(keep)


def choose(voice, language):
    if ENGINE.espeak_SetVoiceByName(f"{LANGUAGES[language]}+{voice}".encode()):
        raise gr.Error(f"There is no voice {voice} for {language}")


def generate_speech(text, voice="f5", speed=1.0, language="American English"):
    """Speak the text; the second output is its pronunciation."""
    if not text.strip():
        raise gr.Error("Please enter some text")
    with LOCK:
        PIECES.clear()
        choose(voice, language)
        ENGINE.espeak_SetParameter(RATE_PARAMETER, round(WORDS_A_MINUTE * speed), 0)
        content = text.encode()
        size = ctypes.c_size_t(len(content) + 1)
        ENGINE.espeak_Synth(content, size, 0, 1, 0, UTF8, None, None)
        ENGINE.espeak_Synchronize()
        return (SAMPLE_RATE, np.concatenate(PIECES)), pronounce(text)


def tokenize(text, voice="f5", language="American English"):
    with LOCK:
        choose(voice, language)
        return pronounce(text)


def pronounce(text):
    place = ctypes.c_char_p(text.encode())
    clauses = []
    while place.value:
        clauses.append(ENGINE.espeak_TextToPhonemes(ctypes.byref(place), UTF8, 2).decode())
    return " ".join(clauses)


def random_quote():
    return "we are going to see the president of the united states"


with gr.Blocks(title="Tiny TTS") as demo:
    gr.Markdown("# Tiny TTS\nA formant synthesizer of 600 kB that speaks a hundred languages.")
    with gr.Row():
        with gr.Column():
            text = gr.Textbox(
                label="Input Text", lines=3, info="Up to ~500 characters per Generate"
            )
            with gr.Row():
                voice = gr.Dropdown(
                    VOICES, value="f5", label="Voice", info="Quality differs by language"
                )
                language = gr.Dropdown(list(LANGUAGES), value="American English", label="Language")
            speed = gr.Slider(minimum=0.5, maximum=2, value=1, step=0.1, label="Speed")
            quote = gr.Button("🎲 Random Quote")
        with gr.Column():
            audio = gr.Audio(label="Output Audio", interactive=False, autoplay=True)
            generate = gr.Button("Generate", variant="primary")
            with gr.Accordion("Output Tokens", open=False):
                tokens = gr.Textbox(interactive=False, show_label=False)
                tokenize_button = gr.Button("Tokenize", variant="secondary")
    quote.click(random_quote, None, text)
    generate.click(generate_speech, [text, voice, speed, language], [audio, tokens])
    tokenize_button.click(tokenize, [text, voice, language], tokens)
    gr.Examples([["one two three four five", "f5", 1.0]], [text, voice, speed])

if __name__ == "__main__":
    demo.launch()
