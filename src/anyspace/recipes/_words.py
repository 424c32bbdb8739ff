"""Which field a piece of text speaks of.

Names (``num_inference_steps``), labels ("Number of inference steps (more is slower)")
and help texts are brought to one plain form, small words and plurals removed, and
looked up in a `Lexicon` made from a task's phrases. A phrase counts for more the more
of the text it covers, and when it ends the text: in "style strength" the strength is
spoken of, in "image style" the style.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from anyspace.recipes._task import Field, Shape

__all__ = ["Hit", "Lexicon", "Reading", "head_of", "is_optional", "plain", "speaks"]

# Scripts that write without spaces between words; a run of them is one token.
_WIDE: Final = "\u3041-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_IS_WIDE: Final = re.compile(rf"[{_WIDE}]")
_TOKEN: Final = re.compile(rf"[^\W_{_WIDE}]+|[{_WIDE}]+")
# 背景を削除, 背景の削除 and 背景削除 say the same: particles between kanji or katakana go.
_NOUN: Final = r"[\u30a0-\u30ff\u4e00-\u9fff]"
_PARTICLE: Final = re.compile(rf"(?<={_NOUN})[をの](?={_NOUN})")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_INTO: Final = re.compile(r"(?<=[A-Za-z])2(?=[A-Za-z])")  # text2image
_NUMBERED: Final = re.compile(r"(?<=[^\W\d_]{3})(?=\d+(?:\b|_))")

# Only Latin letters lose their marks: in Hangul, kana and Cyrillic they are other letters.
_FOLD: Final = str.maketrans("áàâãäåçéèêëíìîïñóòôõöúùûüß", "aaaaaaceeeeiiiinooooouuuus")

# They say nothing about which field is meant.
_SMALL: Final = frozenset(
    """the your an please enter type select choose pick set here of for to in and or is
    de la le les l d el los las un une des du da do der die das ein eine den dem""".split()
)
# They may be part of a phrase ("num images"), yet a text is not longer for having them.
_LIGHT: Final = frozenset("num number nb count total no value parameter param input".split())

_TAIL_MISSED: Final = 0.75
_BARE: Final = 0.55  # what a phrase is worth before it covers anything

# What Gradio makes up for want of a name or label.
_GENERIC: Final = re.compile(r"(?:param|parameter|value|component|args?)_?\d*", re.IGNORECASE)

# Where the name in a label ends and the explanation begins.
_HEAD_ENDS: Final = re.compile(r"[(\[{（【:：;；,，。!！?？|]|\.\s|\.$| [-–—/·•] ")
_BRACKETS: Final = "([{（【"
# "1. Image", "Step 2: Prompt", "第一步：" only count; the name comes behind.
_COUNTED: Final = re.compile(
    r"^\W*(?:(?:step|schritt|paso|étape|etape|passo|шаг|ステップ|단계)\s*\d{1,2}(?!\d)\s*[.:：)）、·-]?"
    r"|第?[\d一二三四五六七八九十]{1,2}步\s*[.:：、]?"
    r"|\d{1,2}\s*[.:：)）、](?!\d)"
    r"|[①-⑩])\s*(?=\w)",
    re.IGNORECASE,
)
_OPENING: Final = re.compile(r"^\s*[(\[（【][^)\]）】]*[)\]）】]\s*")

_OPTIONAL: Final = """
optional | if any | 可选 | 選用 | 任意 | 選択任意 | 선택사항 | 선택 사항 | opcional |
facultatif | optionnel | необязательно | опционально
"""


@lru_cache(maxsize=8192)  # a text is asked about many lists of phrases
def plain(text: str) -> str:
    """Bring text to the form that phrases are looked for in, a space at each end.

    >>> plain("Number of inference steps")
    ' number inference step '
    """
    text = _NUMBERED.sub(" ", _HUMP.sub(" ", _INTO.sub(" ", text))).lower()
    if not text.isascii():
        text = _PARTICLE.sub("", unicodedata.normalize("NFKC", text).translate(_FOLD))
    found = _TOKEN.findall(text)
    kept = [_singular(token) for token in found if token not in _SMALL]
    return f" {' '.join(kept or found)} "


def _singular(token: str) -> str:
    plural = len(token) > 3 and token.endswith("s") and not token.endswith("ss")
    return token[:-1] if plural else token


@lru_cache(maxsize=4096)
def head_of(label: str) -> tuple[str, str]:
    """Split a label into what it names and what it explains.

    >>> head_of("(Optional) Seed: -1 is random")
    ('Seed', '(Optional) -1 is random')
    """
    counted = _COUNTED.match(label)
    label = label[counted.end() :] if counted else label
    opening = _OPENING.match(label)
    aside = opening.group() if opening else ""
    rest = label[len(aside) :]
    if not rest:
        return label, ""
    end = _HEAD_ENDS.search(rest, 1)
    if end is None:
        return rest, aside.strip()
    # A bracket belongs to what it holds, any other sign only parts the two.
    explained = rest[end.start() if end.group() in _BRACKETS else end.end() :]
    return rest[: end.start()].strip(), f"{aside}{explained.strip()}"


def _phrases(listed: str) -> list[str]:
    return [plain(phrase) for phrase in listed.split("|")]


@lru_cache(maxsize=64)
def _forms(listed: str) -> tuple[str, ...]:
    # Scripts without spaces have no word borders to keep to.
    return tuple(p.strip() if _IS_WIDE.match(p, 1) else p for p in _phrases(listed))


@lru_cache(maxsize=4096)
def speaks(text: str, listed: str) -> bool:
    """Tell whether one of the listed phrases (separated by ``|``) stands in the text.

    >>> speaks("🎬 Generate Video", "run | generate")
    True
    """
    form = plain(text)
    return any(phrase in form for phrase in _forms(listed))


def is_optional(label: str) -> bool:
    """Tell whether a label says that the field may stay empty."""
    return speaks(label, _OPTIONAL)


class Hit(NamedTuple):
    """A field that a text speaks of, and how surely (0 to 1)."""

    field: str
    score: float


class Reading(NamedTuple):
    """What one text says: the fields it speaks of, those it cannot be, and hardly is."""

    hits: tuple[Hit, ...]
    excluded: frozenset[str]
    doubted: frozenset[str] = frozenset()


class _Entry(NamedTuple):
    phrase: str
    size: float
    field: str
    weight: float


class Lexicon:
    """The fields of a task, with their phrases indexed by the first word.

    Attributes:
        fields: By name.
        ranks: The place of each field in the task's own order.
        shaped: The fields that can be known by their widget alone.
        leading: Those of them that a page asks with.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        self.fields = {field.name: field for field in fields}
        self.ranks = {field.name: rank for rank, field in enumerate(fields)}
        self.shaped: list[tuple[Field, Shape]] = [(f, f.shape) for f in fields if f.shape]
        self.leading = [(field, shape) for field, shape in self.shaped if field.leads]
        self._entries: dict[str, list[_Entry]] = {}
        self._wide: list[_Entry] = []
        self._never: dict[str, list[str]] = {}
        self._wide_never: list[tuple[str, str]] = []
        self._doubts: dict[str, list[str]] = {}
        for field in fields:
            for weight, listed in field.words.items():
                for phrase in _phrases(listed):
                    self._add(phrase, field.name, weight)
            for token in field.never.split():
                self._exclude(token, field.name)
            for token in field.doubts.split():
                self._doubts.setdefault(_singular(token), []).append(field.name)

    def _add(self, phrase: str, field: str, weight: float) -> None:
        size = _size(phrase)
        if _IS_WIDE.match(phrase, 1) and len(phrase) > 3:
            self._wide.append(_Entry(phrase.strip(), size, field, weight))
        else:
            # A single Chinese character is part of too many words: it must stand alone.
            entry = _Entry(phrase, size, field, weight)
            self._entries.setdefault(phrase.split()[0], []).append(entry)

    def _exclude(self, token: str, field: str) -> None:
        if _IS_WIDE.match(token):
            self._wide_never.append((token, field))
        else:
            self._never.setdefault(_singular(token), []).append(field)

    def read(self, text: str) -> Reading:
        """Find the fields that a name, a label or a sentence speaks of."""
        if not text or _GENERIC.fullmatch(text):
            return Reading((), frozenset())
        form = plain(text)
        size = _size(form)
        best: dict[str, float] = {}
        excluded: set[str] = set()
        doubted: set[str] = set()
        for token in form.split():
            excluded.update(self._never.get(token, ()))
            doubted.update(self._doubts.get(token, ()))
            _keep_best(best, self._entries.get(token, ()), form, size)
        if not text.isascii():
            excluded.update(field for token, field in self._wide_never if token in form)
            _keep_best(best, self._wide, form, size)
        hits = tuple(Hit(field, score) for field, score in best.items() if field not in excluded)
        return Reading(hits, frozenset(excluded), frozenset(doubted))


def _keep_best(best: dict[str, float], entries: Iterable[_Entry], form: str, size: float) -> None:
    for phrase, length, field, weight in entries:
        if phrase in form:
            ends = form.rstrip().endswith(phrase.rstrip())
            coverage = min(length / size, 1.0)
            score = weight * (_BARE + (1 - _BARE) * coverage) * (1.0 if ends else _TAIL_MISSED)
            best[field] = max(score, best.get(field, 0.0))


def _size(form: str) -> float:
    """Count the words that carry meaning; two Chinese characters count as one."""
    sizes = (
        max(len(token) / 2, 1.0) if _IS_WIDE.match(token) else 1.0
        for token in form.split()
        if token not in _LIGHT
    )
    return sum(sizes) or 1.0
