"""Which output is the result, and where in its value.

Apps return pictures bare, in galleries (with captions), in pairs (an image slider's
before and after), beside seeds, logs and previews. This is read from the description
alone; what a call returned is read in `_results`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from anyspace.recipes._task import Media, Outcome
from anyspace.recipes._words import speaks
from anyspace.schema import OutputField, Parameter

__all__ = ["Chosen", "Output", "Weight", "choose_output", "path_in"]

_UNNAMED: Final = 0.9  # its label says neither that it is the result nor that it is not
_BESIDE: Final = 0.45  # its label says that it is something else
_ECHO: Final = 0.8  # it is one of the inputs, given back
_EMPTIED: Final = 0.3  # it is the box that was typed in, emptied or rewritten
_BOXES: Final = frozenset(("textbox", "multimodaltextbox"))
_SOME_FILE: Final = 0.3  # a widget that is not known, but a file can come out of it
_IN_TALK: Final = 0.4  # a conversation, where the endpoint's name says that files are made
_FILE_WIDGETS: Final = frozenset(("file", "downloadbutton"))

# Files come and go in these, and none of them is the result.
_CONVERSATIONS: Final = frozenset(("chatbot", "multimodaltextbox"))

# What comes with words when words are not the point.
_SIGHTS: Final = frozenset(
    "image gallery annotatedimage imageslider imageeditor audio video model3d plot".split()
)
_SOLIDS: Final = frozenset(("model3d", "litmodel3d"))
_WORDS_ONLY: Final = frozenset((Media.TEXT, Media.DATA))

_TEXTS: Final = frozenset("textbox markdown json chatbot".split())
_REPLIES: Final = """
answer | response | reply | chatbot | 回答 | 回复 | 返答 | 답변 | respuesta | reponse | antwort |
ответ | resposta
"""
_ANSWERS: Final = f"""{_REPLIES.rstrip()} |
result | caption | text | description | transcription | 结果 | 結果 | 결과 | resultado |
resultat | ergebnis | результат
"""

_MADE: Final = """
generated | created | edited | creation | 生成 | 作成 | 编辑 | 생성 | generada | generado |
creada | generee | genere | generiert | erzeugt | создан | сгенерирован | gerada | gerado
"""

_GOOD: Final = "named like a result"


class Weight(NamedTuple):
    """A number that goes into an endpoint's score, and why; ``""`` when unremarkable."""

    value: float
    reason: str = ""


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """Where the result is.

    Attributes:
        index: Which of the endpoint's outputs holds it.
        path: The keys and numbers that lead to it in that output's value: ``()`` for a
            picture, ``(0, "image")`` for the first of a gallery, ``(1,)`` for the second
            of an image slider's pair, ``(-1, "content")`` for the last message of a chat.
        label: What the page shows above the widget.
        component: The widget's type in lower case.
        media: What it is made of.
    """

    index: int
    path: tuple[str | int, ...] = ()
    label: str = ""
    component: str = ""
    media: Media = Media.IMAGE


class Chosen(NamedTuple):
    """The output that holds the result, how surely (0 to 1), and why.

    `aside` is what other outputs say against the endpoint.
    """

    output: int
    score: float
    reason: str
    aside: Weight | None = None


def choose_output(
    outputs: Sequence[OutputField],
    parameters: Sequence[Parameter],
    outcome: Outcome,
    *,
    named: bool = False,
) -> Chosen | None:
    """Find the output that holds the result; None when none can.

    Args:
        outputs: The endpoint's outputs.
        parameters: Its inputs: what is given back is seldom the result.
        outcome: What the result looks like.
        named: Its name speaks of the task. Then even the box that was typed in may hold
            the result: chat interfaces of 3.x answer there.
    """
    inputs = {(parameter.label, parameter.component) for parameter in parameters}
    widgets = {parameter.widget for parameter in parameters} - {-1}
    best: Chosen | None = None
    aside: Weight | None = None
    for index, output in enumerate(outputs):
        if output.component in outcome.foreign:
            aside = aside or Weight(0.4, f"it gives {output.component} before anything else")
            continue
        score, words = _judge(output, outcome, named=named)
        if aside and output.component in _FILE_WIDGETS:
            continue  # a film to download
        echoed = output.widget in widgets or (output.label, output.component) in inputs
        if score and echoed and output.component in _BOXES and not named:
            score, words = score * _EMPTIED, "also an input"
        elif score and echoed and words != _GOOD and output.component != "chatbot":
            score, words = score * _ECHO, "also an input"
        if score > (best.score if best else 0.0):
            shown = f'"{output.label}"' if output.label else "without a label"
            reason = f"output {index} {shown} is {_article(output.component)}, {words}"
            best = Chosen(index, score, reason, aside)
    if best is None or best.aside:
        return best
    if outcome.media not in _WORDS_ONLY:
        after = _made_next(outputs[best.output :], outcome)
        before = _words_first(outputs[: best.output], outcome.media)
        return best._replace(aside=after or before)
    return best._replace(aside=_sights(outputs, best, inputs))


