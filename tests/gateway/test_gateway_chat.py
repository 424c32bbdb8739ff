"""``/v1/chat/completions``. The shapes are those of OpenAI's API reference."""

from __future__ import annotations

from typing import Annotated

import pytest

from anyspace.gateway import create_app
from anyspace.testing import FakeEndpoint, FakeFile, FakeSpace
from tests.gateway.conftest import client_of
from tests.gateway.everything import picture, settings_for
from tests.gateway.sse import events
from tests.gateway.test_gateway_edits import sent

URL = "/v1/chat/completions"


def asked(text: str, **more):
    return {"model": "chatter", "messages": [{"role": "user", "content": text}], **more}


async def test_an_answer_has_openais_shape(everything):
    """`usage` is there because clients read it, and zero because no Space counts tokens."""
    answer = await everything.post(URL, json=asked("hello"))
    body = answer.json()
    assert body["id"].startswith("chatcmpl-")
    assert (body["object"], body["model"]) == ("chat.completion", "chatter")
    (choice,) = body["choices"]
    assert choice["message"] == {
        "role": "assistant",
        "content": "You said hello",
        "refusal": None,
    }
    assert choice["finish_reason"] == "stop"
    assert set(body["usage"].values()) == {0}
    assert answer.headers["x-anyspace-space"] == body["anyspace"]["space"]


async def test_a_stream_begins_with_a_role_and_ends_with_a_reason(everything):
    """As OpenAI's: the usage comes in a chunk of its own, then ``[DONE]``."""
    usage = {"stream_options": {"include_usage": True}}
    answer = await everything.post(URL, json=asked("hello there", stream=True, **usage))
    *chunks, counted, done = [data for _, data in events(answer.text)]
    assert done == "[DONE]"
    assert (counted["choices"], set(counted["usage"].values())) == ([], {0})
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(delta.get("content", "") for delta in deltas) == "You said hello there"
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks[-2:]] == [None, "stop"]
    assert len({chunk["id"] for chunk in chunks}) == 1


@pytest.mark.parametrize("stream", [False, True])
async def test_a_stop_ends_the_answer(everything, stream):
    """OpenAI: the text does not contain the stop."""
    answer = await everything.post(URL, json=asked("a b c", stop=[" b"], stream=stream))
    if stream:
        chunks = [data for _, data in events(answer.text)][:-1]
        text = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
    else:
        text = answer.json()["choices"][0]["message"]["content"]
    assert text == "You said a"


async def test_what_a_space_cannot_do_is_left_out_with_a_note(everything):
    """Tools that may be called, or not, change nothing when they are not."""
    tools = [{"type": "function", "function": {"name": "add"}}]
    body = (await everything.post(URL, json=asked("x", tools=tools, top_p=0.5, user="u"))).json()
    assert body["anyspace"]["notes"] == [
        "tools is not offered by this Space and was left out",
        "top_p is not offered by this Space and was left out",
    ]


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tool_choice": {"type": "function", "function": {"name": "add"}}}, "tool_choice"),
        ({"response_format": {"type": "json_schema"}}, "response_format"),
        ({"n": 2}, "n"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "messages"),
        ({"temprature": 1}, "temprature"),
    ],
)
async def test_what_would_change_the_meaning_is_refused(everything, more, param):
    """Ours: a caller who counts on it has to know."""
    answer = await everything.post(URL, json=asked("x", **more))
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


@pytest.mark.parametrize("url", ["http://127.0.0.1/a.png", "http://10.1.2.3/a", "http://nas/a"])
async def test_addresses_in_messages_are_public(everything, space_of_everything, url):
    """The gateway must not show its callers what only it can reach."""
    parts = [
        {"type": "text", "text": "what is this?"},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    answer = await everything.post(URL, json=asked(parts))
    assert answer.status_code == 400
    assert "not" in answer.json()["error"]["message"]
    assert not [r for r in space_of_everything.requests if r.path.endswith("/join")]


async def test_history_and_the_systems_words_reach_the_space(everything, space_of_everything):
    """What a Space has no place for is said in the message."""
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "Bye"},
    ]
    answer = await everything.post(URL, json={"model": "chatter", "messages": messages})
    assert answer.status_code == 200
    message, system, _ = sent(space_of_everything)
    assert system == "Be brief."
    assert message == "User: Hi\nAssistant: Hello!\nUser: Bye\nAssistant:"


def look(message: str, image: Annotated[FakeFile, "image"] = None) -> list:
    name = f"seen-{image.name}" if image else "nothing"
    return [
        {"role": "user", "content": message},
        {"role": "assistant", "content": name},
        {"role": "assistant", "content": {"file": FakeFile("drawn.png", picture())}},
    ]


@pytest.mark.parametrize("stream", [False, True])
async def test_pictures_go_in_and_files_come_out_as_links_to_this_gateway(stream):
    """Spaces delete their files, so an answer must not link to them."""
    chat = FakeEndpoint(
        name="/chat", function=look, inputs=["textbox", "image"], outputs=["chatbot"]
    )
    with FakeSpace([chat]) as space:
        settings = settings_for(space.url, {"seer": "chat-completion"})
        async with client_of(create_app(settings)) as client:
            parts = [
                {"type": "text", "text": "draw this"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
            ]
            body = {"messages": [{"role": "user", "content": parts}], "stream": stream}
            answer = await client.post(URL, json=body)
            if stream:
                chunks = [data for _, data in events(answer.text)][:-1]
                text = "".join(c["choices"][0]["delta"].get("content", "") for c in chunks)
            else:
                text = answer.json()["choices"][0]["message"]["content"]
            assert text.startswith("seen-file.png\n\n![drawn.png](http")
            link = text.partition("(")[2].removesuffix(")")
            assert (await client.get(link)).content == picture()


@pytest.mark.parametrize("stream", [False, True])
async def test_a_failure_is_told_where_the_client_looks_for_it(everything, stream):
    """Before the first chunk with a status, behind it as an event."""
    answer = await everything.post(URL, json=asked("fail", stream=stream))
    if answer.status_code == 200:
        *_, (name, body) = events(answer.text)
        assert name == "error"
    else:
        body = answer.json()
    assert body["error"]["code"] == "space_failed"
    assert "no words left" in body["error"]["message"]


async def test_a_body_nested_too_deeply_is_the_callers_fault(everything):
    """Decoders stop at some depth."""
    answer = await everything.post(URL, content=b'{"messages":' + b"[" * 100_000)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "too_deep")
