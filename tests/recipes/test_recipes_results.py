"""The result in what an app returned, however it is wrapped."""

from __future__ import annotations

import base64
import json

import pytest

from anyspace import recipes
from anyspace.recipes import Answer, Link, Media, Output
from anyspace.schema import OutputField
from tests.recipes.apps import FILE, Picture, app, endpoint, gives, image, text

A, B = Picture("a.webp"), Picture("b.webp")
SONG = Picture("a.wav", "audio/wav")
FILM = Picture("a.mp4", "video/mp4")
SOLID = Picture("a.glb", "model/gltf-binary")
BARE_SOLID = Picture("a.obj", "text/plain")
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(200)).decode()
WEBP = base64.b64encode(b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(200)).decode()


@pytest.mark.parametrize(
    ("media", "value", "files"),
    [
        (Media.IMAGE, {"__type__": "update", "value": A}, [A]),
        (Media.AUDIO, [FILM, SONG], [SONG]),
        (Media.AUDIO, [FILM], [FILM]),
        (Media.VIDEO, {"video": FILM, "subtitles": None}, [FILM]),
        (Media.MODEL, [A, SOLID], [SOLID]),
        (Media.MODEL, [BARE_SOLID], [BARE_SOLID]),
        (Media.IMAGE, [A, A], [A]),
        (
            Media.IMAGE,
            '<img class="x" src="/file=a.png?x&amp;y">',
            [Link("/file=a.png?x&y", "image/*")],
        ),
        (
            Media.AUDIO,
            "<audio controls src='https://x.y/a'></audio>",
            [Link("https://x.y/a", "audio/*")],
        ),
        (Media.VIDEO, '<video><source src="a.mp4"></video>', [Link("a.mp4")]),
        (Media.IMAGE, "<img src=https://x.y/a width=9>", [Link("https://x.y/a", "image/*")]),
        (
            Media.IMAGE,
            "<div style=\"background:url('https://x.y/a')\"></div>",
            [Link("https://x.y/a", "image/*")],
        ),
        (
            Media.IMAGE,
            '<iframe srcdoc="&lt;img src=&quot;/a.png?b&amp;amp;c&quot;&gt;"></iframe>',
            [Link("/a.png?b&c", "image/*")],
        ),
        (Media.IMAGE, "A fox:\n![a fox](/file=a.png)", [Link("/file=a.png", "image/*")]),
        (
            Media.IMAGE,
            "Here: ![](data:image/png;base64,AAAA) done",
            [Link("data:image/png;base64,AAAA", "image/*")],
        ),
        (Media.AUDIO, "![](/a.png) https://x.y/a.wav", [Link("https://x.y/a.wav")]),
        (Media.IMAGE, "1 < 2: https://x.y/a.png", [Link("https://x.y/a.png")]),
        (Media.IMAGE, "<b>none</b>", []),
        (
            Media.IMAGE,
            "data:image/png;base64,AAAA",
            [Link("data:image/png;base64,AAAA", "image/png")],
        ),
        (Media.IMAGE, json.dumps({"url": "https://x.y/a.png"}), [Link("https://x.y/a.png")]),
        (
            Media.IMAGE,
            {"images": [{"url": "https://x.y/a.jpg?s=1"}]},
            [Link("https://x.y/a.jpg?s=1")],
        ),
        (Media.IMAGE, "[not json", []),
        (Media.IMAGE, "see https://x.y/a.png and https://x.y/b", [Link("https://x.y/a.png")]),
        (Media.IMAGE, ["/tmp/gradio/a.png", "/tmp/gradio/a.txt"], [Link("/tmp/gradio/a.png")]),
        (Media.IMAGE, PNG, [Link(f"data:image/png;base64,{PNG}", "image/png")]),
        (Media.IMAGE, WEBP, [Link(f"data:image/webp;base64,{WEBP}", "image/webp")]),
        (Media.IMAGE, "A" * 300, []),
        (Media.IMAGE, Link("https://x.y/a.png"), [Link("https://x.y/a.png")]),
        (Media.IMAGE, 7, []),
    ],
)
def test_files_are_found_in_whatever_holds_them(media, value, files):
    """Observed wrappings: updates, HTML, JSON, base64, paths, waveform films."""
    assert recipes.find_media(value, media) == files


