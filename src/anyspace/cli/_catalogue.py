"""The commands of the tasks, as data: what each takes, and what is said of it.

Nothing is imported here, so that the list of commands stays quick.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

__all__ = ["FIELD_HELP", "HIDDEN_FIELDS", "OPTION_NAMES", "TASKS", "TaskEntry", "Word"]


class Word(NamedTuple):
    """A word of the command line: the field that it fills, and how help calls it."""

    field: str
    metavar: str
    optional: bool = False


class TaskEntry(NamedTuple):
    """One task's command: a line for the list, its words in order, and examples."""

    line: str
    words: tuple[Word, ...]
    examples: tuple[str, ...]


TASKS: Final[Mapping[str, TaskEntry]] = {
    "audio-to-audio": TaskEntry(
        "Let a Space change a sound: clean it, split it, give it another voice.",
        (Word("audio", "FILE"),),
        ("anyspace audio-to-audio noisy.wav --model SRC -o clean.wav",),
    ),
    "automatic-speech-recognition": TaskEntry(
        "Let a Space write down what is said.",
        (Word("audio", "FILE"),),
        ("anyspace automatic-speech-recognition talk.mp3 --model SRC --language en",),
    ),
    "chat-completion": TaskEntry(
        "Talk with a Space; without MESSAGE, turn by turn.",
        (Word("message", "MESSAGE", optional=True),),
        (
            'anyspace chat-completion "Why is the sky blue?" --model SRC',
            'anyspace chat-completion --model SRC --system-prompt "Answer in rhymes."',
        ),
    ),
    "document-ocr": TaskEntry(
        "Let a Space read a page: a picture or a PDF.",
        (Word("image", "FILE"),),
        ("anyspace document-ocr letter.pdf --model SRC -o letter.txt",),
    ),
    "feature-extraction": TaskEntry(
        "Let a Space turn a text or a picture into numbers.",
        (Word("text", "TEXT", optional=True),),
        ('anyspace feature-extraction "a red fox" --model SRC',),
    ),
    "image-segmentation": TaskEntry(
        "Let a Space cut out what is in a picture, or take its background away.",
        (Word("image", "FILE"),),
        ("anyspace image-segmentation cat.jpg --model SRC -o cut-out.png",),
    ),
    "image-to-3d": TaskEntry(
        "Let a Space make a body of a picture.",
        (Word("image", "FILE"),),
        ("anyspace image-to-3d chair.png --model SRC -o chair.glb",),
    ),
    "image-to-image": TaskEntry(
        "Let a Space change a picture as PROMPT says.",
        (Word("image", "FILE"), Word("prompt", "PROMPT", optional=True)),
        ('anyspace image-to-image cat.png "make it a tiger" --model SRC',),
    ),
    "image-to-text": TaskEntry(
        "Let a Space say what is in a picture.",
        (Word("image", "FILE"),),
        ("anyspace image-to-text cat.png --model SRC",),
    ),
    "image-to-video": TaskEntry(
        "Let a Space make a picture move.",
        (Word("image", "FILE"), Word("prompt", "PROMPT", optional=True)),
        ('anyspace image-to-video cat.png "it yawns" --model SRC -o cat.mp4',),
    ),
    "image-upscaling": TaskEntry(
        "Let a Space make a picture larger.",
        (Word("image", "FILE"),),
        ("anyspace image-upscaling small.png --upscale 4 --model SRC",),
    ),
    "inpainting": TaskEntry(
        "Let a Space paint anew what a mask covers.",
        (Word("image", "FILE"), Word("mask", "MASK"), Word("prompt", "PROMPT", optional=True)),
        ('anyspace inpainting room.png window.png "a round window" --model SRC',),
    ),
    "summarization": TaskEntry(
        "Let a Space say a text in short.",
        (Word("text", "TEXT", optional=True),),
        ("anyspace summarization - --model SRC < article.txt",),
    ),
    "text-generation": TaskEntry(
        "Let a Space go on with a text.",
        (Word("message", "TEXT"),),
        ('anyspace text-generation "Once upon a time" --model SRC --max-tokens 200',),
    ),
    "text-to-audio": TaskEntry(
        "Let a Space make music or noises.",
        (Word("prompt", "PROMPT"),),
        ('anyspace text-to-audio "rain on a tin roof" --duration 10 --model SRC',),
    ),
    "text-to-image": TaskEntry(
        "Let a Space draw a prompt.",
        (Word("prompt", "PROMPT"),),
        (
            'anyspace text-to-image "a red fox in snow" --model black-forest-labs/FLUX.1-schnell',
            'anyspace text-to-image "a red fox in snow" --model mukaist/Midjourney -o fox.png',
        ),
    ),
    "text-to-speech": TaskEntry(
        "Let a Space read a text aloud.",
        (Word("text", "TEXT"),),
        ('anyspace text-to-speech "Good morning." --voice Nova --model SRC -o morning.wav',),
    ),
    "text-to-video": TaskEntry(
        "Let a Space film a prompt.",
        (Word("prompt", "PROMPT"),),
        ('anyspace text-to-video "a paper boat in the rain" --model SRC',),
    ),
    "translation": TaskEntry(
        "Let a Space translate a text.",
        (Word("text", "TEXT"),),
        ('anyspace translation "Guten Morgen" --target-language en --model SRC',),
    ),
    "visual-question-answering": TaskEntry(
        "Let a Space answer a question about a picture.",
        (Word("image", "FILE"), Word("question", "QUESTION")),
        ('anyspace visual-question-answering cat.png "What colour is it?" --model SRC',),
    ),
}

