"""The same names without await, over one background loop.

Every blocking client of the process shares one thread with one event loop, the portal.
There is no logic in here: each method hands its asynchronous twin to the portal and
waits. That works inside a running loop too (a notebook), because it is never the
caller's loop that runs the calls.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from anyspace._errors import UsageError
from anyspace.client import (
    AsyncClient,
    AsyncJob,
    JobStatus,
    Limits,
    Output,
    StoredFile,
    Timeouts,
    Update,
    open_image,
    read_file,
    save_file,
)
from anyspace.protocol import Wire
from anyspace.schema import App, Endpoint

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["Client", "Job", "MediaFile", "run_blocking"]

T = TypeVar("T")


class _Portal:
    """One event loop in one daemon thread, made when it is first needed.

    A daemon, so that a client left open never keeps a program from ending, and so
    that calls from atexit handlers still work. A forked child makes its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the portal's loop and wait for it."""
        return self.wait(self.submit(coroutine))

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the portal's loop."""
        loop = self._running()
        if threading.get_ident() == getattr(loop, "_anyspace_thread", None):
            coroutine.close()
            raise UsageError("a blocking call inside the portal would wait for itself for ever")
        return asyncio.run_coroutine_threadsafe(coroutine, loop)

    def wait(self, future: Future[T]) -> T:
        """Wait; a Ctrl-C meanwhile stops what was waited for."""
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is not None and self._pid == os.getpid():
            return self._loop
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                self._loop = _start_loop()
                self._pid = os.getpid()
            return self._loop


def _start_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop._anyspace_thread = threading.get_ident()  # type: ignore[attr-defined]
        loop.call_soon(ready.set)
        loop.run_forever()

    threading.Thread(target=run, name="anyspace portal", daemon=True).start()
    ready.wait()
    return loop


_portal = _Portal()


def run_blocking(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the portal's loop and wait for it."""
    return _portal.call(coroutine)


class MediaFile(StoredFile):
    """A file that an app returned. Nothing is fetched until it is asked for."""

    def read(self) -> bytes:
        """Return the whole file; see `AsyncMediaFile.read`."""
        return _portal.call(read_file(self))

    def save(self, path: str | os.PathLike[str] = ".") -> Path:
        """Write the file to disk and return where; see `AsyncMediaFile.save`."""
        return _portal.call(save_file(self, path))

    def image(self) -> Image.Image:
        """Return the file as a picture; see `AsyncMediaFile.image`."""
        return _portal.call(open_image(self))


class Job:
    """One submitted call; see `AsyncJob`. Made by `Client.submit`.

    Iterating yields the results so far, the last of them being the final one.
    """

    def __init__(self, job: AsyncJob) -> None:
        self._job = job

    def __repr__(self) -> str:
        return repr(self._job).replace("AsyncJob", "Job")

    @property
    def endpoint(self) -> Endpoint:
        """What was called."""
        return self._job.endpoint

    @property
    def space(self) -> str:
        """The Space's id or the app's address."""
        return self._job.space

    def status(self) -> JobStatus:
        """Where the job stands."""
        return self._job.status()

    def done(self) -> bool:
        """Whether the job has ended, in whatever way."""
        return self._job.done()

    def outputs(self) -> list[Any]:
        """The results so far, oldest first."""
        return self._job.outputs()

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the end and return what the endpoint returned; see `AsyncJob.result`."""
        return _portal.call(self._job.result(timeout))

    def updates(self) -> Iterator[Update]:
        """Yield what the app reports about this job, in order, until it ends."""
        return _iterate(self._job.updates())

    def cancel(self) -> bool:
        """Cancel the job, on the app too, and wait until that is done; see `AsyncJob.cancel`."""
        return _portal.call(self._job.cancel())

    def __iter__(self) -> Iterator[Any]:
        for update in self.updates():
            if isinstance(update, Output):
                yield update.value
        self.result()


class Client:
    """A client of one Space or Gradio app, without await; see `AsyncClient`.

    Making one connects. Use it as a context manager, or close it; a client that is
    forgotten is closed with the program.

    Args:
        source: ``owner/name``, a Space's page, or the address of an app.
        token: A Hugging Face token; None for the environment's or the saved login's;
            False for none.
        auth: The app's own user name and password.
        headers: Sent with every request to the app, and to nobody else.
        session: Keep gr.State from call to call.
        timeouts: How long to wait.
        limits: How much to take.
        check: Check arguments before anything is sent.
        verify: Check TLS certificates, or an `ssl.SSLContext` to check them with.

    Raises:
        SpaceError: The Space or app cannot be used as it is.
        TransportError: It cannot be reached.
        ProtocolError: It speaks no Gradio that this version knows.

    Example:
        >>> with Client("black-forest-labs/FLUX.1-schnell") as space:
        ...     image, seed = space.predict(prompt="a red fox", api_name="/infer")
        ...     image.save("fox.webp")
    """

    def __init__(
        self,
        source: str,
        *,
        token: str | bool | None = None,
        auth: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        session: bool = False,
        timeouts: Timeouts | None = None,
        limits: Limits | None = None,
        check: bool = True,
        verify: bool | ssl.SSLContext = True,
    ) -> None:
        self._client = AsyncClient(
            source,
            token=token,
            auth=auth,
            headers=headers,
            session=session,
            timeouts=timeouts,
            limits=limits,
            check=check,
            verify=verify,
            make_file=MediaFile,
        )
        self.connect()

    def __repr__(self) -> str:
        return repr(self._client).replace("AsyncClient", "Client")

    @property
    def space(self) -> str:
        """The Space's id, or the app's address."""
        return self._client.space

    @property
    def url(self) -> str:
        """Where the app answers."""
        return self._client.url

    @property
    def app(self) -> App:
        """The app's description."""
        return self._client.app

    @property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """What can be called, by name."""
        return self._client.endpoints

    @property
    def wire(self) -> Wire:
        """How the app speaks."""
        return self._client.wire

    def connect(self) -> App:
        """Find the app and read what it says about itself; once connected, a no-op."""
        return _portal.call(self._client.connect())

    def predict(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        **kwargs: Any,
    ) -> Any:
        """Call an endpoint and wait for its result; see `AsyncClient.predict`."""
        return _portal.call(
            self._client.predict(*args, api_name=api_name, fn_index=fn_index, **kwargs)
        )

    def submit(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        **kwargs: Any,
    ) -> Job:
        """Submit a call and return its job, which runs from now on."""
        return Job(
            _portal.call(self._client.submit(*args, api_name=api_name, fn_index=fn_index, **kwargs))
        )

    def close(self) -> None:
        """Cancel the jobs that still run and close every connection."""
        _portal.call(self._client.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _iterate(source: AsyncIterator[T]) -> Iterator[T]:
    """Walk an asynchronous iterator, one hop to the portal per item."""

    async def advance() -> tuple[bool, T | None]:
        try:
            return True, await anext(source)
        except StopAsyncIteration:
            return False, None

    while True:
        more, item = _portal.call(advance())
        if not more:
            return
        yield item  # type: ignore[misc]
