"""Chat and text generation: messages in, answers out, whole or piece by piece."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import huggingface_hub
import pytest

import anyspace
from anyspace import (
    AppError,
    ArgumentError,
    AsyncTaskClient,
    BindingWarning,
    TaskClient,
    UsageError,
)
from anyspace.tasks import Growth, chat_values
from anyspace.testing import FakeEndpoint, FakeFile, FakeSpace, Pause

HI = [{"role": "user", "content": "Hi"}]
TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello"},
    {"role": "user", "content": "Who are you?"},
]
PNG = "data:image/png;base64,iVBORw0KGgo="
got: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_so_far():
    got.clear()


def chat(message: str) -> str:
    got.append(message)
    return f"You said: {message}"


def write(message: str):
    yield "Once"
    yield "Once upon▌"
    yield "Once upon a time"


def serving(function: Any, name: str = "/chat", **more: Any) -> FakeSpace:
    more.setdefault("outputs", [{"type": "textbox", "label": "Response"}])
    return FakeSpace([FakeEndpoint(name=name, function=function, **more)])


# --- whole answers ------------------------------------------------------------------


def test_an_answer_comes_as_the_hubs_library_gives_it():
    """The same class, with what a Space cannot tell left empty."""
    with serving(chat) as app, TaskClient(app.url) as client:
        answer = client.chat_completion(HI)
    assert type(answer) is huggingface_hub.ChatCompletionOutput
    assert answer.choices[0].message.content == "You said: Hi"
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == app.url
    assert answer.usage.total_tokens == 0


def test_openais_way_of_calling_is_the_same():
    """`client.chat.completions.create`, with messages as the hub's objects too."""
    message = huggingface_hub.ChatCompletionInputMessage(role="user", content="Hi")
    with serving(chat) as app, TaskClient(app.url) as client:
        answer = client.chat.completions.create([message])
    assert answer.choices[0].message.content == "You said: Hi"


def test_history_and_system_words_go_where_the_app_has_a_place():
    """In the app's own form."""

    def respond(message: str, history: list, system_message: str = "") -> str:
        got.append((message, history, system_message))
        return "An app."

    with serving(respond) as app, TaskClient(app.url) as client:
        client.chat_completion(TALK)
    assert got == [
        (
            "Who are you?",
            [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}],
            "Be brief.",
        )
    ]


def test_what_the_app_has_no_place_for_is_said_in_the_message():
    """Ours: a conversation is not lost for want of a widget; a warning tells."""
    with serving(chat) as app, TaskClient(app.url) as client:
        with pytest.warns(BindingWarning, match="is said in the message") as told:
            client.chat_completion(TALK)
    assert got == ["Be brief.\n\nUser: Hi\nAssistant: Hello\nUser: Who are you?\nAssistant:"]
    assert len(told) == 2


def test_pictures_of_a_message_are_uploaded():
    """Parts as in OpenAI's API."""

    def look(message: str, image: Annotated[FakeFile, "image"]) -> str:
        got.append((message, image.content))
        return "a picture"

    parts = [
        {"type": "text", "text": "What"},
        {"type": "text", "text": "is it?"},
        {"type": "image_url", "image_url": {"url": PNG}},
    ]
    with serving(look) as app, TaskClient(app.url) as client:
        client.chat_completion([{"role": "user", "content": parts}])
    assert got == [("What\nis it?", b"\x89PNG\r\n\x1a\n")]


def test_a_picture_of_an_earlier_message_is_still_there_to_be_asked_about():
    """Ours: the conversation goes on, and the app remembers nothing."""
    talk = [
        {"role": "user", "content": [{"type": "image_url", "image_url": PNG}]},
        {"role": "assistant", "content": "A cat."},
        {"role": "user", "content": "Which colour?"},
    ]
    values = chat_values(talk)
    assert [file.mime_type for file in values["image"]] == ["image/png"]
    assert values["message"] == "Which colour?"
    assert values["history"][0] == {"role": "user", "content": ""}


def test_parts_may_be_plain_text():
    """The hub's templates write them so; a content may also be missing."""
    talk = [{"role": "assistant", "content": None}, {"role": "user", "content": ["a", "b"]}]
    assert chat_values(talk)["message"] == "a\nb"


