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
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future, wait
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, TypeVar

from anyspace._errors import UsageError
from anyspace.client import (
    WAIT_SECONDS,
    AsyncClient,
    AsyncJob,
    FileSource,
    JobStatus,
    Limits,
    OnProgress,
    Output,
    StoredFile,
    Timeouts,
    Update,
    Watcher,
    Wire,
    open_image,
    read_file,
    read_segments,
    save_file,
)
from anyspace.contract import Contract
from anyspace.schema import App, Endpoint

if TYPE_CHECKING:
    from PIL import Image

__all__ = [
    "Client",
    "Job",
    "MediaFile",
    "blocking_over",
    "keep_open",
    "let_go",
    "retire",
    "run_blocking",
    "run_in_background",
]

T = TypeVar("T")

_STOP_SECONDS: Final = 6.0  # for what Ctrl-C interrupts to tell the app


class Kept(Protocol):
    """An open client, as far as the portal needs to know it."""

    async def _wind_down(self) -> None: ...


class _Portal:
    """One event loop in one daemon thread, made when it is first needed.

    A daemon, so that a client left open never keeps a program from ending, and so
    that calls from atexit handlers still work. A forked child makes its own.

    Attributes:
        kept: Clients that are open. The thread holds them too, for ever if need be: were
            they destroyed while the interpreter ends, their connections would be closed
            from the wrong thread, with complaints on stderr, and by a forked child in
            the poll set that it shares with its parent.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0
        self.kept: set[Kept] = set()

    def call(self, coroutine: Coroutine[Any, Any, T], *, made_in: int | None = None) -> T:
        """Run a coroutine on the portal's loop and wait for it.

        A Ctrl-C meanwhile stops it, and waits until it has told the app.

        Args:
            coroutine: What to run.
            made_in: The process that its client belongs to.
        """
        try:
            loop = self._loop_for(made_in)
        except UsageError:
            coroutine.close()
            raise
        future: Future[T] = Future()
        tasks: list[asyncio.Task[T]] = []

        def start() -> None:
            tasks.append(loop.create_task(coroutine))
            tasks[0].add_done_callback(lambda task: _pass_on(task, future))

        loop.call_soon_threadsafe(start)
        try:
            return future.result()
        except BaseException:
            if not future.done():
                loop.call_soon_threadsafe(lambda: tasks[0].cancel())
                wait((future,), _STOP_SECONDS)
            raise

    def retire(self, client: Kept) -> None:
        """Close a client that nobody holds any more, without waiting for it."""
        asyncio.run_coroutine_threadsafe(self._wind_down(client), self.loop())

    async def _wind_down(self, client: Kept) -> None:
        await client._wind_down()
        self.kept.discard(client)

    def _loop_for(self, made_in: int | None) -> asyncio.AbstractEventLoop:
        if made_in is not None and made_in != os.getpid():
            raise UsageError("a client does not survive os.fork(); make one in the new process")
        loop = self.loop()
        if threading.get_ident() == getattr(loop, "_anyspace_thread", None):
            raise UsageError("a blocking call inside the portal would wait for itself for ever")
        return loop

    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop of this process, started when there is none yet."""
        if self._loop is not None and self._pid == os.getpid():
            return self._loop
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                self._loop = _start_loop(self.kept)
                self._pid = os.getpid()
            return self._loop


def _start_loop(kept: set[Kept]) -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    def run(kept: set[Kept]) -> None:
        asyncio.set_event_loop(loop)
        loop._anyspace_thread = threading.get_ident()  # type: ignore[attr-defined]
        loop.call_soon(ready.set)
        loop.run_forever()

    threading.Thread(target=run, args=(kept,), name="anyspace portal", daemon=True).start()
    ready.wait()
    return loop


def _pass_on(task: asyncio.Task[T], future: Future[T]) -> None:
    """Tell the waiting thread how a task ended."""
    if task.cancelled():
        future.cancel()
        future.set_running_or_notify_cancel()  # only this wakes who waits for the future's end
    elif (problem := task.exception()) is not None:
        future.set_exception(problem)
    else:
        future.set_result(task.result())