def _sights(
    outputs: Sequence[OutputField], chosen: Chosen, inputs: set[tuple[str, str]]
) -> Weight | None:
    """Text that comes with a picture is often about the picture."""
    for index, output in enumerate(outputs):
        if output.component in _SIGHTS and (output.label, output.component) not in inputs:
            if index < chosen.output:
                heard = output.component in ("audio", "video")
                # A picture that was made, before text that nobody calls a result: its seed.
                made = speaks(output.label, _MADE) and not chosen.reason.endswith(_GOOD)
                return Weight(
                    0.4 if heard or made else 0.75, f"it gives {_article(output.component)} first"
                )
            return Weight(0.9, f"it gives {_article(output.component)}, too")
    return None


def _made_next(outputs: Sequence[OutputField], outcome: Outcome) -> Weight | None:
    """A picture that is not called a result, before something greater, is on the way to it.

    Before a solid every picture is.
    """
    called = speaks(outputs[0].label, outcome.good)
    for output in outputs[1:]:
        if output.component in outcome.foreign and (output.component in _SOLIDS or not called):
            return Weight(0.6, f"it gives {output.component} next")
    return None


def _words_first(before: Sequence[OutputField], media: Media) -> Weight | None:
    """A picture that comes after an answer in words only shows what the words say.

    Speech may well come after what was understood, but not after a reply.
    """
    answers = _REPLIES if media is Media.AUDIO else _ANSWERS
    for output in before:
        if output.component == "label":
            return Weight(0.5, f'it gives classes first ("{output.label}")')
        if output.component in _TEXTS and speaks(output.label, answers):
            return Weight(0.6, f'it gives text first ("{output.label}")')
    return None


def _judge(output: OutputField, outcome: Outcome, *, named: bool) -> tuple[float, str]:
    score = outcome.components.get(output.component, 0.0)
    files = outcome.media not in _WORDS_ONLY
    if named and files and output.component == "chatbot":
        return _IN_TALK, "where answers may come with files"
    known = output.component in _CONVERSATIONS or output.component in _SIGHTS
    if not score and files and output.gives_file and not known:
        score = _SOME_FILE
    if not score:
        return 0.0, ""
    if speaks(output.label, outcome.bad):
        return score * _BESIDE, "named like something beside the result"
    if speaks(output.label, outcome.good):
        return score, _GOOD
    return score * _UNNAMED, "the likeliest there is"


def _article(component: str) -> str:
    return f"{'an' if component[:1] in 'aeiou' else 'a'} {component}"


# --- paths --------------------------------------------------------------------------


def path_in(output: OutputField, media: Media) -> tuple[str | int, ...]:
    """Say where in the output's value the result is, as far as its type tells."""
    if output.component == "chatbot":
        return (-1, "content") if _is_messages(output) else (-1, 1)
    if output.component == "imageslider":
        return (1,)
    if output.component == "label":
        return ("label",)
    return () if media in _WORDS_ONLY else _path_to_file(output.json_type, output.component)


def _is_messages(output: OutputField) -> bool:
    items = output.json_type.get("items")
    if isinstance(items, Mapping):
        return "$ref" in items or items.get("type") == "object"
    return output.mode == "messages"


def _path_to_file(schema: Mapping[str, Any], component: str) -> tuple[str | int, ...]:
    if component == "gallery":
        return (0, "image")
    if schema.get("type") == "array":
        return (0,)
    properties = schema.get("properties")
    if isinstance(properties, Mapping) and "video" in properties and "path" not in properties:
        return ("video",)
    return ("composite",) if component == "imageeditor" else ()
