"""What a call returned: the files, the text or the numbers of a task's result.

The description says where the result should be; apps do not always keep to it. So the
place is tried first and the rest of the answer is searched when it is empty. Files that
an app wraps in other things (HTML, JSON, a ``data:`` URL, base64) come out as `Link`s.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from anyspace.recipes._outputs import Output
from anyspace.recipes._task import Media
from anyspace.schema import FileValue

__all__ = ["Answer", "Link", "find_files", "find_images", "find_media", "find_text", "read_answer"]

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
    r"<(img|audio|video|source|model-viewer|a)\b[^>]*?\b(?:src|href)\s*=\s*[\"']([^\"']+)[\"']",
    re.IGNORECASE,
)
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
_WEBP: Final = "V0VCU"  # "WEBP" from the eighth byte on, as its base64 shows it

_ANSWER_KEYS: Final = """
    generated_text translation_text summary_text text transcription transcript answer response
    output result content caption message translation summary label value data
""".split()
_TAG: Final = re.compile(r"<(script|style)\b.*?</\1\s*>|<br\s*/?>|</p>|<[^>]+>", re.DOTALL | re.I)
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
        return Answer(data=_numbers(own))
    files = find_media(_main(output.component, own), output.media)
    for value in data if not files else ():
        files = files or find_media(value, output.media)
    return Answer(files=tuple(files))


def _main(component: str, value: Any) -> Any:
    """Leave out what stands beside the result in a value of several pictures."""
    if component == "imageslider" and isinstance(value, list | tuple):
        return value[-1:]  # before and after
    if component == "imageeditor" and isinstance(value, Mapping):
        return value.get("composite") or value
    return value


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


def _links(text: str, depth: int) -> Iterable[Link]:
    text = text.strip()
    data = _DATA_URL.match(text)
    if data:
        return [Link(text, data[1] or "")]
    if text[:1] in ("{", "[") and depth < _DEEP:
        try:
            return [f for f in _walk(json.loads(text), depth + 1) if isinstance(f, Link)]
        except (ValueError, RecursionError):
            pass
    if "<" in text:
        return [
            Link(html.unescape(url), _TAGS.get(tag.lower(), ""))
            for tag, url in _SOURCE.findall(text)
        ]
    if _PATH.fullmatch(text):
        return [Link(text)]
    kind = _sniff(text) if _BASE64.fullmatch(text) else ""
    if kind:
        return [Link(f"data:{kind};base64,{''.join(text.split())}", kind)]
    return [Link(url) for url in _URL.findall(text)]


_TAGS: Final = {"img": "image/*", "audio": "audio/*", "video": "video/*", "model-viewer": "model/*"}


def _sniff(text: str) -> str:
    for start, kind in _MAGIC:
        if text.startswith(start):
            return "image/webp" if start == "UklGR" and _WEBP in text[:24] else kind
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


# --- text ---------------------------------------------------------------------------


def find_text(value: Any) -> str:
    """Read the text of a result: a transcript, the last answer of a chat, a label.

    A chat may be pairs or messages, with content as text or in blocks; of a mapping the
    entry that is named like an answer counts; HTML gives what a reader would see.
    """
    if isinstance(value, str):
        return _seen(value)
    if isinstance(value, bool) or value is None or isinstance(value, FileValue):
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        return _text_of_mapping(value)
    if isinstance(value, list | tuple):
        return _text_of_list(value)
    return ""


def _seen(text: str) -> str:
    if "<" not in text or not _TAG.search(text):
        return text
    breaks = _TAG.sub(lambda m: "\n" if m[0].lower().startswith(("<br", "</p")) else "", text)
    return html.unescape(breaks).strip()


def _text_of_mapping(value: Mapping[str, Any]) -> str:
    if "role" in value:
        return find_text(value.get("content"))
    if {"token", "class_or_confidence"} <= value.keys():
        return str(value["token"])
    if value.get("type") == "text":
        return find_text(value.get("text"))
    for key in _ANSWER_KEYS:
        if value.get(key) not in (None, "", [], {}):
            text = find_text(value[key])
            if text:
                return text
    return ""


def _text_of_list(value: Sequence[Any]) -> str:
    if all(isinstance(turn, Mapping) and "role" in turn for turn in value):
        # The app may add what it thinks or which tools it used as turns of their own.
        answers = [turn for turn in value if not (turn.get("metadata") or {}).get("title")]
        return find_text((answers or list(value))[-1]) if value else ""
    if all(isinstance(turn, list | tuple) and len(turn) == 2 for turn in value):
        return _text_of_pairs(value)
    parts = [find_text(item) for item in value]
    return "\n".join(part for part in parts if part)


def _text_of_pairs(value: Sequence[Any]) -> str:
    """The last answer; pairs of a text and its label (or None) are one marked text."""
    if all(isinstance(pair[0], str) and _is_mark(pair[1]) for pair in value[:-1]) and (
        value[-1][1] is None or isinstance(value[-1][1], int | float)
    ):
        return "".join(str(pair[0]) for pair in value if pair[0] is not None)
    return find_text(value[-1][1])


def _is_mark(label: Any) -> bool:
    return label is None or isinstance(label, int | float)


# --- numbers ------------------------------------------------------------------------


def _numbers(value: Any) -> Any:
    """Find the first list of numbers, nested or not; None when there is none."""
    if isinstance(value, str):
        try:
            return _numbers(json.loads(value))
        except (ValueError, RecursionError):
            return None
    if isinstance(value, Mapping):
        found = (_numbers(item) for item in value.values())
        return next((numbers for numbers in found if numbers is not None), None)
    if isinstance(value, list | tuple) and value:
        first = value[0]
        if isinstance(first, int | float) and not isinstance(first, bool):
            return list(value)
        if isinstance(first, list | tuple) and _numbers(first) is not None:
            return list(value)
        return next((n for n in map(_numbers, value) if n is not None), None)
    return None
