"""OpenAI's routes, over any Space."""

from anyspace.gateway.openai._chat import complete_chat
from anyspace.gateway.openai._edits import edit_images, vary_images
from anyspace.gateway.openai._embeddings import create_embeddings
from anyspace.gateway.openai._images import generate_images
from anyspace.gateway.openai._models import list_models, show_model
from anyspace.gateway.openai._speech import create_speech
from anyspace.gateway.openai._transcripts import create_transcription, create_translation

__all__ = ["ROUTES"]

ROUTES = (
    complete_chat,
    create_embeddings,
    create_speech,
    create_transcription,
    create_translation,
    edit_images,
    generate_images,
    list_models,
    show_model,
    vary_images,
)
