"""The command group. It only registers; a command's module is loaded when it is called.

Exit codes: 0 done · 1 the app or the job failed · 2 the call was wrong · 3 no such Space, it
does not run, or it is not what was locked · 4 the network failed or a timeout ran out ·
130 interrupted.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Final

import click

from anyspace import (
    AnyspaceError,
    ContractWarning,
    FileError,
    SpaceError,
    TransportError,
    UsageError,
    __version__,
)
from anyspace.cli._catalogue import TASKS

__all__ = ["main"]

# Name of a command: its module, and one line for the list.
_COMMANDS: Final = {
    "bind": ("_bind", "Show which endpoint would do a task, what goes where, and why."),
    "call": ("_call", "Call an endpoint of any Space or Gradio app."),
    "demo": ("_demo", "Let two differently shaped Spaces draw the same prompt."),
    "doctor": ("_doctor", "Show how a Space is, what it can do, and what to do next."),
    "duplicate": ("_duplicate", "Copy a Space into your account."),
    "export": ("_export", "Write a call as code for another tool."),
    "info": ("_info", "Show what a Space can do: endpoints, parameters, ranges."),
    "key": ("_key", "Make keys for those who may use a gateway."),
    "lock": ("_lock", "Write down what callers rely on, and see what has changed."),
    "paste": ("_paste", "Read what DevTools copied, and write it as code."),
    "search": ("_search", "Search the Hub's Spaces by what they do."),
    "serve": ("_serve", "Serve Spaces behind OpenAI's API, and as Gradio apps."),
    "swap": ("_swap", "Show what changes from one Space to another."),
    "trace": ("_trace", "Call an endpoint and show what goes over the wire."),
    "wake": ("_wake", "Wake a Space and wait until it answers."),
}
_EXIT_CODES: Final[tuple[tuple[type[AnyspaceError], int], ...]] = (
    (UsageError, 2),
    (SpaceError, 3),
    (TransportError, 4),
    (FileError, 1),
    (AnyspaceError, 1),
)


def _tell(message: Warning | str, *where: object, **more: object) -> None:
    """Say a warning as a note to the reader, who has no use for the line of ours that gave it."""
    click.echo(f"note: {message}", err=True)


class _Group(click.Group):
    """Loads commands late and turns our errors into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*_COMMANDS, *TASKS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in TASKS:
            made: click.Command = import_module("anyspace.cli._task").task_command(cmd_name)
            return made
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"anyspace.cli.{_COMMANDS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in sorted(_COMMANDS.items())])
        with formatter.section("Tasks"):
            formatter.write_dl([(name, entry.line) for name, entry in sorted(TASKS.items())])

    def invoke(self, ctx: click.Context) -> object:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("always", ContractWarning)
                warnings.showwarning = _tell
                return super().invoke(ctx)
        except AnyspaceError as exc:
            click.echo(f"anyspace: {exc}", err=True)
            code = next(code for kind, code in _EXIT_CODES if isinstance(exc, kind))
            raise click.exceptions.Exit(code) from None
        except KeyboardInterrupt:
            click.echo("anyspace: interrupted", err=True)
            raise click.exceptions.Exit(130) from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="anyspace")
def main() -> None:
    """Any Hugging Face Space, and any Gradio app, as an API.

    SRC is a Space (owner/name or its page) or the address of an app
    (https://x.hf.space, http://localhost:7860).
    """
