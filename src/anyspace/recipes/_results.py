"""What a call returned: the files, the text or the numbers of a task's result.

The description says where the result should be; apps do not always keep to it. So the
place is tried first and the rest of the answer is searched when it is empty. Files that
an app wraps in other things (HTML, JSON, a ``data:`` URL, base64) come out as `Link`s.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from anyspace.recipes._outputs import Output
from anyspace.recipes._reading import find_numbers, find_text
from anyspace.recipes._task import Media
from anyspace.schema import FileValue

__all__ = ["Answer", "Link", "find_files", "find_images", "find_media", "read_answer"]

_ENDINGS: Final[Mapping[Media, frozenset[str]]] = {
    Media.IMAGE: frozenset("png jpg jpeg webp gif bmp tif tiff avif heic jfif ico svg".split()),
    Media.AUDIO: frozenset("wav mp3 flac ogg oga opus m4a aac weba".split()),
    Media.VIDEO: frozenset("mp4 webm mov avi mkv m4v gif mpg mpeg".split()),
    Media.MODEL: frozenset("glb gltf obj ply stl splat usdz fbx zip spz".split()),
}
_TYPES: Final[Mapping[Media, str]] = {
    Media.IMAGE: "image/",
    Media.AUDIO: "audio/",
    Media.VIDEO: "video/",
    Media.MODEL: "model/",
}
# Films that only carry a sound, and pictures that move.
_STAND_INS: Final[Mapping[Media, Media]] = {Media.AUDIO: Media.VIDEO, Media.VIDEO: Media.IMAGE}

_SOURCE: Final = re.compile(
    r"<(img|audio|video|source|model-viewer|a)\b[^>]*?\b(?:src|href)\s*=\s*"
    r"(?:\"([^\"]+)\"|'([^']+)'|([^\s\"'>]+))",
    re.IGNORECASE,
)
_STYLED: Final = re.compile(r"url\(\s*(?:&quot;|[\"'])?([^\"'()\s]+?)(?:&quot;|[\"'])?\s*\)", re.I)
_FRAMED: Final = re.compile(r"<iframe\b[^>]*?\bsrcdoc\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.I)
_MARKDOWN: Final = re.compile(r"!\[[^\]]*\]\(\s*<?([^)\s>]+)")
_URL: Final = re.compile(r"https?://[^\s\"'<>)\]]+")
_DATA_URL: Final = re.compile(r"data:([\w.+-]+/[\w.+-]+)?[;,]")
_PATH: Final = re.compile(r"(?:/|[A-Za-z]:\\)[^\n\"'<>|*?]+\.(\w{2,5})")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]{200,}={0,2}\s*")

# How files of each type begin once they are base64.
_MAGIC: Final = (
    ("iVBORw0KGgo", "image/png"),
    ("/9j/", "image/jpeg"),
    ("R0lGOD", "image/gif"),
    ("UklGR", "audio/wav"),  # or WebP; see _sniff
    ("SUQz", "audio/mpeg"),
    ("//u", "audio/mpeg"),
    ("T2dnUw", "audio/ogg"),
    ("ZkxhQw", "audio/flac"),
    ("AAAAIGZ0eX", "video/mp4"),
    ("AAAAHGZ0eX", "video/mp4"),
    ("AAAAGGZ0eX", "video/mp4"),
    ("Z2xURg", "model/gltf-binary"),
)
_WEBP: Final = "RUJQ"  # the last three bytes of "WEBP", at 9 in the file and 12 in its base64

_DEEP: Final = 12


class Link(msgspec.Struct, frozen=True):
    """A file that an app named or wrote out in something else than a file value.

    Attributes:
        url: An address, a ``data:`` URL, or a path on the app's own machine.
        mime_type: ``""`` when unknown.
    """

    url: str
    mime_type: str = ""


class Answer(NamedTuple):
    """What a call gave.

    Attributes:
        files: The files of the result, the best first.
        text: The result as text, ``""`` when it is none.
        data: The numbers of the result as nested lists, None when it has none.
    """

    files: tuple[FileValue | Link, ...] = ()
    text: str = ""
    data: Any = None


def read_answer(output: Output, data: Sequence[Any]) -> Answer:
    """Find the result in what an endpoint returned, or yielded so far.

    Args:
        output: Where it should be.
        data: One value for each of the endpoint's outputs.
    """
    at = output.index
    own = data[at] if 0 <= at < len(data) else None
    if output.media is Media.TEXT:
        return Answer(text=find_text(own))
    if output.media is Media.DATA:
        return Answer(data=find_numbers(own))
    files = find_media(_main(output.component, own), output.media)
    for place, value in enumerate(data if not files else ()):
        if place != at or output.component != "chatbot":
            files = files or find_media(value, output.media)
    return Answer(files=tuple(files))


def _main(component: str, value: Any) -> Any:
    """Leave out what stands beside the result in a value of several pictures."""
    if isinstance(value, Mapping) and "__type__" in value:
        value = value.get("value")
    if component == "chatbot":
        return _answered(value)
    if component == "imageslider" and isinstance(value, list | tuple):
        return value[-1:]  # before and after
    if component == "imageeditor" and isinstance(value, Mapping):
        return value.get("composite") or value
    return value


def _answered(talk: Any) -> list[Any]:
    """What follows the user's last word: pictures that were shown to a chat are not its own."""
    answers: list[Any] = []
    for turn in talk if isinstance(talk, list | tuple) else ():
        if isinstance(turn, Mapping):
            answers = [] if turn.get("role") == "user" else [*answers, turn.get("content")]
        elif isinstance(turn, list | tuple) and turn:
            answers = [turn[-1]]
    return answers


