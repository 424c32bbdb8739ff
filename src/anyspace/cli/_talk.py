"""A conversation on the terminal, turn by turn."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

import click

from anyspace import AnyspaceError, AsyncClient
from anyspace.cli._progress import ProgressLine
from anyspace.cli._task import Asked, answer_of

__all__ = ["Conversation", "talk"]

_LEAVING = frozenset(("/bye", "/exit", "/quit"))


class Conversation:
    """What was said so far, by the user and by the app.

    An app that takes the history is handed it with each message; any other may keep it
    itself, in the session that all messages share.

    Args:
        asked: What goes with each message.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._turns: list[dict[str, Any]] = list(asked.values.get("history") or ())
        self._takes_history = True

    async def take_turn(self, client: AsyncClient, message: str) -> None:
        """Hand on a message and print the answer."""
        history = list(self._turns) if self._turns and self._takes_history else None
        made, shown = await answer_of(
            client, self._asked, aloud=True, message=message, history=history
        )
        if not shown:
            click.echo(made.text)
        for note in made.notes if len(self._turns) < 2 else ():
            click.echo(f"note: {note}", err=True)
        self._takes_history = made.binding.find("history") is not None
        self._turns += [
            {"role": "user", "content": message},
            {"role": "assistant", "content": made.text},
        ]


def talk(client: AsyncClient, asked: Asked, line: ProgressLine | None = None) -> None:
    """Ask for messages and print the answers until the user leaves.

    Ctrl-C cancels an answer, on the app too, and the conversation goes on; at the prompt
    it leaves, as Ctrl-D does.

    Args:
        client: The Space's client, with a shared session.
        asked: What goes with each message.
        line: Shown until the client has connected.
    """
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (line editing and history for `input`)
    conversation = Conversation(asked)
    with asyncio.Runner() as runner:
        with line or contextlib.nullcontext():
            runner.run(client.connect())
        click.echo(f"{client.space}  (Ctrl-C stops an answer, /bye leaves)", err=True)
        try:
            while (message := _next_message()) is not None:
                if message.strip():
                    _answer(runner, conversation.take_turn(client, message))
        finally:
            runner.run(client.aclose())


def _next_message() -> str | None:
    """What the user says; None to leave."""
    try:
        message = input("> ")
    except (EOFError, KeyboardInterrupt):
        click.echo(err=True)
        return None
    return None if message.strip() in _LEAVING else message


def _answer(runner: asyncio.Runner, turn: Coroutine[Any, Any, None]) -> None:
    try:
        runner.run(turn)
    except KeyboardInterrupt:
        click.echo("\n(stopped)", err=True)
    except AnyspaceError as exc:
        click.echo(f"anyspace: {exc}", err=True)