def test_a_value_without_bottom_ends_the_search():
    """Ours: what an app says is untrusted."""
    value = A
    for _ in range(40):
        value = [value]

    assert recipes.find_media(value, Media.IMAGE) == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Hello", "Hello"),
        ("a < b", "a < b"),
        ("<p>Hello<br>you &amp; me</p><script>no()</script>", "Hello\nyou & me"),
        ([["Hi", "Hello!"], ["And?", "Fine"]], "Fine"),
        ([["Hi", None]], "Hi"),
        ([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Fine"}], "Fine"),
        ([{"role": "assistant", "content": [{"type": "text", "text": "Fine"}]}], "Fine"),
        (
            [
                {"role": "assistant", "content": "Fine"},
                {"role": "assistant", "content": "hm", "metadata": {"title": "Thinking"}},
            ],
            "Fine",
        ),
        ([{"role": "assistant", "content": "hm", "metadata": {"title": "Thinking"}}], "hm"),
        # Not answered yet: what the user said is no answer.
        ([{"role": "assistant", "content": "Yes?"}, {"role": "user", "content": "Hi"}], ""),
        # What was made comes as a turn of its own, behind the words.
        (
            [
                {"role": "user", "content": "Draw"},
                {"role": "assistant", "content": "Here:"},
                {"role": "assistant", "content": {"file": A}},
            ],
            "Here:",
        ),
        ({"label": "cat", "confidences": []}, "cat"),
        ({"generated_text": "Once"}, "Once"),
        ({"text": "", "output": {"x": 1}, "result": "Here"}, "Here"),
        ({"x": 1}, ""),
        ({"__type__": "update", "value": "New"}, "New"),
        (
            [
                {"token": "Ada", "class_or_confidence": "PER"},
                {"token": " ran", "class_or_confidence": None},
            ],
            "Ada\n ran",
        ),
        ([["red", 0.5], ["fox", None]], "redfox"),
        ([["Hi", 0.5]], "Hi"),
        (["one", "two", 3, None, True], "one\ntwo\n3"),
        ([], ""),
        (4.5, "4.5"),
        (A, ""),
        (object(), ""),
    ],
)
def test_text_is_read_out_of_whatever_holds_it(value, said):
    """Observed: chats of every form, labels, JSON of the Hub's pipelines, HTML."""
    assert recipes.find_text(value) == said


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        ([0.1, 0.2], [0.1, 0.2]),
        ([[1, 2], [3, 4]], [[1, 2], [3, 4]]),
        ({"embedding": [1.5]}, [1.5]),
        ({"a": "x", "b": {"data": [1]}}, [1]),
        ("[1, 2]", [1, 2]),
        ("no", None),
        ([True], None),
        (["x", {"v": [2]}], [2]),
        ([[]], None),
        ({}, None),
        (None, None),
    ],
)
def test_numbers_are_read_out_of_whatever_holds_them(value, numbers):
    """Observed: vectors as JSON, as text, in a table."""
    output = Output(index=0, media=Media.DATA)

    assert recipes.read_answer(output, [value]) == Answer(data=numbers)


@pytest.mark.parametrize(
    ("component", "value", "files"),
    [
        ("imageslider", [A, B], (B,)),
        ("imageslider", None, ()),
        ("imageeditor", {"background": A, "layers": [A], "composite": B}, (B,)),
        ("imageeditor", {"background": A, "layers": [], "composite": None}, (A,)),
        ("gallery", [{"image": A, "caption": None}, {"image": B, "caption": None}], (A, B)),
        ("imageslider", {"__type__": "update", "value": [A, B]}, (B,)),
        ("chatbot", [["Draw", None], [A, B]], (B,)),
        ("chatbot", [[A, None], ["And?", None]], ()),
        (
            "chatbot",
            [
                {"role": "user", "content": {"file": A}},
                {"role": "assistant", "content": "Here:"},
                {"role": "assistant", "content": [{"type": "file", "file": B}]},
            ],
            (B,),
        ),
        ("chatbot", [{"role": "user", "content": {"file": A}}, 7, []], ()),
        ("chatbot", None, ()),
    ],
)
def test_of_a_widget_with_several_pictures_the_result_counts(component, value, files):
    """Observed: a slider shows before and after, an editor its parts."""
    assert recipes.read_answer(Output(index=0, component=component), [value]).files == files


def test_another_output_stands_in_for_an_empty_one():
    """Observed: apps that fill one widget or the other; partial answers on the way."""
    output = Output(index=1, media=Media.AUDIO)

    assert recipes.read_answer(output, [SONG, None]).files == (SONG,)
    assert recipes.read_answer(output, [None]).files == ()
    assert recipes.read_answer(Output(index=3, media=Media.TEXT), ["x"]).text == ""


def path_of(task, output, *parameters):
    made = endpoint("/run", list(parameters), [output])
    return recipes.bind(app(made), task, endpoint="/run").output


@pytest.mark.parametrize(
    ("output", "path"),
    [
        (gives("image", "Result"), ()),
        (gives("gallery", "Result"), (0, "image")),
        (gives("imageslider", "Result"), (1,)),
        (gives("imageeditor", "Result"), ("composite",)),
        (
            OutputField(
                label="Result",
                component="file",
                json_type={"type": "array", "items": FILE},
                gives_file=True,
            ),
            (0,),
        ),
    ],
)
def test_the_way_to_the_picture_is_told(output, path):
    """Ours: for tools that read the answer themselves."""
    assert path_of("text-to-image", output, text("prompt", "Prompt")).path == path


def test_the_way_to_other_results_is_told():
    """Ours: films before 5.0, labels, and chats of either form."""
    film = OutputField(
        label="Video", component="video", json_type={"properties": {"video": FILE}}, gives_file=True
    )
    assert path_of("text-to-video", film, text("prompt")).path == ("video",)
    ask = (image("image"), text("question"))
    assert path_of("visual-question-answering", gives("label", "Answer"), *ask).path == ("label",)
    pairs = OutputField(label="Chat", component="chatbot", json_type={}, mode="tuples")
    assert path_of("chat-completion", pairs, text("message")).path == (-1, 1)
    told = OutputField(label="Chat", component="chatbot", json_type={}, mode="messages")
    assert path_of("chat-completion", told, text("message")).path == (-1, "content")
    typed = OutputField(
        label="Chat",
        component="chatbot",
        json_type={"type": "array", "items": {"$ref": "#/$defs/Message"}},
    )
    assert path_of("chat-completion", typed, text("message")).path == (-1, "content")


def test_a_binding_reads_its_own_answer():
    """Ours: the whole way, from the task to the result."""
    made = endpoint("/run", [text("prompt")], [gives("textbox", "Log"), gives("image", "Result")])
    binding = recipes.bind(app(made), "text-to-image")

    assert binding.read(["done", A]) == Answer(files=(A,))
