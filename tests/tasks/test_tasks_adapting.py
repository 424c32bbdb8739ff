"""What becomes of values that a Space has no place for."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from anyspace import AsyncClient
from anyspace.tasks import TaskResult, run_task
from anyspace.testing import FakeEndpoint, FakeFile, FakeSpace

Picture = Annotated[FakeFile, "image"]
got: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_so_far():
    got.clear()


async def run(
    function: Any, task: str, values: Any, name: str = "/chat", **more: Any
) -> TaskResult:
    async with FakeSpace([FakeEndpoint(name=name, function=function)]) as app:
        async with AsyncClient(app.url) as client:
            return await run_task(client, task, values, **more)


def chat(message: str, temperature: float = 1.0) -> str:
    got.append((message, temperature))
    return "yes"


@pytest.mark.parametrize(
    "history",
    [
        [["Hi", "Hello"], ["Bye", None]],
        [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": [{"type": "text", "text": "Hello"}]},
            {"role": "user", "content": "Bye"},
        ],
    ],
)
async def test_a_history_without_a_place_is_written_out(history):
    """In both forms; what has no words is passed over."""
    made = await run(chat, "chat-completion", {"message": "So?", "history": history})
    assert got == [("User: Hi\nAssistant: Hello\nUser: Bye\nUser: So?\nAssistant:", 1.0)]
    assert made.notes == ("history is said in the message: this Space has no place for it",)


async def test_an_empty_history_changes_nothing():
    """There is nothing to say."""
    await run(chat, "chat-completion", {"message": "So?", "history": []})
    assert got == [("So?", 1.0)]


async def test_other_roles_keep_their_names():
    """Tools speak, too."""
    history = [{"role": "tool", "content": "21 degrees"}]
    await run(chat, "chat-completion", {"message": "So?", "history": history})
    assert got[0][0].startswith("Tool: 21 degrees\nUser: So?")


async def test_what_is_only_wished_for_is_left_out_where_nobody_knows_it():
    """Among the values it would be refused; what is known counts, and values come first."""
    wishes = {"logprobs": True, "temperature": 0.5, "message": "no", "n": None}
    made = await run(chat, "chat-completion", {"message": "So?"}, wishes=wishes)
    assert got == [("So?", 0.5)]
    assert made.notes == ("logprobs is not offered by this Space and was left out",)


async def test_a_field_by_its_alias_is_written_out_too():
    """`text` is a message, `system` is a system prompt."""
    await run(chat, "chat-completion", {"text": "So?", "system": "Be brief."})
    assert got == [("Be brief.\n\nSo?", 1.0)]


async def test_a_warning_about_what_is_given_is_none():
    """A parameter that nobody fills would be worth one; the caller filled it."""

    def edit(image: Picture, pose: Picture, prompt: str) -> Picture:
        return FakeFile("a.png", b"\x89PNG")

    values = {"image": b"\x89PNG", "prompt": "a hat"}
    made = await run(edit, "image-to-image", {**values, "pose": b"\x89PNG"}, "/edit_image")
    assert made.notes == ()
