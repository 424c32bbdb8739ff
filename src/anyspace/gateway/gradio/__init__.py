"""Gradio's own API, over any Space: each model is a Gradio app at ``/gradio/MODEL/``."""

from anyspace.gateway.gradio._facade import Facade
from anyspace.gateway.gradio._routes import ROUTES

__all__ = ["ROUTES", "Facade"]
