"""``anyspace lock``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from anyspace._locking import LockReport, Mode, async_lock_space, locked_spaces
from anyspace.cli._options import json_option, split_auth, wait_option
from anyspace.cli._progress import ProgressLine
from anyspace.cli._results import print_json

__all__ = ["command"]

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("lock")
@click.argument("src", nargs=-1)
@click.option("--check", is_flag=True, help="Only compare; exit with 1 when calls would break.")
@click.option("--update", is_flag=True, help="Accept what has changed.")
@click.option("--lock", "path", type=_FILE, metavar="FILE", help="Another file.")
@click.option(
    "--auth", metavar="USER:PASSWORD", envvar="ANYSPACE_AUTH", help="The app's own login."
)
@click.option("--token", metavar="TOKEN", help="A Hugging Face token, if not the saved one.")
@wait_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    src: tuple[str, ...],
    check: bool,
    update: bool,
    path: Path | None,
    auth: str | None,
    token: str | None,
    wait: float,
    as_json: bool,
) -> None:
    """Write down what callers of SRC rely on, in anyspace.lock.toml.

    Calls that find the Space in the file are held to it: an endpoint that was renamed and
    arguments that moved are followed, and what would not work is stopped before anything is
    sent. A Space that is in the file already is compared with it. Without SRC all Spaces in
    the file are meant.

    \b
    anyspace lock mukaist/Midjourney            add it, or say what has changed
    anyspace lock --check                       for CI: 1 when calls would break
    anyspace lock mukaist/Midjourney --update   accept it as it is now
    """
    if check and update:
        raise click.UsageError("--check writes nothing, --update does: give one of them")
    mode: Mode = "check" if check else "update" if update else "add"
    reports = asyncio.run(_lock(src or locked_spaces(path), path, mode, auth, token, wait))
    if as_json:
        print_json([_document(report) for report in reports])
    else:
        for report in reports:
            _show(Console(), report)
    ctx.exit(0 if all(report.safe for report in reports) else 1)


async def _lock(
    sources: tuple[str, ...],
    path: Path | None,
    mode: Mode,
    auth: str | None,
    token: str | None,
    wait: float,
) -> list[LockReport]:
    reports = []
    for source in sources:
        with ProgressLine(source) as line:
            report = await async_lock_space(
                source,
                path,
                mode=mode,
                token=token,
                auth=split_auth(auth),
                wait=wait,
                on_stage=line.show_stage,
            )
        reports.append(report)
    return reports


def _document(report: LockReport) -> dict[str, Any]:
    changes = [
        {
            "endpoint": change.endpoint,
            "parameter": change.parameter or None,
            "text": change.text,
            "harms": change.harm.value,
        }
        for change in report.changes
    ]
    return {
        "source": report.source,
        "file": str(report.path),
        "written": report.written,
        "endpoints": report.endpoints,
        "safe": report.safe,
        "changes": changes,
    }


def _show(console: Console, report: LockReport) -> None:
    number = f"{report.endpoints} endpoint{'s' * (report.endpoints != 1)}"
    if report.written:
        done = "locked anew" if report.known else "locked"
        head = Text(f"✓ {report.source}: {number} {done} in {report.path}", style="green")
    elif not report.changes:
        head = Text(f"✓ {report.source}: {number}, as they were locked", style="green")
    elif report.safe:
        head = Text(f"✓ {report.source} has changed, and calls go on as before", style="yellow")
    else:
        head = Text(f"✗ {report.source} has changed, and calls would break", style="red")
    console.print(head, soft_wrap=True)
    for change in report.changes:
        mark = ("  · ", "dim") if change.safe else ("  ✗ ", "red")
        console.print(Text.assemble(mark, str(change)), soft_wrap=True)
    if report.changes and not report.written:
        console.print(f"→ anyspace lock {report.source} --update accepts it", soft_wrap=True)