# --- files --------------------------------------------------------------------------


def find_files(value: Any) -> list[FileValue]:
    """Collect the files of a result in order, however deep they are.

    A gallery's items (``{"image": file, "caption": "…"}`` or ``(file, "…")``), an image
    slider's pair and plain lists all count; everything that is no file is passed over.
    """
    return [file for file in _walk(value, 0) if isinstance(file, FileValue)]


def find_images(output: Output | int, data: Sequence[Any]) -> list[FileValue]:
    """Collect the pictures of a result, from the output that should hold them.

    When that one is empty the other outputs are asked in order: some apps fill a
    second widget, depending on a setting.

    Args:
        output: Where the result should be, or the number of the output.
        data: What the endpoint returned: one value for each output.
    """
    index = output if isinstance(output, int) else output.index
    found = read_answer(Output(index=index, media=Media.IMAGE), data).files
    return [file for file in found if isinstance(file, FileValue)]


def find_media(value: Any, media: Media) -> list[FileValue | Link]:
    """Collect the files of one sort, however deep and however wrapped.

    When there is none, what may stand in for it is taken: a film for its sound, a
    moving picture for a film.
    """
    found = list(_walk(value, 0))
    for wanted in (media, _STAND_INS.get(media)):
        files = [file for file in found if wanted and _is_of(file, wanted)]
        if files:
            return list(dict.fromkeys(files))
    return []


def _walk(value: Any, depth: int) -> Iterator[FileValue | Link]:
    """Yield every file, and every text that stands for one."""
    if isinstance(value, FileValue | Link):
        yield value
    elif isinstance(value, str):
        yield from _links(value, depth)
    elif depth < _DEEP:
        if isinstance(value, Mapping):
            value = list(value.values())
        if isinstance(value, list | tuple):
            for item in value:
                yield from _walk(item, depth + 1)


def _links(text: str, depth: int) -> list[Link]:
    text = text.strip()
    data = _DATA_URL.match(text)
    if data:
        return [Link(text, data[1] or "")]
    if text[:1] in ("{", "[") and depth < _DEEP:
        try:
            return [f for f in _walk(json.loads(text), depth + 1) if isinstance(f, Link)]
        except (ValueError, RecursionError):
            pass
    if "<" in text and _TAG.search(text):
        return _shown(text, depth)
    if _PATH.fullmatch(text):
        return [Link(text)]
    kind = _sniff(text) if _BASE64.fullmatch(text) else ""
    if kind:
        return [Link(f"data:{kind};base64,{''.join(text.split())}", kind)]
    drawn = _MARKDOWN.findall(text)
    named = [url for url in _URL.findall(text) if url not in drawn]
    return [*(Link(url, "image/*") for url in drawn), *map(Link, named)]


def _shown(text: str, depth: int) -> list[Link]:
    """What a page of HTML shows: in tags, in styles, in a frame that is written out."""
    found = [
        Link(html.unescape("".join(urls)), _TAGS.get(tag.lower(), ""))
        for tag, *urls in _SOURCE.findall(text)
    ]
    for framed in _FRAMED.findall(text) if depth < _DEEP else ():
        found.extend(_links(html.unescape("".join(framed)), depth + 1))
    styled = (html.unescape(url) for url in _STYLED.findall(text))
    return [*found, *(Link(url, "image/*") for url in styled)]


_TAG: Final = re.compile(r"<[a-zA-Z!/]")
_TAGS: Final = {"img": "image/*", "audio": "audio/*", "video": "video/*", "model-viewer": "model/*"}


def _sniff(text: str) -> str:
    for start, kind in _MAGIC:
        if text.startswith(start):
            return "image/webp" if start == "UklGR" and text[12:16] == _WEBP else kind
    return ""


def _is_of(file: FileValue | Link, media: Media) -> bool:
    if isinstance(file, Link):
        name, unknown = file.url.partition("?")[0].rpartition("/")[2], False
        kind = file.mime_type
    else:
        # What has neither type nor ending may be anything.
        name, kind, unknown = file.name, (file.mime_type or "").lower(), True
    if kind and kind != "application/octet-stream":
        return kind.startswith(_TYPES[media]) or (
            not kind.startswith(tuple(_TYPES.values())) and _ending(name) in _ENDINGS[media]
        )
    ending = _ending(name)
    return ending in _ENDINGS[media] if ending else unknown


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
