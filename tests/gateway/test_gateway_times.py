"""Times of speech, in the forms in which Spaces tell them."""

from __future__ import annotations

import pytest

from anyspace.gateway.openai._times import (
    Segment,
    find_segments,
    joined,
    parse_segments,
    render_srt,
)

TWO = [Segment(0.0, 1.5, "Hello"), Segment(1.5, 3661.25, "there")]


@pytest.mark.parametrize(
    "text",
    [
        "[00:00.000 --> 00:01.500]  Hello\n[00:01.500 --> 01:01:01.250]  there",
        "[0.0s -> 1.5s] Hello\n[1.5s -> 3661.25s] there",
        "(00:00.0 - 00:01.5): Hello\n(00:01.5 - 1:01:01.25): there",
        "1\n00:00:00,000 --> 00:00:01,500\nHello\n\n2\n00:00:01,500 --> 01:01:01,250\nthere\n",
        "WEBVTT\r\n\r\n00:00.000 --> 00:01.500 align:start\r\nHello\r\n\r\n"
        "00:01.500 --> 01:01:01.250\r\nthere",
        '{"chunks": [{"timestamp": [0, 1.5], "text": "Hello"},'
        ' {"timestamp": [1.5, 3661.25], "text": "there"}]}',
    ],
)
def test_text_with_times_is_read(text):
    """Whisper's own, faster-whisper's, a page's, SRT, WebVTT, transformers' as JSON."""
    assert parse_segments(text) == TWO


@pytest.mark.parametrize(
    "value",
    [
        ("Hello there", [{"start": 0, "end": 1.5, "text": "Hello"},
                         {"start": 1.5, "end": 3661.25, "text": " there "}]),
        {"text": "Hello there", "segments": [
            {"start_time": "0:00", "end_time": "0:01.5", "sentence": "Hello"},
            {"start_time": "0:01.5", "end_time": "1:01:01.25", "sentence": "there"}]},
        {"transcription": [
            {"timestamps": {"from": "00:00:00,000", "to": "00:00:01,500"}, "text": " Hello"},
            {"timestamps": {"from": "00:00:01,500", "to": "01:01:01,250"}, "text": " there"}]},
        {"headers": ["Start (s)", "End (s)", "Text"],
         "data": [[0, 1.5, "Hello"], [1.5, 3661.25, "there"]], "metadata": None},
    ],
)  # fmt: skip
def test_data_with_times_is_read(value):
    """Whisper's segments, other names, whisper.cpp's, a table of a page."""
    assert find_segments(value) == TWO


@pytest.mark.parametrize(
    "value",
    ["", "Hello there", "[music] Hello", "{not json", "12 - 30 people", None, 3, [], [1, 2],
     {"text": "x"}, [{"role": "user", "content": "x"}], [{"start": True, "end": 2, "text": "x"}],
     [{"start": -1, "end": 2, "text": "x"}]],
)  # fmt: skip
def test_what_tells_no_times_has_none(value):
    """Nothing is guessed."""
    assert find_segments(value) == []


def test_the_last_chunk_may_have_no_end():
    """Observed of transformers' pipelines: ``(12.3, None)``."""
    assert find_segments([{"timestamp": [2, None], "text": "x"}]) == [Segment(2.0, 2.0, "x")]


def test_the_text_is_what_is_said():
    """Without the times."""
    assert joined(TWO) == "Hello there"


def test_times_are_rounded_to_milliseconds_that_exist():
    """Not 00:00:59,1000."""
    assert render_srt([Segment(59.9999, 3599.9996, "x")]) == (
        "1\n00:01:00,000 --> 01:00:00,000\nx\n\n"
    )
