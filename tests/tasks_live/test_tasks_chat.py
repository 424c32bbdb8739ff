"""Conversations: what was said before, how to behave, files between words, answers as they grow."""

from __future__ import annotations

from itertools import pairwise

import pytest

from anyspace.tasks import Preview
from tests.tasks_live.doing import do, meadow

pytestmark = pytest.mark.servers

BEFORE = [
    {"role": "user", "content": "Hello, my name is Ada."},
    {"role": "assistant", "content": "Nice to meet you, Ada."},
]


@pytest.mark.parametrize("app", ["chat", "chat_blocks"])
async def test_a_sum_is_answered(anywhen, app):
    """Observed: from the usual template, and from a chat built by hand of two steps."""
    made = await do(anywhen(app), "chat-completion", message="What is 17 + 25?")
    assert made.text == "17 + 25 = 42"


@pytest.mark.parametrize("app", ["chat", "chat_blocks"])
async def test_the_system_prompt_is_followed(anywhen, app):
    """Observed: shouting was asked for."""
    made = await do(
        anywhen(app), "chat-completion", message="6 times 7", system_prompt="Use capitals only."
    )
    assert made.text == "6 TIMES 7 = 42"


@pytest.mark.parametrize("app", ["chat", "chat_blocks"])
async def test_what_was_said_before_is_known(anywhen, app):
    """Observed: pairs before Gradio 5, messages since, and written out where there is no place."""
    made = await do(anywhen(app), "chat-completion", message="What is my name?", history=BEFORE)
    assert made.text == "Your name is Ada."


@pytest.mark.parametrize("app", ["chat", "chat_blocks"])
async def test_an_answer_is_shown_as_it_grows_up_to_its_limit(anywhen, app):
    """Observed: three words, each preview begins with the one before."""
    seen = []
    made = await do(
        anywhen(app),
        "chat-completion",
        message="count to 9",
        max_tokens=3,
        on_update=seen.append,
    )
    assert made.text == "1 2 3"
    texts = [update.text for update in seen if isinstance(update, Preview)]
    assert texts[-1] == "1 2 3"
    assert all(later.startswith(sooner) for sooner, later in pairwise(texts))


async def test_a_chat_of_two_steps_is_led_as_its_page_leads_it(anywhen):
    """Observed: the app's own first step writes the message into the conversation."""
    made = await do(anywhen("chat_blocks"), "chat-completion", message="2 + 2", history=BEFORE)
    steps = [step.endpoint.parameters for step in made.binding.chain]
    assert [[parameter.component for parameter in taken] for taken in steps] == [
        ["textbox", "chatbot"],
        ["chatbot", "textbox", "slider"],
    ]
    assert len(made.calls) == 2
    assert made.text == "2 + 2 = 4"


async def test_two_callers_do_not_hear_each_other(anywhen):
    """Ours: each call has a session of its own."""
    await do(anywhen("chat"), "chat-completion", message="my name is Grace")
    made = await do(anywhen("chat"), "chat-completion", message="what is my name")
    assert made.text == "You have not told me your name."


async def test_a_picture_goes_with_the_words(today):
    """Observed: both in one multimodal text box."""
    app = today("chat_with_files")
    made = await do(app, "chat-completion", message="What is this?", image=meadow())
    assert made.text == "I see a picture of 240 by 180 pixels."
    made = await do(app, "chat-completion", message="2 + 2")
    assert made.text == "2 + 2 = 4"
