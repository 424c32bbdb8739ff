"""Words and phrases looked up in four languages, shaped like the usual translator."""

import re

import gradio as gr

LANGUAGES = ["English", "German", "French", "Spanish"]
PHRASES = [
    ("good morning", "guten Morgen", "bonjour", "buenos días"),
    ("thank you", "danke", "merci", "gracias"),
    ("water", "Wasser", "eau", "agua"),
    ("bread", "Brot", "pain", "pan"),
    ("the cat", "die Katze", "le chat", "el gato"),
    ("the house", "das Haus", "la maison", "la casa"),
    ("drinks", "trinkt", "boit", "bebe"),
    ("and", "und", "et", "y"),
    ("red", "rot", "rouge", "rojo"),
]


def translate(text, source, target, beams=4):
    """Translate the longest phrases known, and leave the rest as it is."""
    if source == "Auto detect":
        source = detect(text)
    table = {row[LANGUAGES.index(source)].lower(): row[LANGUAGES.index(target)] for row in PHRASES}
    longest = sorted(map(re.escape, table), key=len, reverse=True)
    pattern = r"\b(" + "|".join(longest) + r")\b"
    return re.sub(pattern, lambda m: table[m.group().lower()], text, flags=re.IGNORECASE)


def detect(text):
    def known(language):
        column = LANGUAGES.index(language)
        return sum(row[column].lower() in text.lower() for row in PHRASES)

    return max(LANGUAGES, key=known)


def swap(source, target):
    return target, source if source in LANGUAGES else "English"


with gr.Blocks(title="Phrasebook") as demo:
    gr.Markdown("# Phrasebook")
    with gr.Row():
        source = gr.Dropdown(["Auto detect", *LANGUAGES], value="Auto detect", label="From")
        button_swap = gr.Button("⇄")
        target = gr.Dropdown(LANGUAGES, value="German", label="To")
    with gr.Row():
        text = gr.Textbox(lines=5, label="Text to translate")
        translation = gr.Textbox(lines=5, label="Translation")
    beams = gr.Slider(1, 10, value=4, step=1, label="Beam size")
    button = gr.Button("Translate", variant="primary")
    detected = gr.Textbox(label="Detected language", interactive=False)
    button.click(translate, [text, source, target, beams], translation, api_name="translate")
    button_swap.click(swap, [source, target], [target, source], api_name="swap")
    text.change(detect, text, detected, api_name="detect")

if __name__ == "__main__":
    demo.queue().launch()
