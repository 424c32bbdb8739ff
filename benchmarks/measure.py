"""What is measured, in rounds in which the clients take turns."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.clients._orders import Answer, Order
from benchmarks.processes import QUIET, ROOT, ClientProcess, instant_server, real_server, stats_of
from benchmarks.sheet import ASYNC, BARE, BLOCKING, CLI, NODE, PYTHON, SESSION, Figure, Sheet
from tests.servers.node import modules, node

__all__ = ["Plan", "Say", "measure"]

Say = Callable[[str], None]

MB: Final = 1_000_000
_HELD_FOR: Final = 3600.0  # far longer than they are looked at
_MODULES: Final = {
    BARE: "bare",
    ASYNC: "anyspace_async",
    SESSION: "anyspace_session",
    BLOCKING: "anyspace_blocking",
    PYTHON: "gradio_python",
}
ALL: Final = (BARE, ASYNC, BLOCKING, PYTHON, NODE)
CALLING: Final = (BARE, ASYNC, SESSION, BLOCKING, PYTHON, NODE)


class Plan(msgspec.Struct, frozen=True):
    """How much to measure.

    Attributes:
        rounds: How often each client has its turn.
        seconds: How long a turn with calls takes.
        at_once: Calls at a time.
        held: Jobs held in flight.
        threads: The most calls and jobs at a time that gradio_client, which has a thread for each,
            is asked for; half as many and more in one round only.
        file_size: Bytes of the file that is moved.
        starts: How often a program is started.
    """

    rounds: int = 5
    seconds: float = 2.0
    at_once: tuple[int, ...] = (1, 64, 1_000)
    held: tuple[int, ...] = (1_000, 10_000)
    threads: int = 1_000
    file_size: int = 200 * MB
    starts: int = 15


QUICK: Final = Plan(
    rounds=1, seconds=0.05, at_once=(1, 4), held=(20, 40), threads=20, file_size=MB, starts=1
)


def measure(plan: Plan, say: Say) -> Sheet:
    """Measure everything."""
    sheet = Sheet()
    with tempfile.TemporaryDirectory() as folder, instant_server() as url:
        say("calls to an app that answers at once")
        _calls(sheet, plan, url, folder, plan.at_once, "")
        say("calls to a real Gradio 6 app")
        with real_server() as real:
            _calls(sheet, plan, real, folder, plan.at_once[:2], ", real Gradio 6")
        say("streams")
        _streams(sheet, plan, url, folder)
        say("connecting")
        _connecting(sheet, plan, url, folder)
        say("starting")
        _starts(sheet, plan, url)
        say("jobs in flight")
        _held(sheet, plan, folder)
        say("files")
        _files(sheet, plan, url, folder)
    return sheet


def _command(client: str, url: str, folder: str) -> list[str]:
    if client == NODE:
        module = modules() / "@gradio" / "client" / "dist" / "index.js"
        return [node(), str(ROOT / "benchmarks" / "clients" / "gradio_node.mjs"), str(module), url]
    return [sys.executable, "-m", f"benchmarks.clients.{_MODULES[client]}", url, folder]


@contextlib.contextmanager
def _running(
    clients: tuple[str, ...], url: str, folder: str
) -> Iterator[Mapping[str, ClientProcess]]:
    with contextlib.ExitStack() as stack:
        yield {
            client: stack.enter_context(ClientProcess(_command(client, url, folder)))
            for client in clients
        }


def _calls(
    sheet: Sheet,
    plan: Plan,
    url: str,
    folder: str,
    at_once: tuple[int, ...],
    where: str,
) -> None:
    with _running(CALLING, url, folder) as running:
        for process in running.values():  # what only the first call does
            process.ask(Order("calls", seconds=0.1))
        for many in at_once:
            row = f"{many:,} at a time{where}"
            for number in range(plan.rounds):
                for client, process in running.items():
                    if client == PYTHON and many > plan.threads / (2 if number else 1):
                        continue
                    answer = process.ask(Order("calls", at_once=many, seconds=plan.seconds))
                    sheet.add(row, client, "calls/s", _rate(answer))


def _rate(answer: Answer) -> Figure:
    count = max(answer.count, 1)
    note = f"{answer.lost} lost" if answer.lost else ""
    return Figure(answer.count / answer.seconds, answer.cpu / count * 1000, note)


def _streams(sheet: Sheet, plan: Plan, url: str, folder: str) -> None:
    rows = {"/count": "2,000 small steps", "/grow": "a text growing to 100 kB in 200 steps"}
    with _running(ALL, url, folder) as running:
        for endpoint, row in rows.items():
            for _ in range(plan.rounds):
                for client, process in running.items():
                    answer = process.ask(Order("stream", endpoint=endpoint))
                    sheet.add(row, client, "steps/s", _rate(answer))


def _connecting(sheet: Sheet, plan: Plan, url: str, folder: str) -> None:
    with _running(ALL[1:], url, folder) as running:
        for process in running.values():
            process.ask(Order("connect"))
        for _ in range(plan.rounds):
            for client, process in running.items():
                before = stats_of(url)
                answer = process.ask(Order("connect"))
                after = stats_of(url)
                requests = after.requests - before.requests - 1  # without our own question
                sent = after.sent - before.sent
                note = f"{requests} requests, {sent / 1000:.1f} kB"
                figure = Figure(answer.seconds * 1000, answer.cpu * 1000, note)
                sheet.add("connecting", client, "ms", figure)


def _starts(sheet: Sheet, plan: Plan, url: str) -> None:
    python = sys.executable
    anyspace = str(Path(python).parent / "anyspace")
    programs = {
        ("python -c pass", "Python"): [python, "-c", "pass"],
        ("import", "h11"): [python, "-c", "import h11"],
        ("import", "anyspace"): [python, "-c", "import anyspace"],
        ("import", "gradio_client"): [python, "-c", "import gradio_client"],
        ("--help", "anyspace"): [anyspace, "--help"],
        ("one call in a new process", CLI): [anyspace, "call", url, "/echo", "hi"],
        ("one call in a new process", PYTHON): [python, "-c", _ONE_CALL, url],
    }
    for _ in range(plan.starts):
        for (row, client), command in programs.items():
            sheet.add(row, client, "ms", _start(command))


_ONE_CALL: Final = """
import sys
from gradio_client import Client
Client(sys.argv[1], verbose=False, analytics_enabled=False).predict("hi", api_name="/echo")
"""


def _start(command: list[str]) -> Figure:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **QUIET})
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Figure(seconds * 1000, cpu * 1000)


def _held(sheet: Sheet, plan: Plan, folder: str) -> None:
    for many in plan.held:
        for client in ALL[1:]:
            if client == PYTHON and many > plan.threads:
                continue
            with (
                instant_server(_HELD_FOR) as url,
                ClientProcess(_command(client, url, folder)) as process,
            ):
                idle = process.ask(Order("calls", at_once=many, seconds=0.0)).threads
                answer = process.ask(Order("hold", at_once=many))
            note = f"{answer.threads} threads" if answer.threads != idle else "no more threads"
            figure = Figure(answer.grown / MB, answer.cpu / many * 1000, note)
            sheet.add(f"{many:,} jobs in flight", client, "MB over idle", figure)


def _files(sheet: Sheet, plan: Plan, url: str, folder: str) -> None:
    path = Path(folder) / "file.bin"
    with path.open("wb") as file:
        file.truncate(plan.file_size)
    size = f"{plan.file_size // MB} MB"
    for do in ("upload", "download"):
        for _ in range(min(plan.rounds, 3)):
            for client in ALL if do == "upload" else ALL[:-1]:
                with ClientProcess(_command(client, url, folder)) as process:
                    process.ask(Order("calls", seconds=0.0))
                    order = Order(
                        do, size=plan.file_size, path=str(path) if do == "upload" else folder
                    )
                    answer = process.ask(order)
                note = f"peak {answer.peak / MB:.0f} MB over idle"
                figure = Figure(plan.file_size / MB / answer.seconds, answer.cpu * 1000, note)
                sheet.add(f"{do} of {size}", client, "MB/s", figure)
