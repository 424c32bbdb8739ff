"""What the gateway costs, beside LiteLLM's proxy doing the same in the same run.

    python -m benchmarks.gateway [--seconds 60] [--callers 64] [--rounds 3] [--write]

``python -m benchmarks`` does this too.

Callers ask for pictures as fast as they get them. Behind the gateway is a Gradio app that
answers at once (`benchmarks.instant`), behind LiteLLM's proxy an OpenAI-shaped server that
does; the direct call is what the gateway does for a request, done by `anyspace.AsyncClient`
alone. They take turns. What counts is the CPU that a server's process takes for a request:
it says the same on a machine that is busy with other things.

LiteLLM is installed by uv, once, into an environment of its own in the cache folder; where
that cannot be done its column says so.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import datetime
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec
import psutil

from anyspace import AsyncClient
from benchmarks.page import write_between
from benchmarks.processes import instant_server
from benchmarks.table import aligned
from tests.servers.ports import free_port

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "benchmarks.md"
MARK: Final = "gateway"
LITELLM: Final = "1.108.7"
IMAGES: Final = "/v1/images/generations"
QUIET: Final = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "LITELLM_TELEMETRY": "False",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOG": "ERROR",
    # It asks for no key then, as the gateway on 127.0.0.1 does not.
    "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
}
_START_SECONDS: Final = 900.0  # LiteLLM takes half a minute of CPU to import
_BODY: Final = {"model": "flux", "prompt": "a red fox", "response_format": "b64_json"}
_LINK_BODY: Final = {**_BODY, "response_format": "url"}
_LITELLM_CONFIG: Final = """
model_list:
  - model_name: flux
    litellm_params: {{model: openai/dall-e-3, api_base: "{upstream}/v1", api_key: none}}
litellm_settings: {{telemetry: false}}
"""


class Turn(msgspec.Struct, frozen=True):
    """What one server, or client, did in one turn.

    Attributes:
        requests: That were answered well.
        errors: That were not.
        seconds: How long it took.
        cpu: Seconds of CPU, of the server or client that is measured.
        memory: Bytes of it at the start, in the middle and at the end; none for a client.
        first_error: What went wrong first.
    """

    requests: int
    errors: int
    seconds: float
    cpu: float
    memory: tuple[int, ...] = ()
    first_error: str = ""


class Plan(msgspec.Struct, frozen=True):
    """How much is measured.

    Attributes:
        seconds: How long a turn takes.
        callers: Who ask at the same time.
        rounds: How often each server has its turn.
        proxy: Whether LiteLLM's proxy has one, too.
    """

    seconds: float = 60.0
    callers: int = 64
    rounds: int = 3
    proxy: bool = True


QUICK: Final = Plan(seconds=0.2, callers=4, rounds=1, proxy=False)


# --- who is measured --------------------------------------------------------------


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    return {**kept, **QUIET}


@contextlib.contextmanager
def _process(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, env=_environment(), stderr=file, stdout=file)
    try:
        yield process
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
        process.wait()


@contextlib.contextmanager
def _gateway(space: str, folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    port = free_port()
    command = [sys.executable, "-m", "anyspace", "serve", "--port", str(port)]
    command += ["--model", f"flux={space}"]
    with _process(command, folder / "gateway.log") as process:
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)


@contextlib.contextmanager
def _litellm(upstream: str, folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    port = free_port()
    config = folder / "litellm.yaml"
    config.write_text(_LITELLM_CONFIG.format(upstream=upstream))
    command = [str(_install_litellm()), "--config", str(config), "--host", "127.0.0.1"]
    with _process([*command, "--port", str(port)], folder / "litellm.log") as process:
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)


def _install_litellm() -> Path:
    """LiteLLM's command.

    Raises:
        OSError, subprocess.CalledProcessError: It cannot be installed.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "anyspace" / f"litellm-{LITELLM}"
    command = folder / "bin" / "litellm"
    if not command.exists():
        shutil.rmtree(folder, ignore_errors=True)
        uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
        python = str(folder / "bin" / "python")
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(folder)], check=True)
        wanted = f"litellm[proxy]=={LITELLM}"
        subprocess.run([uv, "pip", "install", "-q", "--python", python, wanted], check=True)
    return command


