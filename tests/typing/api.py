"""The public types as users see them. Never run: mypy and pyright read it, both strictly."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

from PIL.Image import Image

import anyspace
from anyspace.compat import gradio_client
from anyspace.compat.gradio_client.utils import OutputUpdate, StatusUpdate
from anyspace.schema import App, Endpoint, Parameter


def blocking() -> None:
    image: Image = anyspace.text_to_image("a fox", model="owner/name", width=512, seed=3)
    with anyspace.Client(
        "owner/name",
        token=False,
        auth=("ada", "lovelace"),
        timeouts=anyspace.Timeouts(idle=30, total=None),
        limits=anyspace.Limits(file=10),
    ) as client:
        app: App = client.app
        endpoints: Mapping[str, Endpoint] = client.endpoints
        parameter: Parameter = endpoints["/infer"].parameters[0]
        value: Any = client.predict("a fox", api_name="/infer", check=False)
        job: anyspace.Job = client.submit(prompt="a fox", fn_index=2)
        updates: Iterator[anyspace.Update] = job.updates()
        for update in updates:
            if isinstance(update, anyspace.Queued):
                rank: int | None = update.rank
                del rank
            elif isinstance(update, anyspace.Progress):
                fraction: float | None = update.fraction
                del fraction
        status: anyspace.JobStatus = job.status()
        stopped: bool = job.cancel()
    del image, app, parameter, value, status, stopped


async def asynchronous(file: anyspace.AsyncMediaFile) -> None:
    async with anyspace.AsyncClient("http://localhost:7860", session=True) as client:
        value: Any = await client.predict(Path("a.png"))
        job: anyspace.AsyncJob = await client.submit(anyspace.file("a.png"))
        updates: AsyncIterator[anyspace.Update] = job.updates()
        async for _ in updates:
            pass
        same: Any = await job
        saved: Path = await file.save("out/")
        content: bytes = await file.read()
        picture: Image = await file.image()
    del value, same, saved, content, picture


def errors(exc: anyspace.AnyspaceError) -> None:
    retryable: bool = exc.retryable
    if isinstance(exc, anyspace.ArgumentError):
        problems: tuple[str, ...] = exc.problems
        del problems
    if isinstance(exc, anyspace.RateLimited | anyspace.QuotaExceeded):
        wait: float | None = exc.retry_after
        del wait
    del retryable


def ported() -> None:
    client = gradio_client.Client("owner/name", token="hf_x", download_files=False)
    file: dict[str, Any] = gradio_client.handle_file("fox.png")
    job: gradio_client.Job = client.submit(file, api_name="/describe", result_callbacks=print)
    status: StatusUpdate = job.status()
    outputs: list[Any] = job.outputs()
    value: Any = job.result(timeout=3)
    cancelled: bool = job.cancel()
    usage: dict[str, Any] | str | None = client.view_api(return_format="dict")
    del status, outputs, value, cancelled, usage


async def ported_updates(job: gradio_client.Job) -> None:
    updates: list[StatusUpdate | OutputUpdate] = [update async for update in job]
    del updates
