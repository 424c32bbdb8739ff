"""When what was said: read from whatever a Space has, written as OpenAI's API gives it.

Spaces that recognise speech tell times in three ways: as data (``chunks`` of transformers'
pipelines, ``segments`` of Whisper's, tables), as lines of text
(``[00:00.000 --> 00:05.000] …``), or as subtitles (SRT, WebVTT), mostly in a file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

__all__ = ["Segment", "find_segments", "joined", "parse_segments", "render_srt", "render_vtt"]

_DEEP: Final = 8
_STARTS: Final = ("start", "start_time", "begin", "from", "offset")
_ENDS: Final = ("end", "end_time", "stop", "to")
_TEXTS: Final = ("text", "transcript", "transcription", "sentence", "word", "content")
_LISTS: Final = ("timestamp", "timestamps", "time", "times")
_CLOCK: Final = r"(?:\d+:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?|\d+(?:\.\d+)?s?"
_SPAN: Final = rf"(?P<start>{_CLOCK})\s*(?:-->|->|→|–|—|-)\s*(?P<end>{_CLOCK})"
_LINE: Final = re.compile(rf"[\[(]\s*{_SPAN}\s*[\])]\s*:?[ \t]*(?P<text>.*)")
_CUE: Final = re.compile(
    r"(?P<start>(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})[ \t]*-->[ \t]*"
    r"(?P<end>(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})[^\n]*\n(?P<text>.*?)(?=\n[ \t]*\n|\Z)",
    re.DOTALL,
)


class Segment(msgspec.Struct, frozen=True):
    """What was said in one go.

    Attributes:
        start: When it begins, in seconds.
        end: When it ends.
        text: What it is.
    """

    start: float
    end: float
    text: str


def find_segments(value: Any) -> list[Segment]:
    """Find the times in what an endpoint returned; none when there are none."""
    return next((found for found in _lists(value, 0) if found), [])


def parse_segments(text: str) -> list[Segment]:
    """Read lines with times, SRT, WebVTT or JSON; none when the text is something else."""
    text = text.replace("\r\n", "\n").strip()
    if text[:1] in ("{", "["):
        try:
            return find_segments(json.loads(text))
        except (ValueError, RecursionError):
            pass  # a line with times begins with a bracket, too
    lines = [found for line in text.split("\n") if (found := _LINE.fullmatch(line.strip()))]
    return [_segment(found) for found in lines or _CUE.finditer(text)]


def joined(segments: Sequence[Segment]) -> str:
    """What was said, without the times."""
    return " ".join(segment.text for segment in segments if segment.text)


def render_srt(segments: Sequence[Segment]) -> str:
    """Write subtitles in SRT."""
    return "".join(
        f"{number}\n{_clock(each.start, ',')} --> {_clock(each.end, ',')}\n{each.text}\n\n"
        for number, each in enumerate(segments, 1)
    )


def render_vtt(segments: Sequence[Segment]) -> str:
    """Write subtitles in WebVTT."""
    cues = "".join(
        f"{_clock(each.start, '.')} --> {_clock(each.end, '.')}\n{each.text}\n\n"
        for each in segments
    )
    return f"WEBVTT\n\n{cues}"


def _lists(value: Any, depth: int) -> Iterator[list[Segment]]:
    """Every list of segments in a value, the outermost first."""
    if isinstance(value, str):
        yield parse_segments(value)
    elif depth < _DEEP and isinstance(value, Mapping):
        if isinstance(value.get("headers"), list) and isinstance(value.get("data"), list):
            yield _of_table(value["headers"], value["data"])
        for item in value.values():
            yield from _lists(item, depth + 1)
    elif depth < _DEEP and isinstance(value, list | tuple):
        found = [_of_item(item) for item in value]
        whole = [segment for segment in found if segment is not None]
        yield whole if len(whole) == len(found) else []
        for item in value:
            yield from _lists(item, depth + 1)


def _of_table(headers: list[Any], rows: list[Any]) -> list[Segment]:
    names = [str(header).strip().lower().partition(" (")[0].replace(" ", "_") for header in headers]
    items = [dict(zip(names, row, strict=False)) for row in rows if isinstance(row, list)]
    found = [_of_item(item) for item in items]
    return [segment for segment in found if segment is not None]


def _of_item(item: Any) -> Segment | None:
    if not isinstance(item, Mapping):
        return None
    text = next((item[key] for key in _TEXTS if isinstance(item.get(key), str)), None)
    span = next((item[key] for key in _LISTS if isinstance(item.get(key), list | tuple)), None)
    if span is None:
        ends = [next((item[k] for k in keys if k in item), None) for keys in (_STARTS, _ENDS)]
        span = ends
    if isinstance(item.get("timestamps"), Mapping):  # whisper.cpp
        span = [item["timestamps"].get("from"), item["timestamps"].get("to")]
    if text is None or len(span) != 2:
        return None
    start = _seconds(span[0])
    # The last chunk of a transformers' pipeline may have no end.
    end = start if span[1] is None else _seconds(span[1])
    return None if start is None or end is None else Segment(start, max(start, end), text.strip())


def _segment(found: re.Match[str]) -> Segment:
    start, end = _seconds(found["start"]) or 0.0, _seconds(found["end"]) or 0.0
    return Segment(start, max(start, end), " ".join(found["text"].split()))


def _seconds(told: Any) -> float | None:
    """Read a number of seconds, or a time of day from midnight on."""
    if isinstance(told, bool):
        return None
    if isinstance(told, int | float):
        return float(told) if 0 <= told < 1e7 else None
    if not isinstance(told, str) or not re.fullmatch(_CLOCK, told.strip()):
        return None
    total = 0.0
    for part in told.strip().rstrip("s").replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total


def _clock(seconds: float, comma: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{comma}{rest % 1000:03}"