@contextlib.asynccontextmanager
async def _upstream(picture: bytes) -> Any:
    """An OpenAI-shaped server that answers at once, in this process."""
    image = base64.b64encode(picture).decode()
    body = msgspec.json.encode({"created": 1, "data": [{"b64_json": image}]})
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    answer = head % len(body) + body

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        over = (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError)
        with contextlib.suppress(*over):
            while True:
                asked = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = asked.partition(b"content-length:")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length or 0))
                writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


# --- measuring ----------------------------------------------------------------------


async def _load(
    do: Callable[[], Awaitable[None]],
    plan: Plan,
    cpu: Callable[[], float],
    memory: Callable[[], int] | None,
) -> Turn:
    """Let callers do something over and over."""
    done, problems = 0, []
    end = time.perf_counter() + plan.seconds

    async def call() -> None:
        nonlocal done
        while time.perf_counter() < end:
            try:
                await do()
                done += 1
            except Exception as exc:
                problems.append(repr(exc))

    seen = [memory()] if memory else []
    begun, cpu_before = time.perf_counter(), cpu()
    callers = [asyncio.create_task(call()) for _ in range(plan.callers)]
    if memory:
        await asyncio.sleep(plan.seconds / 2)
        seen.append(memory())
    await asyncio.gather(*callers)
    seconds, used = time.perf_counter() - begun, cpu() - cpu_before
    seen += [memory()] if memory else []
    return Turn(done, len(problems), seconds, used, tuple(seen), next(iter(problems), ""))


def _own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def _measure_server(
    url: str, process: psutil.Process, plan: Plan, body: dict[str, Any]
) -> Turn:
    def cpu() -> float:
        return sum(sum(one.cpu_times()[:2]) for one in (process, *process.children(recursive=True)))

    def memory() -> int:
        return sum(one.memory_info().rss for one in (process, *process.children(recursive=True)))

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def ask() -> None:
            async with session.post(url + IMAGES, json=body) as answer:
                told = await answer.read()
                if answer.status != 200 or b'"data":[{' not in told:
                    raise RuntimeError(f"{answer.status}: {told[:200]!r}")

        await _wait_until(ask, process)
        return await _load(ask, plan, cpu, memory)


