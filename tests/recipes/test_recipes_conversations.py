"""Conversations in the three forms that Gradio had for them."""

from __future__ import annotations

import pytest

from anyspace import recipes
from anyspace._errors import ArgumentError
from tests.recipes import apps
from tests.recipes.apps import app, endpoint, gives, number, text, widget

PAIRS = {"type": "array", "items": {"type": "array", "prefixItems": []}}
MESSAGES = {
    "$defs": {"Message": {"properties": {"role": {}, "content": {"anyOf": []}}}},
    "type": "array",
    "items": {"$ref": "#/$defs/Message"},
}
BLOCKS = {
    "type": "array",
    "items": {"properties": {"role": {}, "content": {"type": "array", "items": {}}}},
}
TURNS = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]


def chat(json_type=None, component="chatbot", **more):
    history = widget("history", "Chatbot", component, json_type, **more)
    made = endpoint("/respond", [text("message", "Message"), history], [gives("chatbot", "Chat")])
    return recipes.bind(app(made), "chat-completion")


def history_sent(binding, history):
    return binding.arguments({"message": "And?", "history": history}).kwargs["history"]


@pytest.mark.parametrize(
    ("binding", "sent"),
    [
        (chat(PAIRS), [["Hi", "Hello!"]]),
        (chat(MESSAGES), TURNS),
        (
            chat(BLOCKS),
            [
                {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                {"role": "assistant", "content": [{"type": "text", "text": "Hello!"}]},
            ],
        ),
        (chat({}, mode="messages"), TURNS),
        (chat({}, mode="tuples"), [["Hi", "Hello!"]]),
        (chat({}), [["Hi", "Hello!"]]),
        (chat({}, component="json"), TURNS),
    ],
)
@pytest.mark.parametrize("given", [TURNS, [["Hi", "Hello!"]], [("Hi", "Hello!")]])
def test_history_is_written_in_the_apps_own_form(binding, sent, given):
    """Read from 3.50.2, 4.44.1, 5.0.2 and 6.0.2: pairs, then messages, then blocks."""
    assert history_sent(binding, given) == sent


def test_pairs_keep_what_fits_in_no_pair():
    """Ours: an answer without a question, two questions in a row; a system has no place."""
    turns = [
        {"role": "system", "content": "Be brief."},
        {"role": "assistant", "content": "Welcome"},
        {"role": "user", "content": "One"},
        {"role": "user", "content": [{"type": "text", "text": "Two"}]},
        {"role": "assistant", "content": "Both"},
    ]

    assert history_sent(chat(PAIRS), turns) == [[None, "Welcome"], ["One", None], ["Two", "Both"]]


def test_content_that_is_no_text_stays_as_it_is():
    """Ours: files among the turns are opaque here."""
    turns = [{"role": "user", "content": [{"type": "file", "file": 7}]}]

    assert history_sent(chat(MESSAGES), turns) == turns
    assert history_sent(chat(BLOCKS), turns) == turns


def test_a_turn_of_no_known_form_is_refused():
    """Ours: with the parameter's name, before anything is sent."""
    with pytest.raises(ArgumentError, match="history: a turn is a message"):
        history_sent(chat(PAIRS), ["Hi"])


@pytest.mark.parametrize(
    ("json_type", "sent"),
    [(PAIRS, [["And?", None]]), (MESSAGES, [{"role": "user", "content": "And?"}])],
)
def test_a_bot_that_only_takes_the_conversation_is_asked_in_it(json_type, sent):
    """Observed: pages whose first step appends the message, and whose second answers."""
    history = widget("history", "Chatbot", "chatbot", json_type)
    bot = endpoint("/bot", [history, number("temperature")], [gives("chatbot", "Chat")])
    binding = recipes.bind(app(bot), "chat-completion")

    assert binding.find("message").position == binding.find("history").position == 0
    assert binding.find("system_prompt") is None
    assert binding.find("message").transform.startswith("as the last turn, as ")
    assert binding.arguments({"message": "And?"}).kwargs["history"] == sent


def test_messages_are_taken_apart_into_a_chats_fields():
    """Ours: for callers who have a list of messages, as OpenAI's clients do."""
    turns = [{"role": "system", "content": "Be brief."}, *TURNS]

    assert recipes.split_messages([*turns, {"role": "user", "content": "And?"}]) == {
        "message": "And?",
        "history": TURNS,
        "system_prompt": "Be brief.",
    }
    assert recipes.split_messages([{"role": "user", "content": "Hi"}]) == {"message": "Hi"}


@pytest.mark.parametrize("messages", [[], TURNS])
def test_the_user_must_have_the_last_word(messages):
    """Ours: there is nothing to answer otherwise."""
    with pytest.raises(ValueError, match="the last message must be the user's"):
        recipes.split_messages(messages)


def test_a_field_goes_by_its_other_names_too():
    """Ours: a prompt is a message to a chat."""
    binding = chat(PAIRS)

    assert binding.find("prompt") == binding.find("message")
    assert binding.arguments({"prompt": "Hi"}).kwargs["message"] == "Hi"
    assert binding.find("width") is None
    stated = recipes.bind(apps.flux(), "text-to-image", overrides={"text": "prompt"})
    assert stated.find("prompt").reason == "you said so"
