"""Doubles for testing code that calls Gradio apps, offline.

`FakeSpace` is an app that does what a script says, `FakeHub` a Hub with such apps.
`Recorder` writes down what a real app
says, `Player` says it again.
"""

from anyspace.testing._bodies import Body, Part
from anyspace.testing._description import FakeEndpoint
from anyspace.testing._http import Exchange, Received
from anyspace.testing._hub import FakeHub
from anyspace.testing._player import Player, TranscriptMismatch
from anyspace.testing._recorder import Recorder
from anyspace.testing._signatures import FakeFile
from anyspace.testing._space import Cut, FakeSpace, Pause, Raw, Silence
from anyspace.testing._transcript import Answered, Asked, Ended, Said, Transcript

__all__ = [
    "Answered",
    "Asked",
    "Body",
    "Cut",
    "Ended",
    "Exchange",
    "FakeEndpoint",
    "FakeFile",
    "FakeHub",
    "FakeSpace",
    "Part",
    "Pause",
    "Player",
    "Raw",
    "Received",
    "Recorder",
    "Said",
    "Silence",
    "Transcript",
    "TranscriptMismatch",
]