_portal = _Portal()


def run_blocking(coroutine: Coroutine[Any, Any, T], *, made_in: int | None = None) -> T:
    """Run a coroutine on the portal's loop and wait for it.

    Args:
        coroutine: What to run.
        made_in: The process that its client belongs to.

    Raises:
        UsageError: That is another process than this one.
    """
    return _portal.call(coroutine, made_in=made_in)


def keep_open(client: Kept) -> None:
    """Hold an open client until it is closed, or until nobody else holds it; see `_Portal`."""
    _portal.kept.add(client)


def let_go(client: Kept) -> None:
    """Hold a client that was closed no longer."""
    _portal.kept.discard(client)


def retire(client: Kept) -> None:
    """Close a client that nobody holds any more, without waiting for it."""
    if client in _portal.kept:
        _portal.retire(client)


def run_in_background(coroutine: Coroutine[Any, Any, T]) -> Future[T]:
    """Run a coroutine on the portal's loop without waiting for it."""
    return asyncio.run_coroutine_threadsafe(coroutine, _portal.loop())


class MediaFile(StoredFile):
    """A file that an app returned. Nothing is fetched until it is asked for."""

    def __init__(self, source: FileSource, data: Mapping[str, Any]) -> None:
        super().__init__(source, data)
        self._pid = os.getpid()

    def read(self, *, progress: OnProgress | None = None) -> bytes:
        """Return the whole file; see `AsyncMediaFile.read`.

        `progress` is called in another thread than this one.
        """
        return _portal.call(read_file(self, progress), made_in=self._pid)

    def save(
        self, path: str | os.PathLike[str] = ".", *, progress: OnProgress | None = None
    ) -> Path:
        """Write the file to disk and return where; see `AsyncMediaFile.save`, and `read`."""
        return _portal.call(save_file(self, path, progress), made_in=self._pid)

    def segments(self) -> Iterator[bytes]:
        """Yield a sound or film piece by piece while it is made; see `AsyncMediaFile.segments`."""
        return _iterate(read_segments(self), self._pid)

    def image(self) -> Image.Image:
        """Return the file as a picture; see `AsyncMediaFile.image`."""
        return _portal.call(open_image(self), made_in=self._pid)


