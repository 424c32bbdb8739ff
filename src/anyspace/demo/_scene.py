"""Words in, a scene out: what a painter should put into the picture.

A prompt is read word by word. A known word sets the hour, a place, the
weather or a figure; a colour word dyes the figure that follows it, or else the
whole picture. Nothing here understands language, and nothing has to: a prompt
without a single known word still gets colours of its own, from its hash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

__all__ = ["Figure", "Scene", "digest", "read_scene"]

# What each known word stands for. The first word is the aspect, the second its value.
_LEXICON: Final = """
hour day: day noon daylight sunny afternoon
hour dawn: dawn sunrise morning daybreak
hour sunset: sunset dusk evening twilight sundown golden-hour
hour night: night midnight moonlit moonlight moon star starry nocturnal dark

light sun: sun sunny sunset sunrise
light moon: moon moonlit moonlight

place snow: snow snowy winter ice icy frozen arctic glacier
place sea: sea ocean wave coast beach bay harbour harbor island seaside
place lake: lake pond river fjord reflection
place forest: forest wood woods woodland jungle trees pine fir taiga
place mountain: mountain peak alp alps alpine cliff summit volcano fjord himalaya
place desert: desert dune sand sahara canyon
place city: city town skyline skyscraper street tokyo paris london cyberpunk metropolis urban
place meadow: meadow field garden grass prairie spring hill valley farm

weather snow: snow snowy snowfall snowflake blizzard winter
weather rain: rain rainy storm stormy drizzle monsoon thunderstorm
weather mist: mist misty fog foggy haze hazy
weather star: star starry galaxy milky cosmos cosmic space universe

figure fox: fox vixen
figure cat: cat kitten kitty feline
figure dog: dog puppy hound corgi
figure wolf: wolf wolves werewolf coyote husky
figure rabbit: rabbit bunny hare
figure bird: bird gull seagull swallow crow raven crane geese goose eagle
figure ship: ship boat sail sailboat sailing galleon yacht frigate
figure house: house cabin cottage hut home barn village
figure lighthouse: lighthouse beacon
figure balloon: balloon airship
figure flower: flower tulip poppy rose daisy blossom bloom lavender
figure blossom: cherry sakura oak maple bonsai willow

colour 25: red crimson scarlet ruby cherry
colour 55: orange amber copper autumn fall pumpkin fire
colour 85: gold golden yellow honey
colour 140: green emerald jade lime
colour 195: teal turquoise cyan aqua mint
colour 250: blue azure sapphire cobalt navy
colour 300: purple violet lilac lavender indigo magic
colour 350: pink rose magenta sakura neon cyberpunk

shade white: white pale silver snowy ivory
shade black: black ebony obsidian
shade grey: grey gray ash husky
shade brown: brown chestnut chocolate
"""


@dataclass(frozen=True)
class Figure:
    """Something with an outline.

    Attributes:
        kind: Which outline: a value of the lexicon's ``figure`` lines.
        colour: A hue in degrees or a shade's name, "" for the figure's own colour.
    """

    kind: str
    colour: str = ""


@dataclass(frozen=True)
class Scene:
    """What one prompt asks for.

    Attributes:
        text: The prompt's words, in lower case, one space apart.
        hour: "day", "dawn", "sunset", "night", or "" when the prompt does not say.
        lights: "sun" or "moon", where asked for by name.
        places: The kinds of land and water.
        weather: What is in the air.
        figures: Who and what stands in it, in the prompt's order.
        dyes: Hues, in degrees, for the picture as a whole.
    """

    text: str
    hour: str = ""
    lights: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    weather: frozenset[str] = frozenset()
    figures: tuple[Figure, ...] = ()
    dyes: tuple[float, ...] = ()

    @property
    def hue(self) -> float:
        """The hue, in degrees, of a prompt that names no colour: from its hash."""
        return int(digest(self.text)[:8], 16) % 360

    @property
    def is_known(self) -> bool:
        """Whether any word of the prompt meant something for the colours."""
        return bool(self.hour or self.places or self.dyes or self.weather)


def digest(*parts: object) -> str:
    """Return a hash of the parts that is the same on every machine and run."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()


def read_scene(prompt: str, negative: str = "") -> Scene:
    """Read a prompt, leaving out whatever the negative prompt names.

    >>> read_scene("a red fox in snow").figures
    (Figure(kind='fox', colour='25'),)
    >>> read_scene("a red fox in snow", "foxes").figures
    ()
    """
    words = _words(prompt)
    unwanted = {meaning for word in _words(negative) for meaning in _meanings(word)}
    read = [tuple(m for m in _meanings(word) if m not in unwanted) for word in words]
    return Scene(
        text=" ".join(words),
        hour=next(iter(_values(read, "hour")), ""),
        lights=frozenset(_values(read, "light")),
        places=frozenset(_values(read, "place")),
        weather=frozenset(_values(read, "weather")),
        figures=tuple(_figures(read)),
        dyes=tuple(_dyes(read)),
    )


_Meanings = tuple[tuple[str, str], ...]


def _values(read: list[_Meanings], aspect: str) -> list[str]:
    """Return what was said about one aspect, in the prompt's order, each once."""
    return list(dict.fromkeys(value for word in read for a, value in word if a == aspect))


def _figures(read: list[_Meanings]) -> Iterator[Figure]:
    """Yield the figures with the colour that stands up to two words before each."""
    seen = set()
    for index in range(len(read)):
        for kind in _values([read[index]], "figure"):
            before = [*reversed(read[max(0, index - 2) : index]), read[index]]
            colours = [*_values(before, "colour"), *_values(before, "shade")]
            if kind not in seen:
                yield Figure(kind, next(iter(colours), ""))
            seen.add(kind)


def _dyes(read: list[_Meanings]) -> Iterator[float]:
    """Yield the hues that belong to no figure."""
    for index in range(len(read)):
        if not _values(read[index : index + 3], "figure"):
            yield from map(float, _values([read[index]], "colour"))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.lower())


def _meanings(word: str) -> _Meanings:
    """Look a word up, its plural too."""
    known = _lexicon()
    stems = (("", ""), ("s", ""), ("es", ""), ("ies", "y"))
    forms = (word.removesuffix(old) + new for old, new in stems if word.endswith(old))
    return next((known[form] for form in forms if form in known), ())


@cache
def _lexicon() -> Mapping[str, _Meanings]:
    meanings: dict[str, _Meanings] = {}
    for line in filter(None, _LEXICON.splitlines()):
        head, _, words = line.partition(":")
        aspect, value = head.split()
        for word in words.split():
            meanings[word] = (*meanings.get(word, ()), (aspect, value))
    return meanings
