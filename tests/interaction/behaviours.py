"""What a client must do right with every version: the manifest.

Every row has a test marked with its name, and every such test has a row; a test of
the manifest checks both ways.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

F = TypeVar("F", bound=Callable[..., object])

BEHAVIOURS: Final = {
    "echo": "text goes in and comes out, by position and by name",
    "unicode": "names and values in any alphabet",
    "numbers": "numbers, defaults and ranges",
    "choices": "radio, dropdown and checkbox group",
    "image": "a picture in and out",
    "files": "several files, their names and their content",
    "gallery": "a list of pictures, out and in",
    "audio": "sound in and out",
    "json": "JSON with a path key stays JSON",
    "generator": "every step of a generator",
    "edits": "growing text, lists and mappings arrive as whole values",
    "progress": "the app's progress bar",
    "logs": "the app's notes",
    "error": "the words of gr.Error",
    "exception": "the words of any other exception",
    "unqueued": "an endpoint outside the queue",
    "batch": "an endpoint that works on batches",
    "private": "an endpoint that is private is refused before anything is sent",
    "undocumented": "an endpoint left out of the documentation can be called",
    "state": "gr.State lives in a shared session and not between private calls",
    "labels": "several outputs with one label",
    "nothing": "no inputs and no outputs",
    "update": "gr.update is the value it sets",
    "multimodal": "text and files in one value",
    "editor": "a picture for an image editor",
    "table": "a table in and out",
    "login": "user name and password; a wrong one is told as such",
    "mount": "an app below a sub-path",
    "cancel": "one of several running calls is cancelled, its siblings are not",
    "big": "60 MB up and down, with progress",
    "long": "a generator of 2,000 steps",
    "nested": "deep changes and deletions in JSON arrive as whole values",
    "pairs": "a conversation in and out, kept as pairs",
    "messages": "a conversation in and out, kept as messages",
    "rank": "place in the queue and estimated time while waiting",
    "full": "a queue that is full",
    "many": "200 calls at once on one client",
    "too-large": "a file above the app's limit is refused before it is sent",
    "validator": "the verdict of an endpoint's validator",
    "together": "several jobs at once in one shared session, each with its own answer",
    "sound": "a sound that the app still makes",
    "film": "a film that the app still makes",
    "stream": "one piece of a microphone's stream",
    "ended": "the app sees that a shared session is over",
    "token": "an endpoint that acts with the caller's token",
    "fence": "a queue that is fenced off is gone round",
    "loaded": "a file of an app that was loaded into the app",
}

_NO_BATCHES = "the server never starts a queued batch, and then nothing else"
_REWRITES = "the server itself takes any mapping with a path for a file"

_SPACES_ONLY = "the server passes on what lies on *.hf.space only"
_NO_LIMIT = "3.x works on as many jobs of all functions at once as the app's one limit says"

# Behaviour: versions from and up to which it does not apply, and why.
NOT_APPLICABLE: Final = {
    "batch": [("4.0", "4.9", _NO_BATCHES), ("4.9", "4.21", "the server mixes up callers")],
    "editor": [("3.0", "4.7", "there is no image editor")],
    "json": [("4.0", "4.44", _REWRITES)],
    "multimodal": [("3.0", "4.22", "there is no multimodal textbox")],
    "rank": [("3.0", "4.0", _NO_LIMIT)],
    "too-large": [("3.0", "4.28", "apps have no limit")],
    "undocumented": [("3.0", "4.9", "no endpoint can be left out of the documentation")],
    "ended": [("3.0", "4.29", "no session is watched")],
    "film": [("3.0", "5.0", "no film streams")],
    "fence": [("3.0", "4.20", "there is no other way in")],
    "loaded": [("3.0", "4.17", "no address says so"), ("6.13", "99", _SPACES_ONLY)],
    "messages": [("3.0", "4.44", "chatbots keep pairs only")],
    "pairs": [("6.0", "99", "chatbots keep messages only")],
    "stream": [("3.0", "4.0", "such endpoints have no connection of their own")],
    "token": [("3.0", "6.21", "no endpoint can ask for one")],
    "validator": [("3.0", "5.45", "endpoints have no validators")],
}

TESTED: dict[str, str] = {}


def reason_not_to(name: str, version: str) -> str | None:
    """Why a behaviour does not apply to a version; None when it does."""
    number = (98,) if version == "latest" else _number(version)
    for since, until, reason in NOT_APPLICABLE.get(name, ()):
        if _number(since) <= number < _number(until):
            return reason
    return None


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def behaviour(name: str) -> Callable[[F], F]:
    """Mark the test of a behaviour."""

    def mark(test: F) -> F:
        # The manifest's own test may load a file of tests for a second time.
        assert TESTED.get(name, test.__name__) == test.__name__, f"{name} has two tests"
        TESTED[name] = test.__name__
        test.behaviour = name  # type: ignore[attr-defined]
        return test

    return mark