class Job:
    """One submitted call; see `AsyncJob`. Made by `Client.submit`.

    Iterating yields the results so far, the last of them being the final one.
    """

    def __init__(self, job: AsyncJob) -> None:
        self._job = job
        self._pid = os.getpid()

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
        return _portal.call(self._job.result(timeout), made_in=self._pid)

    def updates(self) -> Iterator[Update]:
        """Yield what the app reports about this job, in order, until it ends."""
        # Read here, and not one by one through the portal: a history may be read anywhere.
        cursor = self._job.cursor()
        while _portal.call(self._job.wait_for_more(cursor), made_in=self._pid):
            while (update := cursor.next()) is not None:
                yield update

    def cancel(self) -> bool:
        """Cancel the job, on the app too, and wait until that is done; see `AsyncJob.cancel`."""
        return _portal.call(self._job.cancel(), made_in=self._pid)

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
        oauth_token: As for `AsyncClient`.
        auth: The app's own user name and password.
        headers: Sent with every request to the app, and to nobody else.
        session: Keep gr.State from call to call.
        timeouts: How long to wait.
        limits: How much to take.
        check: Check arguments before anything is sent.
        verify: Check TLS certificates, or an `ssl.SSLContext` to check them with.
        wait: Seconds to wait for a Space that sleeps, builds or starts; 0 for none.
        on_stage: Told meanwhile, in another thread, how the Space is, and for how long.
        lock: A lock file that has the Space; None for the ``anyspace.lock.toml`` above the
            working folder (or ``$ANYSPACE_LOCK``), if it has the Space; False for none.
        trace: Told, in another thread, everything that goes over the wire to the app: an
            `anyspace.Trace`.

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
        oauth_token: str | None = None,
        auth: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        session: bool = False,
        timeouts: Timeouts | None = None,
        limits: Limits | None = None,
        check: bool = True,
        verify: bool | ssl.SSLContext = True,
        wait: float = WAIT_SECONDS,
        on_stage: Callable[[str, float], None] | None = None,
        lock: str | os.PathLike[str] | bool | None = None,
        trace: Watcher | None = None,
    ) -> None:
        self._pid = os.getpid()
        self._client = AsyncClient(
            source,
            token=token,
            oauth_token=oauth_token,
            auth=auth,
            headers=headers,
            session=session,
            timeouts=timeouts,
            limits=limits,
            check=check,
            verify=verify,
            wait=wait,
            on_stage=on_stage,
            lock=lock,
            trace=trace,
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
    def contract(self) -> Contract | None:
        """What the Space was when it was locked, held against what it is; None without a lock."""
        return self._client.contract

    def endpoint(self, api_name: str | None = None, *, fn_index: int | None = None) -> Endpoint:
        """Find an endpoint; see `AsyncClient.endpoint`."""
        return self._client.endpoint(api_name, fn_index=fn_index)

    @property
    def wire(self) -> Wire:
        """How the app speaks."""
        return self._client.wire

    @property
    def session_hash(self) -> str:
        """The name of the shared session on the wire, ``""`` when every call has its own."""
        return self._client.session_hash

    def connect(self) -> App:
        """Find the app and read what it says about itself; once connected, a no-op."""
        app = _portal.call(self._client.connect(), made_in=self._pid)
        _portal.kept.add(self._client)
        return app

    def predict(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        **kwargs: Any,
    ) -> Any:
        """Call an endpoint and wait for its result; see `AsyncClient.predict`."""
        named = {"api_name": api_name, "fn_index": fn_index, **kwargs}
        return _portal.call(_predict(self._client, args, named), made_in=self._pid)

    def submit(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        **kwargs: Any,
    ) -> Job:
        """Submit a call and return its job, which runs from now on."""
        submission = self._client.submit(*args, api_name=api_name, fn_index=fn_index, **kwargs)
        return Job(_portal.call(submission, made_in=self._pid))

    def reset_session(self) -> None:
        """Leave the gr.State kept so far behind; see `AsyncClient.reset_session`."""
        _portal.call(self._client.reset_session(), made_in=self._pid)

    def fetch_document(self, path: str) -> Any:
        """Ask the app for a JSON document of its own; see `AsyncClient.fetch_document`."""
        return _portal.call(self._client.fetch_document(path), made_in=self._pid)

    def close(self) -> None:
        """Cancel the jobs that still run and close every connection.

        After os.fork() this leaves the other process's connections alone.
        """
        if self._pid == os.getpid():
            _portal.call(self._client.aclose())
            _portal.kept.discard(self._client)

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
        client = getattr(self, "_client", None)  # none was made of a wrong source
        if client and not ending() and getpid() == self._pid and client in _portal.kept:
            _portal.retire(client)


def blocking_over(client: AsyncClient) -> Client:
    """Make a blocking client of an asynchronous one, and connect it.

    Raises:
        AnyspaceError: It could not connect, see `Client`.
    """
    made = Client.__new__(Client)
    made._pid = os.getpid()
    made._client = client
    made.connect()
    return made


async def _predict(client: AsyncClient, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Submit and wait; unlike `AsyncClient.predict`, end only when the app knows of a cancel."""
    job = await client.submit(*args, **named)
    try:
        return await job.result()
    except asyncio.CancelledError:
        await job.cancel()
        raise


def _iterate(source: AsyncIterator[T], made_in: int) -> Iterator[T]:
    """Walk an asynchronous iterator, one hop to the portal per item."""

    async def advance() -> tuple[bool, T | None]:
        try:
            return True, await anext(source)
        except StopAsyncIteration:
            return False, None

    while True:
        more, item = _portal.call(advance(), made_in=made_in)
        if not more:
            return
        yield item  # type: ignore[misc]
