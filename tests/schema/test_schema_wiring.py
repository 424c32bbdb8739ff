"""What a page says beside its parameters: forms of values, states, steps, headings."""

from __future__ import annotations

import pytest

from tests.schema.apps import described, widget


def endpoint_of(app):
    return next(iter(app.endpoints.values()))


@pytest.mark.parametrize(
    ("props", "mode", "together"),
    [
        ({"tool": "sketch", "source": "upload"}, "sketch", True),
        ({"tool": "sketch", "source": "canvas"}, "", False),
        ({"tool": "color-sketch", "source": "upload"}, "", False),
        ({"tool": "editor"}, "", False),
    ],
)
def test_a_painted_picture_of_gradio_3_comes_with_its_mask(props, mode, together):
    """Read from 3.50.2: only with ``tool="sketch"`` on a picture that is uploaded."""
    painted = {**widget(1, "image", **props), "serializer": "ImgSerializable"}
    parameter = endpoint_of(described([painted], [{"inputs": [1]}])).parameters[0]

    assert parameter.mode == mode
    assert set(parameter.json_type["properties"]) >= ({"image", "mask"} if together else {"path"})
    assert parameter.takes_file


def test_a_chatbot_says_which_form_its_turns_have():
    """Observed from 4.44 to 5.50: ``"tuples"`` or ``"messages"``."""
    chat = {"id": 1, "type": "chatbot", "props": {"type": "messages"}, "skip_api": False}
    endpoint = endpoint_of(described([chat], [{"inputs": [1], "outputs": [1]}]))

    assert (endpoint.parameters[0].mode, endpoint.outputs[0].mode) == ("messages", "messages")
    assert endpoint.parameters[0].widget == endpoint.outputs[0].widget == 1


def test_states_and_steps_are_told():
    """Observed: ``trigger_after`` names the step before; states have no parameter."""
    parts = [widget(1, "textbox", visible=False), widget(2, "state"), widget(3, "state")]
    steps = [
        {"id": 4, "inputs": [1, 2], "outputs": [3], "api_name": "first"},
        {"id": 5, "inputs": [3], "outputs": [2], "api_name": "second", "trigger_after": 4},
    ]
    first, second = described(parts, steps).endpoints.values()

    assert (first.reads, first.writes, first.after) == ((2,), (3,), None)
    assert (second.reads, second.writes, second.after) == ((3,), (2,), 4)
    assert not first.parameters[0].visible


def test_the_page_speaks_in_its_title_and_first_texts():
    """Ours: the first line of each, without its markup; nothing for Gradio's own title."""
    parts = [
        widget(1, "markdown", value="\n# **Scissors**\nCuts things out."),
        widget(2, "html", value="<center><h2>Fast &gt; slow</h2>"),
        widget(3, "markdown", value=None),
        widget(4, "markdown", value=" "),
        widget(5, "markdown", value="[A paper](https://x.y)"),
    ]

    assert described(parts, [], title="Demo").headings == ("Demo", "Scissors", "Fast &gt; slow")
    assert described(parts[4:], [], title="Gradio").headings == ("A paper",)
