"""`TaskClient`: every task as a blocking method."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from anyspace._blocking import keep_open, let_go, retire, run_blocking
from anyspace.client import WAIT_SECONDS
from anyspace.tasks._derive import blocking_method
from anyspace.tasks._task_client import AsyncTaskClient

__all__ = ["Chat", "Completions", "TaskClient"]

T = TypeVar("T")


class TaskClient:
    """Tasks on any Space, with the methods of ``huggingface_hub.InferenceClient``.

    A Space is connected by the first call that needs it, and its connections are used
    again until the client is closed. Threads may share one.

    Args:
        model: The Space (``owner/name`` or its page) or the address of any Gradio app,
            for methods that are not told another.
        token: A Hugging Face token; None for the saved one, False for none.
        timeout: Seconds for each call.
        headers: Sent with every request to the apps.
        endpoint: The endpoint to use, when the right one is not found by itself.
        parameters: By field the parameter that takes it, likewise.
        auth: The apps' own user name and password.
        wait: Seconds to wait for a Space that sleeps, builds or starts; 0 for none.
        lock: A lock file; None for the ``anyspace.lock.toml`` above the working folder (or
            ``$ANYSPACE_LOCK``), for Spaces that it has; False for none.

    Example:
        >>> with TaskClient("mukaist/Midjourney") as client:
        ...     image = client.text_to_image("a red fox in snow", width=512)
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        token: str | bool | None = None,
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        endpoint: str | None = None,
        parameters: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        wait: float = WAIT_SECONDS,
        lock: str | os.PathLike[str] | bool | None = None,
    ) -> None:
        self._pid = os.getpid()
        self._client = AsyncTaskClient(
            model,
            token=token,
            timeout=timeout,
            headers=headers,
            endpoint=endpoint,
            parameters=parameters,
            auth=auth,
            wait=wait,
            lock=lock,
        )
        keep_open(self._client)

    def __repr__(self) -> str:
        return repr(self._client).replace("AsyncTaskClient", "TaskClient")

    @property
    def model(self) -> str | None:
        """The Space for methods that are not told another."""
        return self._client.model

    @property
    def chat(self) -> Chat:
        """``client.chat.completions.create``, as OpenAI's library calls `chat_completion`."""
        return Chat(self)

    text_to_image = blocking_method(AsyncTaskClient.text_to_image)
    image_to_image = blocking_method(AsyncTaskClient.image_to_image)
    inpainting = blocking_method(AsyncTaskClient.inpainting)
    image_upscaling = blocking_method(AsyncTaskClient.image_upscaling)
    image_segmentation = blocking_method(AsyncTaskClient.image_segmentation)
    remove_background = blocking_method(AsyncTaskClient.remove_background)
    image_to_3d = blocking_method(AsyncTaskClient.image_to_3d)
    text_to_video = blocking_method(AsyncTaskClient.text_to_video)
    image_to_video = blocking_method(AsyncTaskClient.image_to_video)
    text_to_speech = blocking_method(AsyncTaskClient.text_to_speech)
    text_to_audio = blocking_method(AsyncTaskClient.text_to_audio)
    audio_to_audio = blocking_method(AsyncTaskClient.audio_to_audio)
    automatic_speech_recognition = blocking_method(AsyncTaskClient.automatic_speech_recognition)
    image_to_text = blocking_method(AsyncTaskClient.image_to_text)
    visual_question_answering = blocking_method(AsyncTaskClient.visual_question_answering)
    document_question_answering = blocking_method(AsyncTaskClient.document_question_answering)
    document_ocr = blocking_method(AsyncTaskClient.document_ocr)
    translation = blocking_method(AsyncTaskClient.translation)
    summarization = blocking_method(AsyncTaskClient.summarization)
    feature_extraction = blocking_method(AsyncTaskClient.feature_extraction)
    chat_completion = blocking_method(AsyncTaskClient.chat_completion)
    text_generation = blocking_method(AsyncTaskClient.text_generation)

    def close(self) -> None:
        """Cancel what still runs and close every connection.

        After os.fork() this leaves the other process's connections alone.
        """
        if self._pid == os.getpid():
            run_blocking(self._client.aclose())
            let_go(self._client)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(
        self, getpid: Callable[[], int] = os.getpid, ending: Callable[[], bool] = sys.is_finalizing
    ) -> None:
        # The defaults are still there when the interpreter has emptied this module.
        client = getattr(self, "_client", None)
        if client and not ending() and getpid() == self._pid:
            retire(client)

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return run_blocking(coroutine, made_in=self._pid)


class Completions:
    """``client.chat.completions``."""

    def __init__(self, client: TaskClient) -> None:
        self._client = client._client
        self._owner = client  # as long as this is held, the connections stay

    create = blocking_method(AsyncTaskClient.chat_completion)

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._owner._call(coroutine)


class Chat:
    """``client.chat``.

    Attributes:
        completions: What has `create`.
    """

    def __init__(self, client: TaskClient) -> None:
        self.completions = Completions(client)