@pytest.mark.parametrize(
    ("messages", "problem"),
    [
        ([], "the last message must be the user's"),
        (TALK[:3], "the last message must be the user's"),
        (["Hi"], r"messages\[0\]: a message has a role and a content"),
        ([{"role": "user", "content": [{"type": "video"}]}], "a part is text or an image_url"),
        (
            [{"role": "user", "content": [{"type": "image_url", "image_url": "/etc/passwd"}]}],
            "http",
        ),
    ],
)
def test_messages_that_cannot_be_read_are_refused(messages, problem):
    """Before anything is sent; a path is never opened."""
    with pytest.raises(ArgumentError, match=problem):
        chat_values(messages)


def test_files_of_an_answer_are_links_in_it():
    """A chatbot may answer with pictures."""

    def draw(message: str) -> Any:
        return [
            {"role": "user", "content": message},
            {"role": "assistant", "content": "Here:"},
            {"role": "assistant", "content": {"file": FakeFile("fox.png", b"\x89PNG")}},
        ]

    with serving(draw, outputs=["chatbot"]) as app, TaskClient(app.url) as client:
        answer = client.chat_completion(HI).choices[0].message.content
    assert answer.endswith("/fox.png)")
    assert "![fox.png](http://127.0.0.1" in answer


def test_files_of_a_streamed_answer_come_behind_it():
    """Pairs, as chatbots had them before 5.0."""

    def draw(message: str):
        yield [[message, "Here"]]
        yield [[message, "Here:"], [None, FakeFile("fox.wav", b"RIFF")]]

    with serving(draw, outputs=["chatbot"]) as app, TaskClient(app.url) as client:
        pieces = list(client.chat_completion(HI, stream=True))
    deltas = [piece.choices[0].delta.content for piece in pieces]
    assert deltas[0] == "Here"
    assert deltas[-2].strip().startswith("[fox.wav](http://127.0.0.1")
    assert deltas[-1] == ""


def test_what_hardly_a_space_offers_is_left_out_with_a_warning():
    """Programs that move over pass it; where the app has it, it counts."""

    def respond(message: str, presence_penalty: float = 0.0) -> str:
        got.append(presence_penalty)
        return "yes"

    with serving(respond) as app, TaskClient(app.url) as client:
        with pytest.warns(BindingWarning, match="logprobs is not offered"):
            client.chat_completion(HI, logprobs=True, presence_penalty=0.5)
    assert got == [0.5]


# --- piece by piece -----------------------------------------------------------------


def test_an_answer_comes_while_it_is_written():
    """Pieces as in the hub's library, the last with the reason of the end."""
    with serving(write) as app, TaskClient(app.url) as client:
        pieces = list(client.chat_completion(HI, stream=True))
    assert {type(piece) for piece in pieces} == {huggingface_hub.ChatCompletionStreamOutput}
    deltas = [piece.choices[0].delta.content for piece in pieces]
    assert deltas == ["Once", " upon", " a time", ""]
    assert [piece.choices[0].finish_reason for piece in pieces] == [None, None, None, "stop"]
    assert len({piece.id for piece in pieces}) == 1


async def test_asynchronous_streams_are_the_same():
    """For methods, for OpenAI's way, and for functions."""
    async with serving(write) as app, AsyncTaskClient(app.url) as client:
        calls = (
            client.chat_completion,
            client.chat.completions.create,
            anyspace.async_chat_completion,
        )
        for call in calls:
            stream = await call(HI, model=app.url, stream=True)
            text = "".join([piece.choices[0].delta.content async for piece in stream])
            assert text == "Once upon a time"


def test_a_function_streams_and_closes_its_connection_at_the_end():
    """There is no client to do so."""
    with serving(write, "/generate_text") as app:
        with anyspace.text_generation("x", model=app.url, stream=True) as stream:
            assert "".join(stream) == "Once upon a time"
            with pytest.raises(StopIteration):
                next(stream)


def test_who_leaves_a_stream_early_cancels_the_job():
    """Nobody reads on."""

    def endless(message: str):
        yield "Once"
        yield Pause(60)

    with serving(endless, "/generate_text") as app, TaskClient(app.url) as client:
        with client.text_generation("x", stream=True) as stream:
            assert next(stream) == "Once"
            assert app.running == 1
        assert app.running == 0


