"""OpenAI's routes, over any Space."""

from anyspace.gateway.openai._images import generate_images
from anyspace.gateway.openai._models import list_models, show_model

__all__ = ["ROUTES"]

ROUTES = (generate_images, list_models, show_model)