async def _wait_until(ask: Callable[[], Awaitable[None]], process: psutil.Process) -> None:
    """Wait until a server answers well, and let it do what only first requests do."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            await asyncio.gather(*(ask() for _ in range(8)))
            return
        except (aiohttp.ClientError, RuntimeError):
            if time.monotonic() > deadline or process.status() == psutil.STATUS_ZOMBIE:
                raise
            await asyncio.sleep(0.2)


async def _measure_direct(space: str, plan: Plan) -> Turn:
    async with AsyncClient(space) as client:

        async def ask() -> None:
            image, _ = await client.predict(prompt="a red fox", api_name="/infer")
            await image.read()

        await ask()
        return await _load(ask, plan, _own_cpu, None)


DIRECT, GATEWAY, LINKS, PROXY = (
    "AsyncClient, the direct call",
    "gateway, the picture itself",
    "gateway, an address of it",
    f"LiteLLM {LITELLM}'s proxy",
)


async def measure(plan: Plan, folder: Path) -> dict[str, list[Turn] | str]:
    """Measure all of them in turns; what cannot be measured says why."""
    turns: dict[str, list[Turn] | str] = {}

    def add(name: str, turn: Turn) -> None:
        known = turns.setdefault(name, [])
        assert isinstance(known, list)
        known.append(turn)

    with contextlib.ExitStack() as stack:
        space = stack.enter_context(instant_server())
        gateway = stack.enter_context(_gateway(space, folder))
        async with AsyncClient(space) as client:
            image, _ = await client.predict(prompt="x", api_name="/infer")
            picture = await image.read()
        async with _upstream(picture) as upstream:
            proxy = None
            try:
                if plan.proxy:
                    proxy = stack.enter_context(_litellm(upstream, folder))
            except (OSError, subprocess.CalledProcessError) as exc:
                turns[PROXY] = f"not measured, it could not be installed: {exc}"
            for _ in range(plan.rounds):
                add(DIRECT, await _measure_direct(space, plan))
                add(GATEWAY, await _measure_server(*gateway, plan, _BODY))
                add(LINKS, await _measure_server(*gateway, plan, _LINK_BODY))
                if proxy is not None:
                    add(PROXY, await _measure_server(*proxy, plan, _BODY))
    return turns


# --- telling -----------------------------------------------------------------------


def _cost(turns: list[Turn]) -> float:
    """Milliseconds of CPU for a request: the least, as a busy machine only adds to it."""
    return min(turn.cpu / max(turn.requests, 1) for turn in turns) * 1000


def render(turns: dict[str, list[Turn] | str], plan: Plan) -> str:
    """Write all of it down as a page's section."""
    rows = [("served by", "requests/s", "CPU a request", "requests/s a core", "errors", "memory")]
    for name, found in turns.items():
        if isinstance(found, str):
            rows.append((name, found, "", "", "", ""))
            continue
        rate = statistics.median(turn.requests / turn.seconds for turn in found)
        memory = [turn.memory for turn in found if turn.memory]
        shown = (
            " → ".join(f"{size / 2**20:.0f}" for size in (*memory[0], memory[-1][-1])) + " MB"
            if memory
            else ""
        )
        errors = sum(turn.errors for turn in found)
        cost = _cost(found)
        rows.append(
            (name, f"{rate:,.0f}", f"{cost:.2f} ms", f"{1000 / cost:,.0f}", f"{errors}", shown)
        )
    return "\n\n".join([_machine(plan), aligned(rows), *_ratios(turns)])


def _ratios(turns: dict[str, list[Turn] | str]) -> Iterator[str]:
    costs = {name: _cost(found) for name, found in turns.items() if isinstance(found, list)}
    own = {name: costs[name] - costs[DIRECT] for name in (GATEWAY, LINKS)}
    yield (
        f"The gateway's own cost, over the direct call: {own[GATEWAY]:.2f} ms of CPU a request, "
        f"{own[LINKS]:.2f} ms when it keeps the picture and gives its address (budget: 1 ms)."
    )
    if PROXY in costs:
        yield (
            f"Requests a second a core, gateway to LiteLLM: {costs[PROXY] / costs[GATEWAY]:.1f} "
            "to 1 (budget: 10 to 1)."
        )
    for name, found in turns.items():
        for turn in found if isinstance(found, list) else ():
            if turn.first_error:
                yield f"{name}, first error: `{turn.first_error}`"


def _machine(plan: Plan) -> str:
    day = datetime.datetime.now(datetime.UTC).date()
    packages = ("anyspace", "litestar", "uvicorn", "aiohttp")
    return (
        f"{day}: {plan.callers} callers, {plan.rounds} turns of {plan.seconds:g} s; "
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; "
        f"{', '.join(f'{name} {version(name)}' for name in packages)}; "
        f"load average {os.getloadavg()[0]:.1f} after the run."
    )


def run(plan: Plan) -> str:
    """Measure all of it, and return what to write down."""
    with tempfile.TemporaryDirectory() as folder:
        return render(asyncio.run(measure(plan, Path(folder))), plan)


def main() -> None:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gateway")
    parser.add_argument("--seconds", type=float, default=Plan().seconds, help="of each turn")
    parser.add_argument("--callers", type=int, default=Plan().callers)
    parser.add_argument("--rounds", type=int, default=Plan().rounds)
    parser.add_argument("--write", action="store_true", help="put it into docs/benchmarks.md")
    options = parser.parse_args()
    text = run(Plan(options.seconds, options.callers, options.rounds))
    sys.stdout.write(f"{text}\n")
    if options.write:
        write_between(PAGE, MARK, text)


if __name__ == "__main__":
    main()