# These follow other fields by themselves.
HIDDEN_FIELDS: Final = frozenset(("randomize_seed", "fix_seed", "use_negative_prompt"))

# Options whose name is not just the field's.
OPTION_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "guidance_scale": ("--guidance-scale", "--guidance"),
    "model": ("--checkpoint",),
    "num_inference_steps": ("--num-inference-steps", "--steps"),
}

FIELD_HELP: Final[Mapping[str, str]] = {
    "aspect_ratio": "Width to height, 16:9.",
    "background": "What to put behind, or how to leave it.",
    "document": "The file to read.",
    "duration": "Seconds.",
    "fps": "Frames a second.",
    "guidance_scale": "How closely to follow the prompt.",
    "height": "Pixels.",
    "history": "What was said before: a JSON file of messages.",
    "image": "A picture to go by.",
    "language": "By code or name: en, English.",
    "length": "How long it should be, in the Space's words.",
    "lyrics": "What is sung.",
    "max_tokens": "The longest answer, in tokens.",
    "min_length": "The shortest answer, in tokens.",
    "model": "Which of its own models the Space should use.",
    "negative_prompt": "What to avoid.",
    "num_frames": "Frames.",
    "num_images": "How many pictures.",
    "num_inference_steps": "Inference steps.",
    "pitch": "Semitones up or down.",
    "prompt": "What to do, or what to look for.",
    "question": "What to look for.",
    "reference_audio": "A sound to go by: the voice, the melody.",
    "reference_text": "What is said in the sound to go by.",
    "remove_background": "Take the background away first.",
    "repetition_penalty": "More than 1 repeats less.",
    "resolution": "Width and height in one, 1024x768.",
    "scheduler": "The sampler's name.",
    "seed": "The same seed makes the same thing.",
    "source_language": "By code or name: en, English.",
    "speed": "1 is as usual.",
    "strength": "How much to change, 0 to 1.",
    "style": "One of the Space's styles.",
    "system_prompt": "How the Space should behave.",
    "target_language": "By code or name: en, English.",
    "task": "transcribe or translate.",
    "temperature": "More is bolder.",
    "text": "The text.",
    "threshold": "How sure it should be, 0 to 1.",
    "top_k": "How many words to choose among.",
    "top_p": "How likely the words to choose among are together.",
    "upscale": "How many times larger.",
    "voice": "One of the Space's voices.",
    "width": "Pixels.",
}
