"""An app that does every task the gateway has a route for, each in the plainest way."""

from __future__ import annotations

import io
import math
import struct
import wave
from typing import Annotated, Any, Literal

from PIL import Image

from anyspace.gateway import GatewaySettings
from anyspace.gateway._tables import ModelTable
from anyspace.testing import FakeFile, FakeSpace, Silence

SECOND = 8000
MODELS = {
    "painter": "text-to-image",
    "editor": "image-to-image",
    "filler": "inpainting",
    "speaker": "text-to-speech",
    "listener": "automatic-speech-recognition",
    "chatter": "chat-completion",
    "embedder": "feature-extraction",
}

Picture = Annotated[FakeFile, "image"]
Sound = Annotated[FakeFile, "audio"]


def picture(colour: Any = "red", size: tuple[int, int] = (8, 8)) -> bytes:
    made = io.BytesIO()
    Image.new("RGBA" if isinstance(colour, tuple) else "RGB", size, colour).save(made, "png")
    return made.getvalue()


def sound(seconds: float = 0.5) -> bytes:
    """A tone, as WAV."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SECOND)
        count = int(SECOND * seconds)
        tone = (int(9000 * math.sin(i / 3)) for i in range(count))
        file.writeframes(b"".join(struct.pack("<h", each) for each in tone))
    return made.getvalue()


def infer(
    prompt: str,
    seed: int = 0,
    width: Annotated[int, {"type": "slider", "minimum": 256, "maximum": 2048, "step": 8}] = 512,
    height: Annotated[int, {"type": "slider", "minimum": 256, "maximum": 2048, "step": 8}] = 512,
    num_inference_steps: int = 4,
) -> tuple[Picture, int]:
    if prompt == "fail":
        raise RuntimeError("no paint left")
    return FakeFile("fox.png", picture()), seed


def edit_image(image: Picture, prompt: str, strength: float = 0.5, seed: int = 0) -> Picture:
    return FakeFile("edited.png", picture("blue"))


def inpaint(image: Picture, mask: Picture, prompt: str) -> Picture:
    """Give back the mask as it came."""
    return FakeFile("filled.png", mask.content if mask else picture())


def text_to_speech(text: str, voice: Literal["Anna", "Bert"] = "Anna", speed: float = 1.0) -> Sound:
    return FakeFile("speech.wav", sound())


def transcribe(
    audio: Sound, language: str = "", task: Literal["transcribe", "translate"] = "transcribe"
) -> str:
    return f"{task} {language} {len(audio.content) if audio else 0}".replace("  ", " ")


def chat(message: str, system_prompt: str = "", temperature: float = 0.7):
    if message == "hang":
        yield "Wait"
        yield Silence()
    if message == "fail":
        raise RuntimeError("no words left")
    words = f"You said {message}".split()
    for count in range(1, len(words) + 1):
        yield " ".join(words[:count])


def embed(text: str) -> dict:
    return {"embedding": [float(len(text)), 2.0, 3.0, 4.0]}


ENDPOINTS = {
    "/infer": infer,
    "/edit_image": edit_image,
    "/inpaint": inpaint,
    "/text_to_speech": text_to_speech,
    "/transcribe": transcribe,
    "/chat": chat,
    "/embed": embed,
}


def app_of_everything(generation: str = "sse_v3") -> FakeSpace:
    return FakeSpace(ENDPOINTS, generation=generation)


def settings_for(url: str, models: dict[str, str] = MODELS, **more: Any) -> GatewaySettings:
    tables = {name: ModelTable(space=url, task=task) for name, task in models.items()}
    return GatewaySettings(models=tables, **more)
