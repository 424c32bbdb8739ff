"""`AsyncTaskClient`: every task as a method."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar, cast

from anyspace.tasks._films import FilmTasks
from anyspace.tasks._pictures import PictureTasks
from anyspace.tasks._readings import ReadingTasks
from anyspace.tasks._sounds import SoundTasks
from anyspace.tasks._talks import TalkTasks

__all__ = ["AsyncChat", "AsyncCompletions", "AsyncTaskClient"]

P = ParamSpec("P")
T = TypeVar("T")


class AsyncTaskClient(PictureTasks, FilmTasks, SoundTasks, ReadingTasks, TalkTasks):
    """Tasks on any Space, with the methods of ``huggingface_hub.AsyncInferenceClient``.

    A Space is connected by the first call that needs it, and its connections are used
    again until the client is closed. Calls may be made at the same time.

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
        >>> async with AsyncTaskClient("mukaist/Midjourney") as client:
        ...     image = await client.text_to_image("a red fox in snow", width=512)
    """

    @property
    def chat(self) -> AsyncChat:
        """``client.chat.completions.create``, as OpenAI's library calls `chat_completion`."""
        return AsyncChat(self)


def _passed_on(
    method: Callable[Concatenate[AsyncTaskClient, P], T],
) -> Callable[Concatenate[AsyncCompletions, P], T]:
    """Make a client's method one of what hangs on it, with the same signature."""

    @functools.wraps(method)
    def call(self: AsyncCompletions, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return method(self._client, *args, **kwargs)

    return cast("Callable[Concatenate[AsyncCompletions, P], T]", call)


class AsyncCompletions:
    """``client.chat.completions``."""

    def __init__(self, client: AsyncTaskClient) -> None:
        self._client = client

    create = _passed_on(AsyncTaskClient.chat_completion)


class AsyncChat:
    """``client.chat``.

    Attributes:
        completions: What has `create`.
    """

    def __init__(self, client: AsyncTaskClient) -> None:
        self.completions = AsyncCompletions(client)
