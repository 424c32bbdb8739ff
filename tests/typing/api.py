"""The public types as users see them. Never run: mypy and pyright read it, both strictly."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import huggingface_hub
from PIL.Image import Image

import anyspace
from anyspace.compat import gradio_client
from anyspace.compat.gradio_client.utils import OutputUpdate, StatusUpdate
from anyspace.schema import App, Endpoint, Parameter
from anyspace.tasks import submit_task


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


def tasks() -> None:
    messages = [{"role": "user", "content": "Hi"}]
    with anyspace.TaskClient("owner/name", timeout=60, token=False) as client:
        image: Image = client.text_to_image("a fox", width=512, style="Anime", endpoint="/run")
        client.text_to_image("a fox", widht=512)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
        client.text_to_image(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        edited: Image = client.image_to_image(image, "a hat", target_size={"width": 9, "height": 9})
        sound: bytes = client.text_to_speech("hello", voice="Anna")
        found: list[huggingface_hub.ImageSegmentationOutputElement]
        found = client.image_segmentation(Path("cat.png"))
        answer: huggingface_hub.ChatCompletionOutput = client.chat_completion(messages)
        same: huggingface_hub.ChatCompletionOutput = client.chat.completions.create(messages)
        pieces: anyspace.Stream[huggingface_hub.ChatCompletionStreamOutput]
        pieces = client.chat_completion(messages, stream=True, max_tokens=9)
        pieces = client.chat.completions.create(messages, stream=True)
        words: list[str] = list(client.text_generation("Once", stream=True))
        details: huggingface_hub.TextGenerationOutput = client.text_generation("x", details=True)
    film: bytes = anyspace.text_to_video("waves", model="owner/name", token="hf_x", timeout=9)
    text: str = anyspace.text_generation("Once", model="owner/name")
    del edited, sound, found, answer, same, pieces, words, details, film, text


async def asynchronous_tasks() -> None:
    async with anyspace.AsyncTaskClient("owner/name") as client:
        image: Image = await client.text_to_image("a fox", width=512)
        await client.text_to_image("a fox", widht=512)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
        stream: anyspace.Stream[huggingface_hub.ChatCompletionStreamOutput]
        stream = await client.chat.completions.create([], stream=True)
        async for piece in stream:
            del piece
    same: Image = await anyspace.async_text_to_image("a fox", model="owner/name", headers={})
    text: str = await anyspace.async_document_ocr(b"%PDF-", model="owner/name")
    run = await submit_task(anyspace.AsyncClient("x/y"), "text-to-image", {"prompt": "a fox"})
    async for update in run.updates():
        if isinstance(update, anyspace.Preview):
            files: tuple[anyspace.AsyncMediaFile, ...] = update.files
            del files
    result: anyspace.TaskResult = await run.result()
    del image, same, text, result


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
