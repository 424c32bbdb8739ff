"""Doubles for testing code that calls Gradio apps, offline."""

from anyspace.testing._description import FakeEndpoint
from anyspace.testing._http import Exchange, Received
from anyspace.testing._space import Cut, FakeSpace, Pause, Raw, Silence

__all__ = [
    "Cut",
    "Exchange",
    "FakeEndpoint",
    "FakeSpace",
    "Pause",
    "Raw",
    "Received",
    "Silence",
]