async def test_a_stream_is_for_the_kind_of_client_that_made_it():
    """Its connections live in one loop only."""
    async with serving(write, "/generate_text") as app, AsyncTaskClient(app.url) as client:
        async with await client.text_generation("x", stream=True) as stream:
            with pytest.raises(UsageError, match="this stream is for `async for`"):
                iter(stream)
    assert repr(stream) == "<Stream for async for>"


def test_a_failure_ends_a_stream():
    """With the app's own words, after what came before."""

    def broken(message: str):
        yield "Once"
        raise ValueError("out of ink")

    with serving(broken) as app, TaskClient(app.url) as client:
        stream = client.chat_completion(HI, stream=True)
        assert next(stream).choices[0].delta.content == "Once"
        with pytest.raises(AppError, match="out of ink"):
            next(stream)


async def test_a_stream_of_a_task_that_was_cancelled_ends_so():
    """It does not hang."""

    def endless(message: str):
        yield "Once"
        yield Pause(60)

    async with serving(endless, "/generate_text") as app, AsyncTaskClient(app.url) as client:
        stream = await client.text_generation("x", stream=True)
        assert await anext(stream) == "Once"
        waiting = asyncio.create_task(anext(stream))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert app.running == 0


# --- text generation ----------------------------------------------------------------


def echo(message: str) -> str:
    return f"{message} there was a fox. END of it"


def test_a_text_goes_on_without_its_prompt():
    """As theirs; `return_full_text` keeps it."""
    with serving(echo, "/generate_text") as app, TaskClient(app.url) as client:
        assert client.text_generation("Once") == " there was a fox. END of it"
        assert client.text_generation("Once", return_full_text=True).startswith("Once there")
        assert client.text_generation("Once", stop=["END"]) == " there was a fox. "


def test_every_piece_of_the_details_is_a_token_of_its_own():
    """One behind, because the last has to say how it ended."""
    with serving(write, "/generate_text") as app, TaskClient(app.url) as client:
        pieces = list(client.text_generation("x", details=True, stream=True))
    assert [piece.token.text for piece in pieces] == ["Once", " upon", " a time"]
    assert [piece.index for piece in pieces] == [0, 1, 2]
    assert [piece.details is None for piece in pieces] == [True, True, False]
    assert pieces[-1].details.finish_reason == "eos_token"


def test_details_come_in_the_hubs_classes():
    """What a Space cannot tell is empty."""
    with serving(echo, "/generate_text") as app, TaskClient(app.url) as client:
        whole = client.text_generation("Once", details=True, stop=["."])
        pieces = list(client.text_generation("Once", details=True, stream=True, stop=["."]))
    assert type(whole) is huggingface_hub.TextGenerationOutput
    assert whole.generated_text == " there was a fox"
    assert whole.details.finish_reason == "stop_sequence"
    assert {type(piece) for piece in pieces} == {huggingface_hub.TextGenerationStreamOutput}
    assert "".join(piece.token.text for piece in pieces) == " there was a fox"
    assert [piece.generated_text for piece in pieces][-1] == " there was a fox"
    assert pieces[-1].details.finish_reason == "stop_sequence"


# --- what is new --------------------------------------------------------------------


def grown(texts: list[str], *args: Any) -> list[str]:
    growth = Growth(*args)
    *parts, last = texts
    return [*(growth.feed(part) for part in parts), growth.feed(last, whole=True)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["A", "A b", "A b"], ["A", " b", ""]),
        (["A ▌", "A b ▌", "A b"], ["A", " b", ""]),
        (["A b ", "A b"], ["A b ", ""]),
        (["Thinking...", "The fox", "The fox runs"], ["Thinking...", "\n\nThe fox", " runs"]),
    ],
)
def test_each_piece_is_what_is_new(texts, expected):
    """Apps show cursors, and take back what they showed while they think."""
    assert grown(texts) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["A <", "A <e", "A <end> b", "A <end> b"], ["A ", "", "", ""]),
        (["A <", "A <b", "A <b"], ["A ", "<b", ""]),
        (["A <", "A <"], ["A ", "<"]),
    ],
)
def test_what_may_become_a_stop_is_held_back(texts, expected):
    """A stop, once given out, could not be taken back."""
    assert grown(texts, ["<end>"]) == expected


def test_a_prompt_that_is_given_back_is_left_out():
    """Also while it is still being told."""
    assert grown(["On", "Once", "Once upon", "Once upon"], [], "Once") == ["", "", " upon", ""]
